//! What Claude Code's lines mean: `system`, `assistant`, `user`, `rate_limit_event`, and `result`, of which the last counts.
//!
//! There may be several results in one run: what finishes in the background begins another turn.

use longhaul_model::Usage;
use serde_json::Value;

use super::tools;
use super::trouble::trouble;
use crate::activity::Kind;
use crate::json::{count, text};
use crate::reading::Stated;
use crate::text::title;
use crate::transcript::{Dialect, Told};

/// Reads Claude Code.
#[derive(Debug, Default)]
pub(super) struct ClaudeDialect {
    /// The newest word it had for an error of its own.
    error: Option<String>,
    /// When the account's limit is reset, once that limit was reached: inside, nothing if it did not say.
    limit: Option<Option<i64>>,
}

impl Dialect for ClaudeDialect {
    fn line(&mut self, line: &Value, told: &mut Told) -> bool {
        told.is_of_helper = text(line, "/parent_tool_use_id").is_some();
        match text(line, "/type") {
            Some("system") => system(line, told),
            Some("assistant") => self.assistant(line, told),
            Some("user") => user(line, told),
            Some("result") => {
                self.result(line, told);
                true
            }
            Some("rate_limit_event") => {
                self.rate_limit(line, told);
                true
            }
            // Pieces of what comes whole later, and signs of life.
            Some("stream_event" | "tool_progress" | "keep_alive" | "prompt_suggestion" | "tool_use_summary") => true,
            _ => false,
        }
    }

    fn stderr_line(&mut self, line: &str, told: &mut Told) {
        // What keeps it from starting.
        let message = line.strip_prefix("Error: ").or_else(|| line.strip_prefix("error: "));
        if let Some(message) = message
            && told.reading.trouble.is_none()
        {
            told.trouble(trouble(&Value::Null, message, None, None));
        }
    }
}

impl ClaudeDialect {
    fn assistant(&mut self, line: &Value, told: &mut Told) -> bool {
        let Some(blocks) = line.pointer("/message/content").and_then(Value::as_array) else {
            return false;
        };
        if let Some(error) = text(line, "/error") {
            let message = blocks.iter().find_map(|block| text(block, "/text")).unwrap_or(error);
            if !told.is_of_helper {
                self.error = Some(error.to_owned());
                told.trouble(trouble(line, message, Some(error), self.limit));
            }
            told.did(Kind::Error {
                text: message.to_owned(),
            });
            return true;
        }
        let mut is_understood = true;
        for block in blocks {
            match text(block, "/type") {
                Some("text") => told.message(text(block, "/text").unwrap_or("")),
                Some("thinking") => {
                    told.phase("thinking");
                    let words = text(block, "/thinking").unwrap_or("");
                    if !words.is_empty() {
                        told.did(Kind::Reasoning { text: words.to_owned() });
                    }
                }
                Some("redacted_thinking") => told.phase("thinking"),
                Some("tool_use" | "server_tool_use" | "mcp_tool_use") => match tools::call(block) {
                    Some(call) => {
                        told.phase(text(block, "/name").unwrap_or("tool"));
                        told.did(call);
                    }
                    None => is_understood = false,
                },
                _ => match tools::result(block) {
                    Some(result) => told.did(result),
                    None => is_understood = false,
                },
            }
        }
        is_understood
    }

    fn rate_limit(&mut self, line: &Value, told: &mut Told) {
        let resets_at_s = line.pointer("/rate_limit_info/resetsAt").and_then(Value::as_i64);
        match text(line, "/rate_limit_info/status") {
            Some("rejected") => self.limit = Some(resets_at_s),
            Some("allowed_warning") => {
                self.limit = None;
                let used = line.pointer("/rate_limit_info/utilization").and_then(Value::as_f64);
                let limit = text(line, "/rate_limit_info/rateLimitType")
                    .unwrap_or("usage")
                    .replace('_', "-");
                told.did(Kind::Notice {
                    text: match used {
                        Some(used) => format!("{:.0} % of the {limit} limit is used", used * 100.0),
                        None => format!("the {limit} limit is near"),
                    },
                });
            }
            _ => self.limit = None,
        }
    }

    fn result(&mut self, line: &Value, told: &mut Told) {
        if let Some(session) = text(line, "/session_id").filter(|_| told.reading.session.is_none()) {
            // Also told when it does not exist: then it is not one.
            if count(line, "/num_turns") != Some(0) {
                told.session(session, None);
            }
        }
        let usage = told.reading.usage.take().unwrap_or_default();
        told.reading.usage = Some(add(usage, line));
        let said = text(line, "/result").filter(|said| !said.is_empty());
        if line.get("is_error").and_then(Value::as_bool) == Some(false) {
            if let Some(answer) = answer(line, said) {
                told.reading.message = Some(answer);
            }
            told.reading.stated = Some(match text(line, "/stop_reason") {
                Some("max_tokens") => cut_off(),
                _ => Stated::Success,
            });
        } else {
            let errors = line.get("errors").and_then(Value::as_array);
            let errors: Vec<&str> = errors.into_iter().flatten().filter_map(Value::as_str).collect();
            let words = said.map_or_else(|| errors.join("; "), str::to_owned);
            told.reading.stated = Some(
                match (
                    text(line, "/subtype"),
                    text(line, "/api_error").or(self.error.as_deref()),
                ) {
                    (Some("error_max_turns" | "error_max_budget_usd"), _) => Stated::Incomplete { detail: words },
                    (_, Some("max_output_tokens")) => cut_off(),
                    _ => {
                        let words =
                            if text(line, "/terminal_reason").is_some_and(|reason| reason.starts_with("aborted")) {
                                "it was interrupted".to_owned()
                            } else {
                                words
                            };
                        let trouble = trouble(line, &words, self.error.as_deref(), self.limit);
                        if told
                            .reading
                            .trouble
                            .as_ref()
                            .is_none_or(|known| known.message != trouble.message)
                        {
                            told.did(Kind::Error {
                                text: trouble.message.clone(),
                            });
                        }
                        told.trouble(trouble.clone());
                        Stated::Failure(trouble)
                    }
                },
            );
        }
    }
}

