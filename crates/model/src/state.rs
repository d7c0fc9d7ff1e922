//! The states of a task. Each carries the facts that exist in it and nowhere else.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::origin::Actor;
use crate::outcome::Outcome;
use crate::wait::Waiting;

/// Where a task stands in its life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "lowercase")]
pub enum State {
    /// Not ready.
    Waiting(Waiting),
    /// Ready; waits only for a slot or a lane.
    Queued {
        /// Since when.
        since: Timestamp,
    },
    /// An attempt owns it.
    Running(Running),
    /// The program exited 0 and the executor agrees.
    Completed(Ended),
    /// It did not.
    Failed(Ended),
    /// Somebody ended it, and it is gone.
    Canceled(Ended),
    /// Nobody saw the end.
    Interrupted(Ended),
}

/// The facts of a running task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// When the attempt was claimed.
    pub since: Timestamp,
    /// Who asked it to end; nothing while nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopping: Option<Stopping>,
}

/// An acknowledged wish that a running task end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopping {
    /// Who asked.
    pub by: Actor,
    /// When it was acknowledged.
    pub since: Timestamp,
    /// Why, in their words; nothing if they gave none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The facts of a task that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// When it ended: when the program was gone, or when the decision fell if none ran.
    pub at: Timestamp,
    /// How.
    pub outcome: Outcome,
}

/// The name of a state, without its facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StateName {
    /// Not ready.
    Waiting,
    /// Ready.
    Queued,
    /// Owned by an attempt.
    Running,
    /// Exited 0.
    Completed,
    /// Did not.
    Failed,
    /// Ended by somebody.
    Canceled,
    /// Nobody saw the end.
    Interrupted,
}

/// The states that are never left.
pub const TERMINAL: [StateName; 4] = [
    StateName::Completed,
    StateName::Failed,
    StateName::Canceled,
    StateName::Interrupted,
];
/// The states that will still change.
pub const ACTIVE: [StateName; 3] = [StateName::Waiting, StateName::Queued, StateName::Running];
/// The states in which a task holds a slot of its queue.
pub const HOLDS_A_SLOT: [StateName; 1] = [StateName::Running];
/// The states in which a task may still be edited.
pub const MAY_BE_EDITED: [StateName; 2] = [StateName::Waiting, StateName::Queued];
/// The states from which a task may be retried or re-dispatched without being forced.
pub const MAY_BE_REDISPATCHED: [StateName; 3] = [StateName::Failed, StateName::Canceled, StateName::Interrupted];

impl StateName {
    /// Every state, in the order of a life.
    pub const ALL: [Self; 7] = [
        Self::Waiting,
        Self::Queued,
        Self::Running,
        Self::Completed,
        Self::Failed,
        Self::Canceled,
        Self::Interrupted,
    ];

    /// The word in JSON, SQL and on screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Interrupted => "interrupted",
        }
    }

    /// Whether it is never left.
    pub fn is_terminal(self) -> bool {
        TERMINAL.contains(&self)
    }
}

impl fmt::Display for StateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What was typed is not a state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{typed}` is not a state: the states are waiting, queued, running, completed, failed, canceled and interrupted"
)]
pub struct StateNameError {
    /// The text as typed.
    pub typed: String,
}

impl FromStr for StateName {
    type Err = StateNameError;

    /// Accepts the British spelling of `canceled` too.
    fn from_str(typed: &str) -> Result<Self, StateNameError> {
        if typed == "cancelled" {
            return Ok(Self::Canceled);
        }
        Self::ALL
            .into_iter()
            .find(|state| state.word() == typed)
            .ok_or_else(|| StateNameError {
                typed: typed.to_owned(),
            })
    }
}

impl State {
    /// Its name without its facts.
    pub fn name(&self) -> StateName {
        match self {
            Self::Waiting(_) => StateName::Waiting,
            Self::Queued { .. } => StateName::Queued,
            Self::Running(_) => StateName::Running,
            Self::Completed(_) => StateName::Completed,
            Self::Failed(_) => StateName::Failed,
            Self::Canceled(_) => StateName::Canceled,
            Self::Interrupted(_) => StateName::Interrupted,
        }
    }

    /// Whether it is never left.
    pub fn is_terminal(&self) -> bool {
        self.name().is_terminal()
    }

    /// How and when it ended; nothing while it is active.
    pub fn ended(&self) -> Option<&Ended> {
        match self {
            Self::Completed(ended) | Self::Failed(ended) | Self::Canceled(ended) | Self::Interrupted(ended) => {
                Some(ended)
            }
            Self::Waiting(_) | Self::Queued { .. } | Self::Running(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_and_active_share_nothing_and_leave_nothing_out() {
        let mut all: Vec<_> = TERMINAL.into_iter().chain(ACTIVE).collect();
        all.sort();
        assert_eq!(all, StateName::ALL);
    }

    #[test]
    fn both_spellings_of_canceled_are_read_and_one_is_written() {
        assert_eq!("cancelled".parse(), Ok(StateName::Canceled));
        assert_eq!(StateName::Canceled.to_string(), "canceled");
        assert!("done".parse::<StateName>().is_err());
    }
}
