//! The rooms behind the handle. Only the handle sees them all, and it hands none of them on.

use std::sync::Arc;

use crate::agents::Examiner;
use crate::dispatch::{Inbox, LaunchTrouble};
use crate::family::Loans;
use crate::installation::Installation;
use crate::ledger::Ledger;
use crate::notify::Outbox;
use crate::reconcile::retention::Retention;
use crate::runtime::{Shutdown, Wake};
use crate::shell_environment::ShellEnvironment;
use crate::submit::Submitter;
use crate::transcripts::Transcripts;
use crate::workspace::TreeLocks;

/// Everything that can be asked something from outside.
pub(crate) struct Rooms {
    pub(crate) installation: Arc<Installation>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) submitter: Submitter,
    pub(crate) inbox: Inbox,
    pub(crate) launches: Arc<LaunchTrouble>,
    pub(crate) loans: Arc<Loans>,
    pub(crate) transcripts: Arc<Transcripts>,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) retention: Retention,
    pub(crate) examiner: Examiner,
    pub(crate) shell: Arc<ShellEnvironment>,
    pub(crate) trees: Arc<TreeLocks>,
    /// Wakes whoever probes prerequisites.
    pub(crate) probe: Wake,
    pub(crate) shutdown: Shutdown,
}
