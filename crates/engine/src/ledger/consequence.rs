//! What follows from a change of a task, once the change is durable.

use std::sync::Arc;

use longhaul_model::{Fence, Task, TaskId};

use super::supervision::AttemptGuard;

/// What somebody has to do about a change. Each may be done twice without harm, and each that is lost is found again by
/// a reconciler.
#[derive(Debug)]
pub(crate) enum Consequence {
    /// Look who may start: a task became ready, a slot may be free, a limit changed, or a time was set.
    Dispatch,
    /// Start the attempt that was just claimed. Its guard was registered before anybody could see that it runs.
    StartAttempt {
        /// The right and the duty to supervise it.
        guard: AttemptGuard,
        /// Its task.
        task: Arc<Task>,
    },
    /// Ask the attempt with this fence to stop.
    StopAttempt {
        /// The task.
        task: TaskId,
        /// The attempt's fence.
        fence: Fence,
    },
    /// Cancel what was submitted from this task.
    CancelChildren(TaskId),
    /// A task is over: tell those that depend on it.
    Ended(Arc<Task>),
    /// A task began to wait: what it depends on may be over already.
    BeganToWait(TaskId),
    /// A task began to wait for nothing but prerequisites.
    Probe,
    /// There may be something to tell those who are not looking.
    Notify,
}
