//! Adding to what is known of a running attempt. What one of several observers found never replaces what another did.

use jiff::Timestamp;
use longhaul_model::{Enforcement, Facts, Fence, Progress, Session, TaskId, Usage, Worktree};

use crate::acts::StoreFault;

/// What somebody found out about a running attempt.
#[derive(Debug, Clone)]
pub struct FactsAmend {
    /// The task.
    pub task: TaskId,
    /// The attempt's fence.
    pub fence: Fence,
    /// What is known now; all else stays as it is stored.
    pub facts: Vec<Fact>,
    /// When.
    pub at: Timestamp,
}

/// One thing that may come to be known while an attempt runs.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// The agent's conversation.
    Session(Session),
    /// The worktree it works in.
    Worktree(Worktree),
    /// How far it is; nothing if nobody can tell any more.
    Progress(Option<Progress>),
    /// The last line of an agent's activity.
    Activity(String),
    /// Bytes of output produced.
    OutputBytes(u64),
    /// What the work has cost so far.
    Usage(Usage),
    /// What the whole session has cost so far.
    SessionUsage(Usage),
    /// Who keeps the attempt from writing; nothing if nobody does.
    Enforcement(Option<Enforcement>),
    /// More about the enforcement, for people.
    EnforcementDetail(String),
    /// Its tree refuses to die, as was seen then; nothing if it does so no more. The first time that was seen is kept.
    Unkillable(Option<Timestamp>),
}

impl Fact {
    /// Puts it among what is known.
    pub fn amend(self, facts: &mut Facts) {
        match self {
            Self::Session(session) => facts.session = Some(session),
            Self::Worktree(worktree) => facts.worktree = Some(worktree),
            Self::Progress(progress) => facts.progress = progress,
            Self::Activity(line) => facts.activity = Some(line),
            Self::OutputBytes(bytes) => facts.output_bytes = bytes,
            Self::Usage(usage) => facts.usage = Some(usage),
            Self::SessionUsage(usage) => facts.session_usage = Some(usage),
            Self::Enforcement(enforcement) => facts.enforcement = enforcement,
            Self::EnforcementDetail(detail) => facts.enforcement_detail = Some(detail),
            Self::Unkillable(seen) => facts.unkillable_since = seen.map(|seen| facts.unkillable_since.unwrap_or(seen)),
        }
    }
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
