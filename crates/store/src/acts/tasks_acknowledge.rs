//! Taking finished tasks off the list of those that need somebody.

use longhaul_model::TaskId;

use crate::acts::StoreFault;

/// Why no task was acknowledged.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AcknowledgeError {
    /// One of the tasks is not there.
    #[error("there is no task {0}")]
    Unknown(TaskId),
    /// The store could not.
    #[error(transparent)]
    Fault(#[from] StoreFault),
}
