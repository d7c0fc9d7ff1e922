//! A submit: the spec as JSON.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::review::ReviewRequest;
use crate::task::Origin;
use crate::word::{AccessWord, IsolationWord, LeftoversWord, NotifyWord, TaskKindWord, TriggerSourceWord};

/// What is asked of a new task. An unknown field is refused.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmitRequest {
    /// Which executor runs it: any but `land`, which has an address of its own.
    pub kind: TaskKindWord,
    /// The words of its kind in an object of their own, instead of beside the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<BTreeMap<String, serde_json::Value>>)]
    pub payload: Option<serde_json::Map<String, serde_json::Value>>,
    /// Of a command: the program and its arguments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<String>>,
    /// Of a clone: what to clone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Of a clone: where to. Absolute, or relative to `cwd`; nothing means a folder named after the URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dir: Option<String>,
    /// Of an agent: its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Of an agent: what it is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// Of an agent: the model, in the agent's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Of an agent: how hard it should think, in the agent's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effort: Option<String>,
    /// Of an agent: the session to go on with, the number of the task whose session it is, or `origin` for the latest
    /// session among the tasks with the same origin key. Agent and folder come with a session that a task here had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<String>,
    /// Of an agent: the JSON schema its final message should follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub answer_schema: Option<serde_json::Value>,
    /// Of an agent: what it is to review. The prompt and the schema of the answer are then made from this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<ReviewRequest>,
    /// Of an agent: whether it fails at a usage limit instead of waiting for the reset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_park: Option<bool>,
    /// Of a writer in a worktree: what that is made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// Of a writer in a worktree: whether that begins with the workspace's uncommitted changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_changes: Option<bool>,
    /// The folder it works in; absolute.
    pub cwd: String,
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The queue; `default` if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// Higher goes first; 0 if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i32>,
    /// What it may do to its workspace; what is usual for its kind if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<AccessWord>,
    /// Where it works if it writes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isolation: Option<IsolationWord>,
    /// Tasks that must complete first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<u64>,
    /// `file:PATH`, `tcp:HOST:PORT`, `http:URL` or `cmd:COMMAND`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<String>,
    /// Not before this many milliseconds from now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_ms: Option<u64>,
    /// Not before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// How long it may wait to start, in milliseconds from now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_deadline_ms: Option<u64>,
    /// The run timeout in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// The idle timeout in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_timeout_ms: Option<u64>,
    /// Automatic attempts after the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retries: Option<u32>,
    /// Whether a lost attempt is retried too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_lost: Option<bool>,
    /// What happens to processes that it leaves behind; `stop` if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leftovers: Option<LeftoversWord>,
    /// Whether it gets a terminal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pty: Option<bool>,
    /// What it reads on standard input, as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stdin: Option<String>,
    /// What it reads on standard input, in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stdin_base64: Option<String>,
    /// The file it reads on standard input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stdin_file: Option<String>,
    /// File mode mask, as a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub umask: Option<u32>,
    /// Whether it is held from the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<bool>,
    /// Notes of the submitter.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Where it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// What set it off, if it was neither a person nor a program on their behalf.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<TriggerRequest>,
    /// What to tell of it; `none` if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notify: Option<NotifyWord>,
    /// The task it belongs to. A submit from inside a task belongs to that one without saying so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<u64>,
    /// The environment it runs with; never shown again. Nothing means the daemon's choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<BTreeMap<String, String>>,
}

/// What set a task off, in its caller's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TriggerRequest {
    /// `system` or `policy`; all else is derived from where the submit comes from.
    pub by: TriggerSourceWord,
    /// Which one, for people.
    pub detail: String,
}
