//! Why it cannot be told what a task changed.

use longhaul_model::TaskId;
use longhaul_store::StoreFault;
use longhaul_worktrees::TreeError;

/// Why it cannot be told what a task changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangesError {
    /// There is no such task.
    #[error("there is no task {0}")]
    Unknown(TaskId),
    /// Nobody recorded any.
    #[error("no changes are recorded of task {task}: {why}")]
    NotRecorded {
        /// The task.
        task: TaskId,
        /// Why not.
        why: &'static str,
    },
    /// Git could not tell.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// The store could not be read.
    #[error(transparent)]
    Read(#[from] StoreFault),
}
