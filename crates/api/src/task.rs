//! A task as JSON. Absent facts are `null`; new fields may come, none goes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use longhaul_model as model;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::land::Landing;
use crate::review::Review;
use crate::word::{
    AccessWord, AgentErrorWord, BlockKindWord, EnforcementWord, IsolationWord, ReasonWord, StateWord, TaskKindWord,
    TriggerSourceWord, WaitKindWord, Word,
};

/// One task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Task {
    /// Its number; never reused.
    pub id: u64,
    /// The name it is shown by.
    pub name: String,
    /// Which executor runs it.
    pub kind: TaskKindWord,
    /// Where it stands in its life.
    pub state: StateWord,
    /// What a waiting task waits for; empty otherwise.
    pub waiting_for: Vec<WaitingFor>,
    /// What keeps a queued task from starting; empty otherwise.
    pub blocked_by: Vec<BlockedBy>,
    /// The program and its arguments, of a command.
    pub command: Option<Vec<String>>,
    /// The prompt, of an agent.
    pub prompt: Option<String>,
    /// The agent.
    pub agent: Option<String>,
    /// The model, of an agent that was given one.
    pub model: Option<String>,
    /// The effort, of an agent that was given one.
    pub effort: Option<String>,
    /// The task whose worktree is brought in, of a landing.
    pub lands: Option<u64>,
    /// The URL without credentials, of a clone.
    pub url: Option<String>,
    /// The target folder, of a clone.
    pub dir: Option<String>,
    /// What it was asked for, by the words that a submit of its kind has for it. Without passwords in addresses.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, serde_json::Value>, required = true)]
    pub payload: Map<String, Value>,
    /// What it gave, by words of its kind; nothing before it ends, and if it gave nothing.
    #[schema(value_type = Option<BTreeMap<String, serde_json::Value>>)]
    pub data: Option<Map<String, Value>>,
    /// What set it off.
    #[serde(default)]
    #[schema(required = true)]
    pub trigger: Trigger,
    /// The canonical git root it works in, else its folder.
    pub workspace: String,
    /// The folder it works in.
    pub cwd: String,
    /// What it may do to its workspace.
    pub access: AccessWord,
    /// Where it works, of a writer.
    pub isolation: Option<IsolationWord>,
    /// Who keeps it read-only, of a read-only task.
    pub enforcement: Option<EnforcementWord>,
    /// More about the enforcement.
    pub enforcement_detail: Option<String>,
    /// Its queue.
    pub queue: String,
    /// Higher goes first.
    pub priority: i32,
    /// When its submit was acknowledged.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When its newest attempt started.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// Milliseconds it was ready but not running.
    pub queue_ms: u64,
    /// Milliseconds its newest attempt ran, so far or in all.
    pub duration_ms: Option<u64>,
    /// Its newest attempt; 0 before the first.
    pub attempt: u32,
    /// How many attempts it may use.
    pub max_attempts: u32,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// The agent's conversation.
    pub session: Option<Session>,
    /// Where it came from.
    pub origin: Option<Origin>,
    /// The task it was submitted from.
    pub parent: Option<u64>,
    /// The task it repeats.
    pub retry_of: Option<u64>,
    /// The newest task that repeats it.
    pub retried_by: Option<u64>,
    /// The first of its chain.
    pub chain: u64,
    /// What this task alone has cost.
    pub usage: Option<Usage>,
    /// One line that tells the result.
    pub summary: Option<String>,
    /// How far it is.
    pub progress: Option<Progress>,
    /// The last line of an agent's activity.
    pub activity: Option<String>,
    /// Something its owner should know although nothing failed.
    pub note: Option<String>,
    /// The git worktree it works in.
    pub worktree: Option<Worktree>,
    /// What became of a landing.
    pub landing: Option<Landing>,
    /// Bytes of output produced by the newest attempt.
    pub output_bytes: u64,
    /// Whether some of that was dropped.
    pub output_truncated: bool,
    /// Who asked it to end; nothing while nobody did.
    pub stopping: Option<StopRequested>,
    /// Its submitter's notes.
    pub labels: BTreeMap<String, String>,
    /// Tasks that must complete first, met or not.
    pub after: Vec<u64>,
    /// Prerequisites, met or not.
    pub requires: Vec<String>,
    /// When it gives up waiting; nothing if it waits for ever.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub wait_deadline: Option<Timestamp>,
    /// The run timeout in milliseconds.
    pub timeout_ms: Option<u64>,
    /// The idle timeout in milliseconds.
    pub idle_timeout_ms: Option<u64>,
    /// Whether it failed or was interrupted, was not retried, and nobody acknowledged it.
    pub needs_attention: bool,
    /// Peak memory of its newest attempt in bytes.
    pub peak_memory_bytes: Option<u64>,
    /// CPU time of its newest attempt in milliseconds.
    pub cpu_ms: Option<u64>,
    /// Processes it left running, on request.
    pub leftovers: Vec<String>,
}

/// A git worktree that a task works in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Worktree {
    /// Its folder.
    pub path: String,
    /// Its branch.
    pub branch: String,
    /// The commit it was made from.
    pub base: String,
    /// The branch it is to land on.
    pub target: Option<String>,
}

