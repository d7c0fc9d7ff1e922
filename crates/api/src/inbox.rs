//! Completions that somebody asked for and nobody has taken yet.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::task::Task;
use crate::word::StateWord;

/// The completions that wait for somebody, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Inbox {
    /// The completions.
    pub items: Vec<InboxItem>,
}

/// A task that is over, with an origin session or a parent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct InboxItem {
    /// Its name.
    pub name: String,
    /// How it ended.
    pub state: StateWord,
    /// How long its newest attempt ran, in milliseconds.
    pub duration_ms: Option<u64>,
    /// One line that tells the result, or why there is none.
    pub summary: Option<String>,
    /// The task.
    pub task: Task,
}

/// The completions that somebody has now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InboxAck {
    /// The tasks.
    pub task_ids: Vec<u64>,
}

/// How many were taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InboxTaken {
    /// How many of them had not been taken before.
    pub acknowledged: u64,
}
