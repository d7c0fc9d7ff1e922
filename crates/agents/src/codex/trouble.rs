//! What Codex's errors mean. It tells them in words alone.

use longhaul_model::AgentError;

use crate::reset;
use crate::trouble::{Trouble, class_of_status};

/// What it says while it goes on trying.
pub(super) fn is_got_over(message: &str) -> bool {
    message.starts_with("Reconnecting...")
}

/// Whether the answer was cut off by a limit of its length.
pub(super) fn is_cut(message: &str) -> bool {
    message.contains("reason: max_output_tokens")
}

pub(super) fn trouble(message: &str) -> Trouble {
    let lower = message.to_lowercase();
    if lower.contains("usage limit") {
        return Trouble::usage_limit(reset::told(message), message);
    }
    Trouble::new(class(&lower), message)
}

fn class(lower: &str) -> AgentError {
    const NOT_SIGNED_IN: &[&str] = &[
        "not logged in",
        "not signed in",
        "sign in again",
        "log in again",
        "codex login",
        "access token could not be refreshed",
    ];
    const CONTEXT_FULL: &[&str] = &["context window", "context_length_exceeded"];
    const REFUSED: &[&str] = &[
        "content_filter",
        "flagged",
        "usage policies",
        "usage policy",
        "invalid prompt",
    ];
    const OVERLOADED: &[&str] = &[
        "high demand",
        "at capacity",
        "overloaded",
        "connection failed",
        "stream disconnected",
        "network error",
        "timed out",
        "timeout",
    ];
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if says(CONTEXT_FULL) {
        AgentError::ContextFull
    } else if says(REFUSED) {
        AgentError::Refused
    } else if says(NOT_SIGNED_IN) {
        AgentError::NotSignedIn
    } else if let Some(status) = status(lower) {
        class_of_status(status)
    } else if says(OVERLOADED) {
        AgentError::Overloaded
    } else {
        AgentError::Other
    }
}

/// The HTTP status in `unexpected status 401 …` or `last status: 429 …`.
fn status(lower: &str) -> Option<u64> {
    let behind = lower
        .split_once("unexpected status ")
        .or_else(|| lower.split_once("last status: "))?
        .1;
    behind.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}
