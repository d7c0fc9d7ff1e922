//! Changing what is asked of a task that has not started.

use jiff::Timestamp;
use longhaul_model::{Actor, Spec, Task, TaskId, Waits};

use crate::acts::StoreFault;

/// A changed task.
#[derive(Debug, Clone)]
pub struct Edit {
    /// The task to be changed.
    pub task: TaskId,
    /// The whole new spec.
    pub spec: Spec,
    /// What it waits for from now on. Its dependencies are not read: they follow from the spec and from what the
    /// tasks in it are by then.
    pub waits: Waits,
    /// Who changes it.
    pub actor: Actor,
    /// When it is changed.
    pub at: Timestamp,
}

/// Why a task was not changed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EditError {
    /// The task is not there.
    #[error("there is no task {0}")]
    Unknown(TaskId),
    /// It has started, or is over.
    #[error("task {} has started, so it cannot be edited", task.id)]
    NotEditable {
        /// The task as it is.
        task: Box<Task>,
    },
    /// It would depend on a task that is not there.
    #[error("there is no task {0} to wait for")]
    UnknownDependency(TaskId),
    /// It would wait for itself.
    #[error("a task cannot wait for itself: {}", arrows(path))]
    DependencyCycle {
        /// From the task back to itself, each waiting for the next.
        path: Vec<TaskId>,
    },
    /// The task changed since it was read.
    #[error("task {0} changed in between")]
    Stale(TaskId),
    /// The store could not.
    #[error(transparent)]
    Fault(#[from] StoreFault),
}

fn arrows(path: &[TaskId]) -> String {
    let ids: Vec<_> = path.iter().map(TaskId::to_string).collect();
    ids.join(" → ")
}