fn cut_off() -> Stated {
    Stated::Incomplete {
        detail: "the answer was cut off by the model's limit of output tokens".to_owned(),
    }
}

/// The final message: what follows the schema that was asked for, else what was said last; nothing if nothing was said.
fn answer(line: &Value, said: Option<&str>) -> Option<String> {
    let structured = line.get("structured_output").filter(|value| !value.is_null());
    match (structured, said) {
        // In its own words, where they are the same.
        (Some(value), Some(said)) if serde_json::from_str::<Value>(said).is_ok_and(|said| said == *value) => {
            Some(said.to_owned())
        }
        (Some(value), _) => Some(value.to_string()),
        (None, said) => said.map(str::to_owned),
    }
}

/// What one result adds. Tokens are of this result, the money is of the whole session so far.
fn add(usage: Usage, line: &Value) -> Usage {
    let by_model = line
        .get("model_usage_since_last_result")
        .and_then(Value::as_object)
        .filter(|models| !models.is_empty());
    let mut sum = [0; 4];
    if let Some(models) = by_model {
        // The only figures that count its helpers too; newer versions alone have them.
        for model in models.values() {
            let of = |name| model.get(name).and_then(Value::as_u64).unwrap_or(0);
            let cached = of("cacheReadInputTokens");
            sum[0] += of("inputTokens") + of("cacheCreationInputTokens") + cached;
            sum[1] += cached;
            sum[2] += of("outputTokens");
            sum[3] += of("thinkingTokens");
        }
    } else {
        let of = |name| count(line, name).unwrap_or(0);
        let cached = of("/usage/cache_read_input_tokens");
        sum[0] = of("/usage/input_tokens") + of("/usage/cache_creation_input_tokens") + cached;
        sum[1] = cached;
        sum[2] = of("/usage/output_tokens");
        sum[3] = of("/usage/output_tokens_details/thinking_tokens");
    }
    let plus = |known: Option<u64>, more: u64| Some(known.unwrap_or(0).saturating_add(more));
    Usage {
        input_tokens: plus(usage.input_tokens, sum[0]),
        cached_input_tokens: plus(usage.cached_input_tokens, sum[1]),
        output_tokens: plus(usage.output_tokens, sum[2]),
        reasoning_tokens: plus(usage.reasoning_tokens, sum[3]),
        cost_usd: line.get("total_cost_usd").and_then(Value::as_f64).or(usage.cost_usd),
    }
}

fn user(line: &Value, told: &mut Told) -> bool {
    let blocks = match line.pointer("/message/content") {
        Some(Value::Array(blocks)) => blocks.as_slice(),
        // What was asked, told back.
        Some(Value::String(_)) => return true,
        _ => return false,
    };
    let mut is_understood = true;
    for block in blocks {
        match text(block, "/type") {
            // What a helper was asked is told by the call.
            Some("text") if told.is_of_helper => {}
            Some("text") => {
                // Its own words to itself, and what it notes when it is interrupted.
                told.did(Kind::Notice {
                    text: title(text(block, "/text").unwrap_or("")),
                });
            }
            Some("image" | "document") => {}
            _ => match tools::result(block) {
                Some(result) => {
                    told.phase("thinking");
                    told.did(result);
                }
                None => is_understood = false,
            },
        }
    }
    if let Some(change) = tools::change(line) {
        told.did(change);
    }
    is_understood
}

fn system(line: &Value, told: &mut Told) -> bool {
    let note = match text(line, "/subtype") {
        Some("init") => {
            let Some(session) = text(line, "/session_id") else {
                return false;
            };
            told.session(session, text(line, "/model"));
            // Another turn begins: what was said of the end was not the end.
            told.reading.stated = None;
            told.phase("thinking");
            return true;
        }
        Some("api_retry") => {
            let why = text(line, "/error").unwrap_or("an error").replace('_', " ");
            let status = count(line, "/error_status").map_or(String::new(), |status| format!(" (HTTP {status})"));
            let number = |name| count(line, name).unwrap_or(0);
            let (attempt, of) = (number("/attempt"), number("/max_retries"));
            Some(format!(
                "{why}{status}; attempt {attempt} of {of} in {} ms",
                number("/retry_delay_ms")
            ))
        }
        Some("model_refusal_no_fallback" | "model_refusal_fallback") => Some("the model refused".to_owned()),
        Some("compact_boundary") => Some("the conversation was compacted".to_owned()),
        Some("permission_denied" | "informational" | "task_notification") => ["/message", "/content", "/summary"]
            .iter()
            .find_map(|words| text(line, words))
            .map(title),
        Some(
            "task_started"
            | "task_progress"
            | "task_updated"
            | "background_tasks_changed"
            | "thinking_tokens"
            | "status"
            | "ui_invalidate"
            | "hook_started"
            | "hook_progress"
            | "hook_response"
            | "files_persisted"
            | "session_state_changed",
        ) => None,
        _ => return false,
    };
    if let Some(text) = note {
        told.did(Kind::Notice { text });
    }
    true
}
