//! What is known of a run from its output so far.

use longhaul_model::Usage;

use crate::trouble::Trouble;

/// What is known of a run from its output so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// The session, as the agent told it.
    pub session: Option<String>,
    /// The model, as the agent told it.
    pub model: Option<String>,
    /// What it does now: `thinking`, `answering`, or the tool it uses; nothing before it began.
    pub phase: Option<String>,
    /// What it has cost, counted as [`UsageScope`] of the adapter says.
    pub usage: Option<Usage>,
    /// Its newest message to its user, byte for byte; final once the run is over.
    pub message: Option<String>,
    /// What it stated about its own end; nothing while, or if, it did not.
    pub stated: Option<Stated>,
    /// The newest trouble it told of, ended by it or not.
    pub trouble: Option<Trouble>,
    /// Lines that were not understood.
    pub unknown_lines: u64,
}

/// What an agent stated about its own end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stated {
    /// It is done, and says it went well.
    Success,
    /// It is done, but its answer is cut off or a permission was refused.
    Incomplete {
        /// Why, for people.
        detail: String,
    },
    /// It failed.
    Failure(Trouble),
}

/// What an agent's figures count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsageScope {
    /// This run alone.
    Run,
    /// The whole session, earlier runs included.
    Session,
    /// Tokens of this run, money of the whole session.
    RunWithSessionCost,
}
