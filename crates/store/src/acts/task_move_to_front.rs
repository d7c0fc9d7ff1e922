//! Moving a task to the front of its line.

use longhaul_model::{Task, TaskId};

use crate::acts::StoreFault;

/// Why a task was not moved.
#[derive(Debug, Clone, thiserror::Error)]
pub enum MoveToFrontError {
    /// The task is not there.
    #[error("there is no task {0}")]
    Unknown(TaskId),
    /// It stands in no line: it runs, or is over.
    #[error("task {} is {}, so it stands in no line", task.id, task.state())]
    NotInLine {
        /// The task as it is.
        task: Box<Task>,
    },
    /// The store could not.
    #[error(transparent)]
    Fault(#[from] StoreFault),
}
