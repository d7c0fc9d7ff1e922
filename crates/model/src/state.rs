//! The states of a task. Each carries the facts that exist in it and nowhere else.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::origin::Actor;
use crate::outcome::Outcome;
use crate::wait::Waiting;
use crate::words::words;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// Whether it is never left.
    pub fn is_terminal(self) -> bool {
        TERMINAL.contains(&self)
    }
}

words!(StateName, "state", {
    Waiting => "waiting",
    Queued => "queued",
    Running => "running",
    Completed => "completed",
    Failed => "failed",
    Canceled => "canceled",
    Interrupted => "interrupted",
}, also read { "cancelled" => Canceled });

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
