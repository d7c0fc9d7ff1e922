//! What can happen to a task. Events are past tense: they tell what is already so.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{Fence, TaskId};
use crate::life::Policy;
use crate::origin::Actor;
use crate::outcome::Outcome;
use crate::prerequisite::Prerequisite;
use crate::state::StateName;
use crate::wait::Waits;

/// Something that happened to a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Somebody held it back.
    Held,
    /// Somebody released it.
    Released,
    /// Its waits were changed before it started.
    Edited {
        /// What it waits for from now on.
        waits: Waits,
        /// What its spec says about attempts and waits from now on.
        policy: Policy,
    },
    /// The time of one of its timed waits may have come.
    TimeCame,
    /// A task it depends on is over.
    DependencyEnded {
        /// Which.
        task: TaskId,
        /// How it ended.
        state: StateName,
    },
    /// A prerequisite was probed.
    PrerequisiteProbed {
        /// Which.
        prerequisite: Prerequisite,
        /// What the probe saw.
        probe: Probe,
    },
    /// The deadline of its wait passed.
    DeadlinePassed,
    /// The dispatcher gave it a slot, and this fence to its new attempt.
    Claimed {
        /// The attempt's fence; above every earlier one.
        fence: Fence,
    },
    /// The usage limit of its agent is reached, as another task's attempt found out.
    AgentLimited {
        /// When it is reset, or tried again.
        until: Timestamp,
    },
    /// The claimed attempt is proven never to have started.
    NeverStarted {
        /// The attempt's fence.
        fence: Fence,
    },
    /// Somebody wants it to end.
    CancelRequested {
        /// Who.
        by: Actor,
        /// Why; nothing if they gave no reason.
        reason: Option<String>,
    },
    /// The attempt is over and its tree is gone.
    AttemptEnded {
        /// The attempt's fence.
        fence: Fence,
        /// How it ended.
        ending: Ending,
        /// Draw of the retry's jitter, 0–1000.
        jitter_permille: u16,
    },
}

/// What a probe of a prerequisite saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Probe {
    /// It is met.
    Met,
    /// It is not met yet.
    Unmet {
        /// What was seen instead.
        detail: String,
    },
    /// It can never be met.
    Never {
        /// Why not.
        detail: String,
    },
}

/// The end of an attempt, as the executor reads the supervisor's receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// When the program ended; when it was found to be gone if nobody saw it.
    pub at: Timestamp,
    /// What the executor makes of it.
    pub verdict: Verdict,
}

/// What an executor makes of an attempt's end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The program exited 0, and all else that the kind demands is there.
    Succeeded(Outcome),
    /// It ended by itself, or by one of its limits, otherwise.
    Failed(Outcome),
    /// It was stopped because somebody asked.
    Stopped,
    /// Nobody saw the end; the tree is proven gone.
    Lost {
        /// What was lost: the machine, the supervisor.
        detail: String,
    },
    /// The agent's usage limit is reached.
    UsageLimitReached {
        /// When it is reset; if the agent did not say, when it is worth another try.
        until: Timestamp,
        /// How the task ends if it may not wait for that.
        outcome: Outcome,
    },
    /// The session that the attempt was to go on with is gone; the task may begin anew, once.
    SessionGone {
        /// How the task ends if it may not.
        outcome: Outcome,
    },
}

impl Verdict {
    /// What it says, for people; nothing where the state says it all.
    pub fn told(&self) -> Option<String> {
        match self {
            Self::Succeeded(outcome) | Self::Failed(outcome) => Some(outcome.message.clone()),
            Self::SessionGone { outcome } => Some(outcome.message.clone()),
            Self::Stopped => None,
            Self::Lost { detail } => Some(detail.clone()),
            Self::UsageLimitReached { until, outcome } => Some(format!("{}; waiting until {until}", outcome.message)),
        }
    }
}

impl Event {
    /// Its name in the history.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Released => "released",
            Self::Edited { .. } => "edited",
            Self::TimeCame => "time-came",
            Self::DependencyEnded { .. } => "dependency-ended",
            Self::PrerequisiteProbed { .. } => "prerequisite-probed",
            Self::DeadlinePassed => "deadline-passed",
            Self::Claimed { .. } => "claimed",
            Self::AgentLimited { .. } => "agent-limited",
            Self::NeverStarted { .. } => "never-started",
            Self::CancelRequested { .. } => "cancel-requested",
            Self::AttemptEnded { .. } => "attempt-ended",
        }
    }
}
