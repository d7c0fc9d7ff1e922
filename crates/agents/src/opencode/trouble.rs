//! What OpenCode's errors mean.

use longhaul_model::AgentError;
use serde_json::Value;

use crate::json::{count, text};
use crate::reset::{self, Reset};
use crate::trouble::{Trouble, class_of};

/// The trouble an `error` line tells of.
pub(super) fn trouble(line: &Value) -> Trouble {
    let name = text(line, "/error/name").unwrap_or("");
    let message = text(line, "/error/data/message").filter(|message| !message.trim().is_empty());
    let message = message.unwrap_or(if name.is_empty() {
        "an error without words"
    } else {
        name
    });
    let body = text(line, "/error/data/responseBody").unwrap_or("");
    let status = count(line, "/error/data/statusCode");
    let class = match name {
        "ContextOverflowError" => AgentError::ContextFull,
        "ProviderAuthError" => AgentError::NotSignedIn,
        "ContentFilterError" => AgentError::Refused,
        _ => class_of(status, message),
    };
    let resets = text(line, "/error/data/responseHeaders/retry-after")
        .and_then(|seconds| seconds.trim().parse().ok())
        .map(|after_s| Reset::After { after_s })
        .or_else(|| reset::told(message));
    // It has obeyed `retry-after` five times already before it gives up: who tells a time is not merely busy.
    let is_usage_limit = (status == Some(429) && resets.is_some())
        || (matches!(status, Some(402 | 429) | None) && says_usage_limit(message, body));
    if is_usage_limit {
        Trouble::usage_limit(resets, message)
    } else {
        Trouble::new(class, message)
    }
}

/// Whether it is the account that has nothing left, and not a moment's crowd.
fn says_usage_limit(message: &str, body: &str) -> bool {
    const SIGNS: [&str; 6] = [
        "usage limit",
        "usagelimit",
        "usage_limit",
        "insufficient_quota",
        "exceeded your current quota",
        "free usage exceeded",
    ];
    [message, body]
        .map(str::to_ascii_lowercase)
        .iter()
        .any(|said| SIGNS.iter().any(|sign| said.contains(sign)))
}
