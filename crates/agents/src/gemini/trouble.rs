//! What Gemini's errors mean.

use longhaul_model::AgentError;
use serde_json::Value;

use crate::json::{count, text};
use crate::reset;
use crate::trouble::{Trouble, class_of};

/// The trouble told in these words.
pub(super) fn trouble(kind: Option<&str>, words: &str) -> Trouble {
    // `[API Error: …]`, then advice on lines of its own; inside is what the service said, as JSON or as a sentence.
    let inner = words
        .strip_prefix("[API Error: ")
        .and_then(|rest| rest.rsplit_once(']').map(|(inner, _)| inner))
        .unwrap_or(words);
    let body: Option<Value> = serde_json::from_str(inner).ok();
    let status = body.as_ref().and_then(|body| count(body, "/error/code"));
    let said = body.as_ref().and_then(|body| text(body, "/error/message"));
    let message = said.unwrap_or(inner).trim();
    let message = if message.is_empty() {
        "an error without words"
    } else {
        message
    };
    if matches!(status, Some(429) | None) && says_usage_limit(message) {
        return Trouble::usage_limit(reset::told(words), message);
    }
    let class = match kind {
        Some("FatalAuthenticationError") => AgentError::NotSignedIn,
        _ if says_refusal(message) => AgentError::Refused,
        _ => class_of(status, message),
    };
    Trouble::new(class, message)
}

/// Whether it is the account that has nothing left, and not a moment's crowd.
fn says_usage_limit(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    (message.contains("quota") && (message.contains("exhausted") || message.contains("exceeded")))
        || message.contains("exhausted your capacity")
        || message.contains("quota will reset")
}

fn says_refusal(message: &str) -> bool {
    [
        "blocked due to safety",
        "blocked due to recitation",
        "blocked due to other policy",
    ]
    .iter()
    .any(|sign| message.contains(sign))
}