/// One thing a waiting task waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaitingFor {
    /// What sort of wait it is.
    pub kind: WaitKindWord,
    /// What it is, for people.
    pub detail: Option<String>,
    /// The task it depends on.
    pub task: Option<u64>,
    /// When it ends.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
}

/// One thing that keeps a queued task from starting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BlockedBy {
    /// What sort of thing it is.
    pub kind: BlockKindWord,
    /// What it is, for people.
    pub detail: Option<String>,
    /// The task that holds what this one needs.
    pub task: Option<u64>,
    /// When it ends, if that is known.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
}

/// How a task ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Outcome {
    /// Why it ended as it did; explained in `docs/state-machine.md`.
    pub reason: ReasonWord,
    /// The program's exit code, if it exited by itself.
    pub exit_code: Option<i32>,
    /// The name of the signal that ended it, such as `SIGKILL`.
    pub signal: Option<String>,
    /// The class of the agent's error.
    pub agent_error: Option<AgentErrorWord>,
    /// One sentence for people.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}

/// Where a task came from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Origin {
    /// `shell`, `api`, `mcp`, `web`, `webhook`, `schedule` or `task`.
    pub source: Option<String>,
    /// The chat session that asked.
    pub session: Option<String>,
    /// The message in that session.
    pub message: Option<String>,
    /// A link back.
    pub url: Option<String>,
    /// What binds several tasks to one subject.
    pub key: Option<String>,
}

/// What set a task off.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Trigger {
    /// What sort of source.
    pub by: TriggerSourceWord,
    /// More about it, for people.
    pub detail: Option<String>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// An agent's own conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// The agent's id for it.
    pub id: String,
    /// What a person types to go on with it.
    pub resume_command: String,
}

/// What a task has cost.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Progress {
    /// What it is doing.
    pub phase: String,
    /// How much of the phase is done, 0–100.
    pub percent: Option<u8>,
}

/// Who asked a running task to end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StopRequested {
    /// Who.
    pub by: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// Whether its tree refuses to die.
    pub unkillable: bool,
}

/// What a finished task gave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskResult {
    /// The task.
    pub task: Task,
    /// Standard output of a command as text (invalid UTF-8 replaced), the final message of an agent; nothing of a clone.
    pub result: Option<String>,
    /// The agent's conversation, and what a person types to go on with it.
    #[serde(default)]
    pub session: Option<Session>,
    /// What the task has cost.
    #[serde(default)]
    pub usage: Option<Usage>,
    /// The same, byte-exact, in base64, where the text is not.
    pub result_base64: Option<String>,
    /// What a review found, read from its final message; nothing for other tasks, and if it does not say it in a way
    /// that can be read.
    #[serde(default)]
    pub review: Option<Review>,
    /// Whether the result is longer than what is given here; `/output` has all of it.
    #[serde(default)]
    pub result_truncated: bool,
    /// The last 20 lines of standard error, of a failure.
    pub stderr_tail: Option<String>,
}

/// The answer to a retry or a redispatch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Repeated {
    /// The new task.
    pub task_id: u64,
    /// What somebody should know about it although it was accepted; usually nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// One execution of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AttemptSummary {
    /// Which, counted from 1.
    pub number: u32,
    /// When it was claimed.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// When it was over.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// Bytes of output produced.
    pub output_bytes: u64,
}

impl From<&model::Outcome> for Outcome {
    fn from(outcome: &model::Outcome) -> Self {
        Self {
            reason: outcome.reason.into(),
            exit_code: outcome.exit_code,
            signal: outcome.signal.clone(),
            agent_error: outcome.agent_error.map(Word::from),
            message: outcome.message.clone(),
            hint: outcome.hint.clone(),
        }
    }
}

impl From<&model::Wait> for WaitingFor {
    fn from(wait: &model::Wait) -> Self {
        let mut shown = Self {
            kind: wait.kind().into(),
            detail: None,
            task: None,
            until: None,
        };
        match wait {
            model::Wait::Dependency(task) => {
                shown.task = Some(task.get());
                shown.detail = Some(format!("task {task} must complete first"));
            }
            model::Wait::Prerequisite(unmet) => {
                shown.detail = Some(match &unmet.detail {
                    Some(seen) => format!("{}: {seen}", unmet.prerequisite),
                    None => unmet.prerequisite.to_string(),
                });
            }
            model::Wait::NotBefore(until) | model::Wait::Backoff(until) | model::Wait::UsageLimit(until) => {
                shown.until = Some(*until);
            }
            model::Wait::Held => shown.detail = Some("held until it is released".to_owned()),
        }
        shown
    }
}

impl Task {
    /// The state as the model's word; nothing if a newer daemon sent one that this client does not know.
    pub fn state_name(&self) -> Option<model::StateName> {
        self.state.known()
    }

    /// Whether the task is over. In a state that this client does not know, the time of its end tells.
    pub fn is_terminal(&self) -> bool {
        self.state_name()
            .map_or(self.ended_at.is_some(), model::StateName::is_terminal)
    }
}
