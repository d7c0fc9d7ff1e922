//! Keeping what a running attempt shows.

use jiff::Timestamp;
use longhaul_model::{Facts, Fence, TaskId};

use crate::acts::StoreFault;

/// What a running attempt shows now.
#[derive(Debug, Clone)]
pub struct FactsSet {
    /// The task.
    pub task: TaskId,
    /// The attempt's fence.
    pub fence: Fence,
    /// All of its facts; what was known before is replaced.
    pub facts: Facts,
    /// When.
    pub at: Timestamp,
}

/// Why the facts were not kept.
#[derive(Debug, Clone, thiserror::Error)]
pub enum FactsError {
    /// The task is not there.
    #[error("there is no task {0}")]
    Unknown(TaskId),
    /// The attempt with this fence does not own the task now.
    #[error("attempt with fence {fence} no longer owns task {task}")]
    Stale {
        /// The task.
        task: TaskId,
        /// The fence in the request.
        fence: Fence,
    },
    /// The store could not.
    #[error(transparent)]
    Fault(#[from] StoreFault),
}
