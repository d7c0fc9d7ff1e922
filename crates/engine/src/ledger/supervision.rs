//! Who supervises which attempt: at most one task of this daemon, from the claim until the end is handed over.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use longhaul_model::{Fence, TaskId};
use longhaul_supervisor::Identity;

/// A running attempt that this daemon supervises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Supervised {
    pub(crate) fence: Fence,
    /// The supervisor's process, be it alive or gone; nothing while it is being started or looked for.
    pub(crate) supervisor: Option<Supervisor>,
}

impl Supervised {
    /// One whose supervisor is not known yet.
    fn unknown(fence: Fence) -> Self {
        Self {
            fence,
            supervisor: None,
        }
    }
}

/// A supervisor by its number, and by when it was started: the number may be given out again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Supervisor {
    pub(crate) pid: i32,
    pub(crate) start_time: u64,
}

impl Supervisor {
    /// Whether it lives.
    pub(crate) fn is_alive(self) -> bool {
        longhaul_supervisor::machine::start_time(self.pid) == Some(self.start_time)
    }
}

/// The attempts that this daemon supervises, by task.
#[derive(Debug, Default)]
pub(crate) struct Supervision {
    attempts: Mutex<HashMap<TaskId, Supervised>>,
    is_complete: AtomicBool,
}

impl Supervision {
    /// All of them. Never held across an await.
    pub(crate) fn attempts(&self) -> MutexGuard<'_, HashMap<TaskId, Supervised>> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether everything that ran before the start has been found again.
    pub(crate) fn is_complete(&self) -> bool {
        self.is_complete.load(Ordering::SeqCst)
    }

    /// Notes that it has.
    pub(crate) fn note_complete(&self) {
        self.is_complete.store(true, Ordering::SeqCst);
    }

    /// Whether somebody supervises this attempt of the task.
    pub(crate) fn has(&self, task: TaskId, fence: Fence) -> bool {
        self.attempts().get(&task).is_some_and(|known| known.fence == fence)
    }

    /// For an attempt that was just claimed: nobody can have it yet, and who has an older one of the task is late.
    pub(super) fn begin(self: &Arc<Self>, task: TaskId, fence: Fence) -> AttemptGuard {
        self.attempts().insert(task, Supervised::unknown(fence));
        self.guard(task, fence)
    }

    /// For an attempt that was claimed before; nothing if somebody supervises it, or a newer one.
    pub(super) fn take(self: &Arc<Self>, task: TaskId, fence: Fence) -> Option<AttemptGuard> {
        let mut attempts = self.attempts();
        if attempts.get(&task).is_some_and(|known| known.fence >= fence) {
            return None;
        }
        attempts.insert(task, Supervised::unknown(fence));
        Some(self.guard(task, fence))
    }

    fn guard(self: &Arc<Self>, task: TaskId, fence: Fence) -> AttemptGuard {
        AttemptGuard {
            supervision: Arc::clone(self),
            task,
            fence,
        }
    }
}

/// The right and the duty to supervise one attempt. Dropping it leaves the attempt to the next round.
#[derive(Debug)]
pub(crate) struct AttemptGuard {
    supervision: Arc<Supervision>,
    pub(crate) task: TaskId,
    pub(crate) fence: Fence,
}

impl AttemptGuard {
    /// Notes its supervisor, by which processes of the task are known; one that is gone too, because what it left behind
    /// may still ask.
    pub(crate) fn note_supervisor(&self, identity: &Identity) {
        if let Some(supervised) = self.supervision.attempts().get_mut(&self.task)
            && supervised.fence == self.fence
        {
            supervised.supervisor = Some(Supervisor {
                pid: identity.pid,
                start_time: identity.start_time,
            });
        }
    }
}

impl Drop for AttemptGuard {
    fn drop(&mut self) {
        let mut attempts = self.supervision.attempts();
        if attempts.get(&self.task).is_some_and(|known| known.fence == self.fence) {
            attempts.remove(&self.task);
        }
    }
}
