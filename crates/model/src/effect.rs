//! What must follow a decision. Effects are imperative, happen after the decision is durable, and may happen twice
//! without harm.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::Fence;

/// Something to do because of a decision that is already durable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// Look for tasks that may start: one became ready, or a slot became free.
    Dispatch,
    /// Look at the task again at this time.
    WakeAt(Timestamp),
    /// Start the attempt with this fence.
    StartAttempt(Fence),
    /// Ask the supervisor of the attempt with this fence to end it.
    StopAttempt(Fence),
    /// Cancel the task's children.
    CancelChildren,
    /// Tell those who wait for this task that it is over.
    AnnounceEnd,
}
