//! What the end of a run means: its exit code and its own words together, since most agents' exit codes lie.

use jiff::Zoned;
use longhaul_model::AgentError;

use crate::reading::{Reading, Stated};
use crate::trouble::Trouble;

/// How the program ended by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exit {
    /// It exited with this code.
    Code(i32),
    /// This signal ended it.
    Signal(String),
}

/// What the end means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conclusion {
    /// It exited 0, stated success, and gave a final message.
    Completed,
    /// It exited 0 and gave no final message.
    NoFinalMessage,
    /// It told of an error, whatever it exited with.
    Failed(Trouble),
    /// The account's usage limit is reached.
    UsageLimitReached {
        /// When it is reset, in seconds since 1970; nothing if it did not say.
        resets_at_s: Option<i64>,
        /// The agent's own words.
        message: String,
    },
    /// Nothing it said explains its end; the exit tells all that is known.
    AsExited,
}

/// What the end of a run means. Not for runs that were stopped: there neither the code nor the words say anything.
///
/// `ended` is when it ended, in the time zone of the program: agents tell a reset as a time of the clock.
pub fn conclude(reading: &Reading, exit: &Exit, ended: &Zoned) -> Conclusion {
    let told = match &reading.stated {
        Some(Stated::Failure(trouble)) => Some(trouble.clone()),
        Some(Stated::Incomplete { detail }) => Some(Trouble {
            class: AgentError::Other,
            is_usage_limit: false,
            resets: None,
            message: detail.clone(),
        }),
        Some(Stated::Success) if *exit == Exit::Code(0) => None,
        // Trouble on the way explains an end that is not a success; one that was got over does not undo a success.
        Some(Stated::Success) | None => reading
            .trouble
            .clone()
            .filter(|_| *exit != Exit::Code(0) || reading.message.is_none()),
    };
    match told {
        Some(trouble) if trouble.is_usage_limit => Conclusion::UsageLimitReached {
            resets_at_s: trouble.resets.as_ref().and_then(|resets| resets.at_s(ended)),
            message: trouble.message,
        },
        Some(trouble) => Conclusion::Failed(trouble),
        None if *exit != Exit::Code(0) => Conclusion::AsExited,
        None if reading.message.as_ref().is_none_or(|message| message.trim().is_empty()) => Conclusion::NoFinalMessage,
        // An agent that always states its end and did not was cut off.
        None if reading.stated.is_none() => Conclusion::NoFinalMessage,
        None => Conclusion::Completed,
    }
}
