//! Lists, counts and settings.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::task::Task;
use crate::task_part::{self, TaskPart};
use crate::word::StateWord;

/// A page of tasks, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskPage {
    /// The tasks.
    pub tasks: Vec<Task>,
    /// The cursor of the next page; nothing after the last.
    pub next: Option<String>,
}

/// One step of a task's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HistoryEntry {
    /// Counts up from 1.
    pub number: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The event.
    pub event: String,
    /// The state it left; nothing for the first.
    pub from: Option<StateWord>,
    /// The state it led to.
    pub to: StateWord,
    /// Who did it.
    pub actor: String,
    /// More about it.
    pub detail: Option<String>,
}

/// A task's history, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HistoryPage {
    /// The steps.
    pub history: Vec<HistoryEntry>,
}

/// A queue and how full it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QueueStatus {
    /// Its name.
    pub name: String,
    /// How many of its tasks may run at once; nothing means no limit of its own.
    pub limit: Option<u32>,
    /// Whether it is paused.
    pub paused: bool,
    /// How many of its tasks run.
    pub running: u32,
    /// How many stand in line.
    pub queued: u32,
    /// How many wait.
    pub waiting: u32,
}

/// All queues, and what holds over all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Queues {
    /// The queues by name.
    pub queues: Vec<QueueStatus>,
    /// How many tasks may run at once in all; nothing means no limit.
    pub total_limit: Option<u32>,
    /// Whether everything is paused.
    pub paused: bool,
}

/// A change to a queue. What is not there stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct QueueChange {
    /// The new limit; `null` for none.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub limit: Option<Option<u32>>,
    /// Pause or resume.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused: Option<bool>,
}

/// A change to what holds over all queues, `PATCH /api/v1/queues`. What is not there stays.
pub type LimitsChange = QueueChange;

fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Counts of tasks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Stats {
    /// How many tasks are in each state.
    pub states: BTreeMap<String, u64>,
    /// How many of them somebody should look at.
    pub needs_attention: u64,
}

/// A workspace and who is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WorkspaceStatus {
    /// Its canonical path.
    pub path: String,
    /// Its active tasks.
    pub tasks: Vec<u64>,
    /// The task on the writer's lane.
    pub writer: Option<u64>,
    /// The tasks on the readers' lanes.
    pub readers: Vec<u64>,
    /// How many may read at once.
    pub max_readers: u32,
    /// The queued tasks that wait for a lane, with the one in the way, first in line first.
    pub waiting: Vec<LaneWait>,
    /// The worktrees its active tasks work in.
    pub worktrees: Vec<WorktreeOf>,
}

/// A task that waits for a lane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LaneWait {
    /// The task that waits.
    pub task: u64,
    /// The task in the way.
    pub behind: u64,
    /// Whether it wants to write.
    pub is_writer: bool,
}

/// A worktree and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WorktreeOf {
    /// The task.
    pub task: u64,
    /// Where it works.
    pub worktree: crate::task::Worktree,
    /// `preparing`, `present`, `landed`, `discarded` or `missing`.
    pub state: String,
}

/// The workspaces with active tasks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Workspaces {
    /// By path.
    pub workspaces: Vec<WorkspaceStatus>,
}

/// The agents that can be run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Agents {
    /// Those that come with Longhaul, then those of the configuration.
    pub agents: Vec<AgentStatus>,
}

/// An agent on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgentStatus {
    /// Its name.
    pub name: String,
    /// Whether its program is there.
    pub installed: bool,
    /// Its version; nothing if it is not installed or did not say.
    pub version: Option<String>,
    /// Its program; nothing if it is not installed.
    pub path: Option<String>,
    /// Whether it is signed in; nothing if that cannot be told.
    pub signed_in: Option<bool>,
    /// The folder with its sessions; nothing if it keeps none that is known.
    pub sessions: Option<String>,
    /// What it is able to do: `resume`, `model`, `effort`, `chosen-session`, `read-only`, `read-only-sandbox`,
    /// `answer-schema`, `usage`, `cost`, `reset-time`.
    pub capabilities: Vec<String>,
    /// What is not well with it, each with its cure.
    pub findings: Vec<AgentFinding>,
    /// The command that installs it.
    pub install_command: String,
}

/// One thing about an agent that is not as it could be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgentFinding {
    /// How bad it is.
    pub level: FindingLevel,
    /// What was found.
    pub message: String,
    /// What helps.
    pub cure: String,
}

/// The daemons that share the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Nodes {
    /// The one that answers first.
    pub nodes: Vec<NodeStatus>,
}

/// A daemon that shares the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NodeStatus {
    /// What tells it from other nodes.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its process id.
    pub pid: u32,
    /// Since when it runs.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// How many tasks run on it.
    pub running: u64,
}

/// One change, as the event stream tells it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EventMessage {
    /// Its place in the gapless sequence.
    pub seq: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What happened.
    pub kind: String,
    /// The task as it is now; nothing if it was pruned since.
    pub task: Option<Task>,
    /// What of the task is another than before: whoever shows only other parts has nothing to read again.
    #[serde(default, deserialize_with = "task_part::known")]
    pub parts: Vec<TaskPart>,
}

/// What to prune. What is not there has the configured default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PruneRequest {
    /// Only tasks that ended longer ago than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub older_than_ms: Option<u64>,
    /// Keep at least this many of the newest finished tasks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep: Option<u64>,
}

/// What was pruned.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pruned {
    /// How many tasks.
    pub tasks: u64,
}

/// The tasks to take off the list of those that need somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AckRequest {
    /// Their ids.
    pub tasks: Vec<u64>,
}

/// What `doctor` found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Doctor {
    /// The findings, worst first.
    pub findings: Vec<Finding>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// A stable word for it.
    pub code: String,
    /// How bad it is.
    pub level: FindingLevel,
    /// What was found.
    pub message: String,
    /// What to do about it; nothing if nothing needs doing.
    pub cure: Option<String>,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FindingLevel {
    /// Something does not work.
    Problem,
    /// Something works less well than it could.
    Warning,
    /// All is well.
    Ok,
}

/// What `daemon status` tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DaemonStatus {
    /// Always true in an answer of a daemon.
    pub running: bool,
    /// Its process id.
    pub pid: u32,
    /// Its socket.
    pub socket: String,
    /// Its address on TCP; nothing while it does not listen there.
    pub http: Option<String>,
    /// Its version.
    pub version: String,
    /// The version of its database's schema.
    pub schema: u32,
    /// Since when it runs.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
}
