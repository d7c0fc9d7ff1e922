//! What a task that is not ready waits for.

use std::collections::BTreeSet;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::id::TaskId;
use crate::prerequisite::Prerequisite;
use crate::retry::LONGEST as LONGEST_BACKOFF;
use crate::words::words;

/// The facts of a waiting task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Since when.
    pub since: Timestamp,
    /// What it waits for; never clear.
    pub waits: Waits,
}

/// Everything a task can wait for at once. Clear means ready.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Waits {
    /// Somebody held it back, until they release it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub held: bool,
    /// Tasks that must complete first and have not.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub dependencies: BTreeSet<TaskId>,
    /// Prerequisites that were not met when last probed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub prerequisites: Vec<UnmetPrerequisite>,
    /// Not before this time, as its submitter asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// Not before this time, because the last attempt failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backoff: Option<Timestamp>,
    /// Not before this time, because the agent's usage limit is reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage_limit: Option<Timestamp>,
}

/// A prerequisite that was not met when last probed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnmetPrerequisite {
    /// Which.
    pub prerequisite: Prerequisite,
    /// What the last probe saw; nothing before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// One thing a task waits for, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wait {
    /// This task must complete first.
    Dependency(TaskId),
    /// This must be true first.
    Prerequisite(UnmetPrerequisite),
    /// Asked for no earlier than this.
    NotBefore(Timestamp),
    /// The next attempt comes at this time.
    Backoff(Timestamp),
    /// Somebody held it.
    Held,
    /// The agent's usage limit is reset at this time.
    UsageLimit(Timestamp),
}

/// The kind of one thing a task waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WaitKind {
    /// A task that must complete first.
    Dependency,
    /// A prerequisite that is not met yet.
    Prerequisite,
    /// The time it was asked for.
    NotBefore,
    /// The next attempt's time.
    Backoff,
    /// The release of a task that is held.
    Held,
    /// The reset of its agent's usage limit.
    UsageLimit,
}

words!(WaitKind, "waiting_for", {
    Dependency => "dependency",
    Prerequisite => "prerequisite",
    NotBefore => "not-before",
    Backoff => "backoff",
    Held => "held",
    UsageLimit => "usage-limit",
});

impl Wait {
    /// Which kind of wait it is.
    pub fn kind(&self) -> WaitKind {
        match self {
            Self::Dependency(_) => WaitKind::Dependency,
            Self::Prerequisite(_) => WaitKind::Prerequisite,
            Self::NotBefore(_) => WaitKind::NotBefore,
            Self::Backoff(_) => WaitKind::Backoff,
            Self::Held => WaitKind::Held,
            Self::UsageLimit(_) => WaitKind::UsageLimit,
        }
    }
}

fn is_impossible(backoff: Timestamp, now: Timestamp) -> bool {
    backoff.duration_since(now) > SignedDuration::try_from(LONGEST_BACKOFF).unwrap_or(SignedDuration::MAX)
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dependency(task) => write!(f, "task {task}"),
            Self::Prerequisite(unmet) => match &unmet.detail {
                Some(seen) => write!(f, "{} ({seen})", unmet.prerequisite),
                None => write!(f, "{}", unmet.prerequisite),
            },
            Self::NotBefore(until) => write!(f, "{until}"),
            Self::Backoff(until) => write!(f, "the next attempt at {until}"),
            Self::Held => f.write_str("its release"),
            Self::UsageLimit(until) => write!(f, "the usage limit's reset at {until}"),
        }
    }
}

impl Waits {
    /// Whether nothing is left to wait for.
    pub fn is_clear(&self) -> bool {
        *self == Self::default()
    }

    /// The earliest time at which one of the timed waits ends; nothing if none is timed.
    pub fn next_time(&self) -> Option<Timestamp> {
        [self.not_before, self.backoff, self.usage_limit]
            .into_iter()
            .flatten()
            .min()
    }

    /// The waits without those whose time has come. A back-off that is further away than any can be was set by a clock
    /// that has been set back since: its time has come too.
    #[must_use]
    pub fn at(mut self, now: Timestamp) -> Self {
        for timed in [&mut self.not_before, &mut self.backoff, &mut self.usage_limit] {
            timed.take_if(|until| *until <= now);
        }
        self.backoff.take_if(|until| is_impossible(*until, now));
        self
    }

    /// Whether something of it is over by `now`.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.next_time().is_some_and(|time| time <= now) || self.backoff.is_some_and(|until| is_impossible(until, now))
    }

    /// Each thing waited for, in the order in which it is shown.
    pub fn list(&self) -> Vec<Wait> {
        let held = self.held.then_some(Wait::Held);
        let dependencies = self.dependencies.iter().copied().map(Wait::Dependency);
        let prerequisites = self.prerequisites.iter().cloned().map(Wait::Prerequisite);
        held.into_iter()
            .chain(dependencies)
            .chain(prerequisites)
            .chain(self.not_before.map(Wait::NotBefore))
            .chain(self.backoff.map(Wait::Backoff))
            .chain(self.usage_limit.map(Wait::UsageLimit))
            .collect()
    }
}
