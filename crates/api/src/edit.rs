//! Changes to tasks. Acts take an empty body, or one of these.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// Changes to a task that has not started. A field that is not there stays as it is; `null` clears it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EditRequest {
    /// The command line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<String>>,
    /// What an agent is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// The agent's model; `null` for its default.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub model: Option<Option<String>>,
    /// How hard the agent thinks; `null` for its default.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub effort: Option<Option<String>>,
    /// The name; `null` for the one made from the work.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub name: Option<Option<String>>,
    /// The queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// The priority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<i32>,
    /// The tasks that must complete first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Vec<u64>>,
    /// The prerequisites.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requires: Option<Vec<String>>,
    /// Not before this many milliseconds from now; `null` for at once.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub in_ms: Option<Option<u64>>,
    /// Not before this time; `null` for at once.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Option<Timestamp>>,
    /// How long it may wait to start, from now; `null` for ever.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub wait_deadline_ms: Option<Option<u64>>,
    /// The run timeout; `null` for none.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub timeout_ms: Option<Option<u64>>,
    /// The idle timeout; `null` for none.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub idle_timeout_ms: Option<Option<u64>>,
    /// Automatic attempts after the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries: Option<u32>,
    /// All labels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<BTreeMap<String, String>>,
}

/// Tells a field that is `null` from one that is not there.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// What may accompany a cancel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CancelRequest {
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What may accompany a retry or a redispatch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RepeatRequest {
    /// Repeat even a task that completed.
    pub force: bool,
    /// Of a redispatch into a worktree: merge the branch it is to land on into it first.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub onto_target: bool,
}
