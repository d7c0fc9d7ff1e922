//! What it takes to supervise attempts, and one that this daemon supervises.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use longhaul_agents::Adapter;
use longhaul_model::{Fence, Task, TaskId, Tells};

use crate::dispatch::{Inbox, LaunchTrouble};
use crate::installation::Installation;
use crate::ledger::{AttemptGuard, Ledger};
use crate::runtime::Shutdown;
use crate::transcripts::{Transcript, Transcripts};
use crate::workspace::TreeLocks;

/// What it takes to start attempts, to follow them, and to hand over their ends.
pub(crate) struct Attempts {
    pub(crate) installation: Arc<Installation>,
    pub(crate) ledger: Arc<Ledger>,
    /// Where ends are handed over.
    pub(crate) inbox: Inbox,
    pub(crate) launches: Arc<LaunchTrouble>,
    pub(crate) transcripts: Arc<Transcripts>,
    pub(crate) trees: Arc<TreeLocks>,
    pub(crate) shutdown: Shutdown,
}

/// An attempt that this daemon supervises, until it is dropped.
pub(super) struct OwnedAttempt {
    pub(super) room: Arc<Attempts>,
    pub(super) guard: AttemptGuard,
    /// Who reads what an agent says; nothing for other kinds.
    pub(super) transcript: Option<(Arc<Mutex<Transcript>>, &'static dyn Adapter)>,
}

impl OwnedAttempt {
    pub(super) fn new(room: &Arc<Attempts>, guard: AttemptGuard) -> Self {
        let mut attempt = Self {
            room: Arc::clone(room),
            guard,
            transcript: None,
        };
        attempt.transcript = attempt.of_agent();
        attempt
    }

    fn of_agent(&self) -> Option<(Arc<Mutex<Transcript>>, &'static dyn Adapter)> {
        let task = self.task()?;
        let work = task.spec.work.agent()?;
        let adapter = self.room.installation.config.agents.adapter(&work.agent)?;
        let tells_activity = task.spec.work.rules().tells == Tells::Activity;
        let key = (self.id(), self.fence());
        tells_activity.then(|| (self.room.transcripts.of(key, self.folder(), adapter), adapter))
    }

    pub(super) fn id(&self) -> TaskId {
        self.guard.task
    }

    pub(super) fn fence(&self) -> Fence {
        self.guard.fence
    }

    /// The attempt's folder.
    pub(super) fn folder(&self) -> PathBuf {
        self.room.installation.attempt_folder(self.id(), self.fence())
    }

    /// Its task, as long as that is not over.
    pub(super) fn task(&self) -> Option<Arc<Task>> {
        self.room.ledger.active(self.id())
    }
}
