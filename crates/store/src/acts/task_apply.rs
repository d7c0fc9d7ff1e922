//! Telling a task what happened to it: the only way its state changes.

use jiff::Timestamp;
use longhaul_model::{Actor, Effect, Event, Facts, Rejected, Task, TaskId};

use crate::acts::StoreFault;

/// Something that happened to a task.
#[derive(Debug, Clone)]
pub struct Apply {
    /// To which.
    pub task: TaskId,
    /// What happened to it.
    pub event: Event,
    /// Who did it.
    pub actor: Actor,
    /// When it happened.
    pub at: Timestamp,
    /// What its attempt showed; nothing leaves what is known (a claim starts with nothing known).
    pub facts: Option<Facts>,
    /// The final message of the attempt that ended, byte for byte; nothing if it gave none.
    pub message: Option<String>,
    /// The boot of the machine, for a claim; else nothing.
    pub boot: Option<String>,
    /// More about it for the history; nothing if there is no more.
    pub detail: Option<String>,
}

impl Apply {
    /// What happened to a task, without anything besides.
    pub fn new(task: TaskId, event: Event, actor: Actor, at: Timestamp) -> Self {
        Self {
            task,
            event,
            actor,
            at,
            facts: None,
            message: None,
            boot: None,
            detail: None,
        }
    }

    /// Whether it goes ahead of other writes: slots are taken and freed by it, or somebody wants an end.
    pub(crate) fn is_urgent(&self) -> bool {
        matches!(
            self.event,
            Event::Claimed { .. }
                | Event::AttemptEnded { .. }
                | Event::NeverStarted { .. }
                | Event::CancelRequested { .. }
        )
    }
}

/// A change that is on disk.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// The task after it.
    pub task: Task,
    /// What must follow.
    pub effects: Vec<Effect>,
}

/// Why nothing changed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ApplyError {
    /// The task is not there.
    #[error("there is no task {0}")]
    Unknown(TaskId),
    /// The event changes nothing about the task as it is.
    #[error("telling task {} what happened", task.id)]
    Rejected {
        /// Why the life does not allow it.
        #[source]
        rejected: Rejected,
        /// The task as it is.
        task: Box<Task>,
    },
    /// The task changed since it was read; the news is dropped.
    #[error("task {0} changed in between")]
    Stale(TaskId),
    /// A claim that does not say on which boot of the machine it is made.
    #[error("the claim of task {0} does not name the machine's boot")]
    BootMissing(TaskId),
    /// The store could not.
    #[error(transparent)]
    Fault(#[from] StoreFault),
}
