//! Who looks after which attempt: at most one task of this daemon, from the claim until the end is handed over.

use std::path::PathBuf;
use std::sync::Arc;

use longhaul_model::{Fence, TaskId};
use longhaul_supervisor::Identity;

use crate::shared::Shared;

/// A running attempt that somebody in this daemon looks after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Watched {
    pub(crate) fence: Fence,
    /// The supervisor's process, be it alive or gone; nothing while it is being started or looked for.
    pub(crate) supervisor: Option<Supervisor>,
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

/// The right and the duty to look after one attempt. Dropping it leaves the attempt to the next round.
pub(crate) struct Care {
    pub(super) shared: Arc<Shared>,
    pub(super) task: TaskId,
    pub(super) fence: Fence,
}

impl Care {
    /// For an attempt that was just claimed: nobody can have it yet, and who has an older one of the task is late.
    pub(crate) fn begin(shared: &Arc<Shared>, task: TaskId, fence: Fence) -> Self {
        shared.watched().insert(
            task,
            Watched {
                fence,
                supervisor: None,
            },
        );
        Self {
            shared: Arc::clone(shared),
            task,
            fence,
        }
    }

    /// For an attempt that was claimed before; nothing if somebody looks after it, or after a newer one.
    pub(crate) fn take(shared: &Arc<Shared>, task: TaskId, fence: Fence) -> Option<Self> {
        let mut watched = shared.watched();
        if watched.get(&task).is_some_and(|watched| watched.fence >= fence) {
            return None;
        }
        watched.insert(
            task,
            Watched {
                fence,
                supervisor: None,
            },
        );
        Some(Self {
            shared: Arc::clone(shared),
            task,
            fence,
        })
    }

    /// The attempt's folder.
    pub(super) fn folder(&self) -> PathBuf {
        self.shared.attempt_folder(self.task, self.fence)
    }

    /// Notes its supervisor, by which processes of the task are known; one that is gone too, because what it left behind
    /// may still ask.
    pub(super) fn note_supervisor(&self, identity: &Identity) {
        if let Some(watched) = self.shared.watched().get_mut(&self.task)
            && watched.fence == self.fence
        {
            watched.supervisor = Some(Supervisor {
                pid: identity.pid,
                start_time: identity.start_time,
            });
        }
    }
}

impl Drop for Care {
    fn drop(&mut self) {
        let mut watched = self.shared.watched();
        if watched
            .get(&self.task)
            .is_some_and(|watched| watched.fence == self.fence)
        {
            watched.remove(&self.task);
        }
    }
}
