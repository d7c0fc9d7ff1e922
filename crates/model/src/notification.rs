//! What is worth telling somebody who is not looking.

use jiff::Timestamp;

use crate::id::TaskId;
use crate::spec::Notify;
use crate::state::{State, StateName};
use crate::task::Task;
use crate::words::words;

/// Something about a task that somebody may want to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Occasion {
    /// It completed.
    Completed,
    /// It failed.
    Failed,
    /// Somebody ended it.
    Canceled,
    /// Nobody saw its end.
    Interrupted,
    /// It waits for its agent's usage limit to be reset.
    UsageLimit,
    /// What it was to bring in could not be.
    Conflict,
}

impl Occasion {
    /// Whether somebody should do something about it.
    pub fn is_problem(self) -> bool {
        match self {
            Self::Failed | Self::Interrupted | Self::UsageLimit | Self::Conflict => true,
            Self::Completed | Self::Canceled => false,
        }
    }

    /// The occasion that a task gives by coming to where it stands now, from the state before; nothing if it gives none.
    pub fn given_by(task: &Task, before: Option<StateName>) -> Option<Self> {
        match &task.life.state {
            State::Waiting(waiting) if before == Some(StateName::Running) => {
                waiting.waits.usage_limit.map(|_| Self::UsageLimit)
            }
            _ if before.is_some_and(StateName::is_terminal) => None,
            _ => match task.state() {
                StateName::Completed => Some(Self::Completed),
                StateName::Failed if has_conflicts(task) => Some(Self::Conflict),
                StateName::Failed => Some(Self::Failed),
                StateName::Canceled => Some(Self::Canceled),
                StateName::Interrupted => Some(Self::Interrupted),
                StateName::Waiting | StateName::Queued | StateName::Running => None,
            },
        }
    }
}

words!(Occasion, "occasion", {
    Completed => "completed",
    Failed => "failed",
    Canceled => "canceled",
    Interrupted => "interrupted",
    UsageLimit => "usage-limit",
    Conflict => "conflict",
});

impl Notify {
    /// Whether a task with this policy tells of the occasion.
    pub fn wants(self, occasion: Occasion) -> bool {
        match self {
            Self::All => true,
            Self::Problems => occasion.is_problem(),
            Self::Done => occasion == Occasion::Completed,
            Self::None => false,
        }
    }
}

/// An occasion that was written down to be told, and how far the telling is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Its number; never given out twice.
    pub id: u64,
    /// The task.
    pub task: TaskId,
    /// What there is to tell.
    pub occasion: Occasion,
    /// When it came about.
    pub at: Timestamp,
    /// When nothing was left to deliver; nothing while something is.
    pub settled_at: Option<Timestamp>,
    /// By channel; empty until it was decided who is told, and if nobody is.
    pub deliveries: Vec<Delivery>,
}

/// One channel's share of a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The channel's name.
    pub channel: String,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was tried.
    pub tries: u32,
    /// When it was tried last; nothing before the first time.
    pub tried_at: Option<Timestamp>,
    /// What came of the last try, where that is worth a word.
    pub detail: Option<String>,
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// To be tried at this time.
    Pending(Timestamp),
    /// It arrived.
    Delivered,
    /// It did not, and is not tried again.
    GivenUp,
}

impl DeliveryState {
    /// The word used in JSON, SQL and on screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending(_) => "pending",
            Self::Delivered => "delivered",
            Self::GivenUp => "given-up",
        }
    }
}

/// Whether it is a landing that found what both sides changed: its changes are where they were, and somebody must decide.
fn has_conflicts(task: &Task) -> bool {
    let landing = task.facts.landing.as_ref();
    landing.is_some_and(|landing| !landing.conflicts.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_policy_wants_its_occasions() {
        let wanted = |policy: Notify| {
            let wanted = Occasion::ALL.into_iter().filter(|occasion| policy.wants(*occasion));
            wanted.map(Occasion::word).collect::<Vec<_>>()
        };
        assert_eq!(wanted(Notify::All).len(), Occasion::ALL.len());
        assert_eq!(
            wanted(Notify::Problems),
            ["failed", "interrupted", "usage-limit", "conflict"]
        );
        assert_eq!(wanted(Notify::Done), ["completed"]);
        assert!(wanted(Notify::None).is_empty());
    }
}
