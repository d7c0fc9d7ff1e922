//! What Claude Code's errors mean.

use longhaul_model::AgentError;
use serde_json::Value;

use crate::json::{count, text};
use crate::reset::{self, Reset};
use crate::trouble::{Trouble, class_of_status};

/// The trouble of this line, a `result` or an `assistant` message that is an error.
///
/// `error` is the newest word the agent had for it, `limit` what it told of the account's limit when that was reached.
pub(super) fn trouble(line: &Value, message: &str, error: Option<&str>, limit: Option<Option<i64>>) -> Trouble {
    let kind = text(line, "/api_error");
    let lower = message.to_lowercase();
    let is_usage_limit = kind == Some("usage_limit_reached")
        || (error == Some("rate_limit") && limit.is_some())
        || lower.contains("usage limit reached")
        || (lower.starts_with("you've hit your") && lower.contains("limit"));
    if is_usage_limit {
        let at_s = limit.flatten().or_else(|| {
            line.pointer("/api_error_params/rate_limit_info/resetsAt")
                .and_then(Value::as_i64)
        });
        // Older versions: `Claude AI usage limit reached|1795164805`.
        let at_s = at_s.or_else(|| message.rsplit_once('|')?.1.trim().parse().ok());
        return Trouble::usage_limit(
            at_s.map(|at_s| Reset::At { at_s }).or_else(|| reset::told(message)),
            message,
        );
    }
    let class = if text(line, "/terminal_reason") == Some("prompt_too_long") || lower.starts_with("prompt is too long")
    {
        AgentError::ContextFull
    } else if text(line, "/stop_reason") == Some("refusal") || lower.contains("usage policy") {
        AgentError::Refused
    } else if kind == Some("connection_failed") {
        AgentError::Overloaded
    } else {
        match (error, count(line, "/api_error_status")) {
            (Some("authentication_failed" | "oauth_org_not_allowed"), _) => AgentError::NotSignedIn,
            (Some("rate_limit" | "server_error" | "overloaded"), _) => AgentError::Overloaded,
            (_, Some(status)) => class_of_status(status),
            _ => AgentError::Other,
        }
    };
    Trouble::new(class, message)
}
