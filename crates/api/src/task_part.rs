//! The parts of a task that are read by themselves, so that an event can say which of them are stale.
//!
//! What this is not: the table of what each event makes stale; that is the server's, who tells the events.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// A part of a task that is read by itself; its word is the last of the path it is read at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TaskPart {
    /// The task itself, as the event carries it.
    Task,
    /// Its history.
    History,
    /// What it gave.
    Result,
    /// What it changed. No event tells what a running attempt writes; its end does.
    Changes,
}

impl TaskPart {
    /// Every part.
    pub const ALL: [Self; 4] = [Self::Task, Self::History, Self::Result, Self::Changes];
}

/// The parts whose words are known here: a newer daemon may name more, and nobody here could read those.
pub(crate) fn known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<TaskPart>, D::Error> {
    let words = Vec::<serde_json::Value>::deserialize(deserializer)?;
    let part = |word| serde_json::from_value(word).ok();
    Ok(words.into_iter().filter_map(part).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Message {
        #[serde(default, deserialize_with = "known")]
        parts: Vec<TaskPart>,
    }

    #[test]
    fn a_part_of_tomorrow_is_passed_over() {
        let message: Message =
            serde_json::from_str(r#"{"parts": ["task", "of-tomorrow", 7, "changes"]}"#).expect("read");
        assert_eq!(message.parts, [TaskPart::Task, TaskPart::Changes]);
    }

    #[test]
    fn a_daemon_of_yesterday_names_no_parts() {
        let message: Message = serde_json::from_str("{}").expect("read");
        assert_eq!(message.parts, []);
    }
}
