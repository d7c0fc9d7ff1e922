//! A task as it is stored and read: what was asked, where it stands, what is known.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::Enforcement;
use crate::id::{AttemptNumber, Fence, TaskId};
use crate::landing::Landing;
use crate::life::Life;
use crate::origin::Actor;
use crate::spec::Spec;
use crate::state::StateName;

/// One task, whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Its number.
    pub id: TaskId,
    /// What was asked.
    pub spec: Spec,
    /// Where it stands.
    pub life: Life,
    /// When its submit was acknowledged.
    pub created_at: Timestamp,
    /// The workspace it works in: the canonical git root, else the folder.
    pub workspace: String,
    /// The task it was submitted from; nothing from outside.
    pub parent: Option<TaskId>,
    /// The task it repeats; nothing for a first.
    pub retry_of: Option<TaskId>,
    /// The newest task that repeats it; nothing if none does.
    pub retried_by: Option<TaskId>,
    /// The first of its chain; itself if it repeats none.
    pub chain: TaskId,
    /// When its newest attempt was claimed; nothing before the first.
    pub started_at: Option<Timestamp>,
    /// Milliseconds spent ready but not running, over all attempts that started.
    pub queue_ms: u64,
    /// What its newest attempt showed so far.
    pub facts: Facts,
    /// Who keeps it read-only; nothing if it is not.
    pub enforcement: Option<Enforcement>,
    /// When somebody took it off the list of those that need them; nothing if nobody did.
    pub acknowledged_at: Option<Timestamp>,
    /// Where it stands among equals of its priority: lower goes first. Its id, until it is moved to the front.
    pub rank: i64,
}

/// What an attempt showed: the few facts that lists need. All else is derived from its output.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// The agent's conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
    /// What the work has cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// One line that tells the result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// How far it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
    /// Bytes of output produced.
    pub output_bytes: u64,
    /// Whether some of it was dropped.
    pub output_truncated: bool,
    /// How long the program ran, by a clock that is never set; nothing while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// Peak memory of its tree in bytes; nothing if not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_memory_bytes: Option<u64>,
    /// CPU time of its tree in milliseconds; nothing if not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_ms: Option<u64>,
    /// Processes it left running, on request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub leftovers: Vec<String>,
    /// Since when its tree refuses to die; nothing normally.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unkillable_since: Option<Timestamp>,
    /// Who keeps the attempt from writing, as it was really reached; nothing if nobody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enforcement: Option<Enforcement>,
    /// More about the enforcement, for people; nothing if there is no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enforcement_detail: Option<String>,
    /// The last line of an agent's activity; nothing before the first and for other kinds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity: Option<String>,
    /// What the whole session has cost so far, for agents that count by session; nothing for others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_usage: Option<Usage>,
    /// What the earlier attempts of the task have cost; nothing for a first. For agents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earlier_usage: Option<Usage>,
    /// What the session had cost before this attempt; nothing if it is a new one. For agents that count by session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earlier_session_usage: Option<Usage>,
    /// The session that this attempt goes on with; nothing if it begins one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resumed: Option<String>,
    /// Whether it ended because the agent's usage limit was reached.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_parked: bool,
    /// Something its owner should know although nothing failed; nothing normally.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The worktree it works in; nothing if it works in place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worktree: Option<Worktree>,
    /// What the work gave, by words of its kind; nothing before it is over, and if it gave nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<serde_json::Map<String, serde_json::Value>>,
    /// What became of a landing; nothing for other kinds, and before it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landing: Option<Landing>,
}

/// A git worktree that a task works in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worktree {
    /// Its folder; absolute.
    pub path: String,
    /// Its branch.
    pub branch: String,
    /// The commit it was made from.
    pub base: String,
    /// The branch it is to land on: the one that the workspace had checked out; nothing if that was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

/// An agent's own conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The agent's id for it.
    pub id: String,
    /// What a person types to go on with it.
    pub resume_command: String,
}

/// What a task has cost.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens read, cached ones included.
    pub input_tokens: Option<u64>,
    /// Of those, the cached ones.
    pub cached_input_tokens: Option<u64>,
    /// Tokens written.
    pub output_tokens: Option<u64>,
    /// Of those, the ones spent on reasoning.
    pub reasoning_tokens: Option<u64>,
    /// US dollars.
    pub cost_usd: Option<f64>,
}

/// How far a task is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// What it is doing.
    pub phase: String,
    /// How much of the phase is done, 0–100; nothing if not known.
    pub percent: Option<u8>,
}

/// One execution of a task.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// Which; a claim that never started has the number of the one that took its place.
    pub number: AttemptNumber,
    /// Its fence, which also names its folder.
    pub fence: Fence,
    /// When it was claimed.
    pub claimed_at: Timestamp,
    /// The boot of the machine it was claimed on.
    pub boot: String,
    /// When it was over; nothing while it is not.
    pub ended_at: Option<Timestamp>,
    /// What it showed.
    pub facts: Facts,
}

/// One step of a task's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// Counts up within the task from 1, without gaps.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// The name of the event; `submitted` for the first.
    pub event: String,
    /// The state it left; nothing for the first.
    pub from: Option<StateName>,
    /// The state it led to.
    pub to: StateName,
    /// Who did it.
    pub actor: Actor,
    /// More about it, for people; nothing if there is no more.
    pub detail: Option<String>,
}

/// One change of one task in the store's gapless sequence.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskEvent {
    /// Counts up over all tasks from 1, without gaps.
    pub sequence: u64,
    /// When.
    pub at: Timestamp,
    /// What happened: the name of the event.
    pub kind: String,
    /// Which task.
    pub task: TaskId,
}

impl Task {
    /// Its state's name.
    pub fn state(&self) -> StateName {
        self.life.state.name()
    }

    /// Whether somebody should look at it: it failed or was interrupted, was not retried, and nobody acknowledged it.
    pub fn needs_attention(&self) -> bool {
        matches!(self.state(), StateName::Failed | StateName::Interrupted)
            && self.retried_by.is_none()
            && self.acknowledged_at.is_none()
    }
}
