//! The part of a task that changes by [`transition`](crate::transition) and by nothing else.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{AttemptNumber, Fence};
use crate::state::State;
use crate::wait::{Waiting, Waits};

/// A task's state, with the counters that outlive states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Life {
    /// Where it stands.
    pub state: State,
    /// Counts its transitions: of two copies of one life, the one with the higher step is the newer.
    pub step: u64,
    /// The fence of the newest claim; 0 before the first.
    pub fence: Fence,
    /// The attempts that started, the running one included.
    pub attempt: AttemptNumber,
    /// How often the task has been parked on a usage limit.
    #[serde(default)]
    pub parkings: u32,
    /// How often it began anew because the session it was to go on with was gone.
    #[serde(default)]
    pub fresh_starts: u32,
    /// What its spec says about further attempts and waits.
    pub policy: Policy,
}

/// The part of a spec that decides how a task may live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// How many attempts it may use.
    pub max_attempts: u32,
    /// Whether a lost attempt is retried too.
    #[serde(default)]
    pub retry_lost: bool,
    /// When waiting to start ends in failure; nothing for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
    /// How often it may be parked on a usage limit; 0 turns parking off.
    #[serde(default)]
    pub max_parkings: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            max_attempts: 1,
            retry_lost: false,
            deadline: None,
            max_parkings: 0,
        }
    }
}

impl Life {
    /// The life of a task that was just submitted: waiting if there is something to wait for, else queued.
    pub fn submitted(now: Timestamp, waits: Waits, policy: Policy) -> Self {
        let waits = waits.at(now);
        let state = if waits.is_clear() {
            State::Queued { since: now }
        } else {
            State::Waiting(Waiting { since: now, waits })
        };
        Self {
            state,
            step: 0,
            fence: Fence::default(),
            attempt: AttemptNumber::default(),
            parkings: 0,
            fresh_starts: 0,
            policy,
        }
    }

    /// The attempts that count against [`Policy::max_attempts`]: not those that ended at a usage limit, nor one that found
    /// its session gone.
    pub fn counted_attempts(&self) -> u32 {
        self.attempt.0.saturating_sub(self.uncounted_attempts())
    }

    /// The attempts that do not count against [`Policy::max_attempts`].
    pub fn uncounted_attempts(&self) -> u32 {
        self.parkings.saturating_add(self.fresh_starts)
    }

    /// When the task must be looked at again although nothing happens to it; nothing if never.
    pub fn wake_at(&self) -> Option<Timestamp> {
        let State::Waiting(waiting) = &self.state else {
            return None;
        };
        [waiting.waits.next_time(), self.deadline()].into_iter().flatten().min()
    }

    /// Whether its time has come, or its deadline passed.
    pub fn is_due(&self, now: Timestamp) -> bool {
        let State::Waiting(waiting) = &self.state else {
            return false;
        };
        waiting.waits.is_due(now) || self.deadline().is_some_and(|deadline| deadline <= now)
    }

    /// When its waiting ends in failure. Only waiting to *start* has a deadline, not the pause between attempts.
    pub fn deadline(&self) -> Option<Timestamp> {
        self.policy.deadline.filter(|_| self.attempt == AttemptNumber(0))
    }
}
