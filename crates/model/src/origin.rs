//! Where a task came from, and who did what to it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::TaskId;
use crate::trigger::TriggerSource;

/// Where a task came from. Every field but `source` is what the caller said of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// `shell`, `api`, `mcp`, `web`, `webhook`, `schedule` or `task`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The chat session that asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The message in that session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// A link back to the issue, message or page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What binds several tasks to one subject, an issue for example.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What set it off, as its caller states it; nothing if that follows from the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<StatedTrigger>,
}

/// What set a task off, in its caller's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedTrigger {
    /// What sort of source: `system` or `policy`, see [`TriggerSource::is_stated`].
    pub by: TriggerSource,
    /// Which one, for people.
    pub detail: String,
}

/// Who did something to a task, as its history tells it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    /// A person or program outside any task, through the API.
    User,
    /// A process inside this task.
    Task(TaskId),
    /// The daemon, by its own rules.
    Daemon,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User => f.write_str("user"),
            Self::Task(id) => write!(f, "task {id}"),
            Self::Daemon => f.write_str("daemon"),
        }
    }
}
