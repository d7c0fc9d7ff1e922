//! What Gemini's lines mean.
//!
//! Its answers come in pieces; what it said since the last tool's result, put together, is its message.

use std::collections::BTreeMap;

use longhaul_model::{AgentError, Usage};
use serde_json::Value;

use super::trouble::trouble;
use crate::activity::{FileChange, Kind, PlanStep};
use crate::json::{count, text};
use crate::reading::Stated;
use crate::reset::{self, Reset};
use crate::text::{TOOL_INPUT_BYTES, TOOL_OUTPUT_BYTES, cut, title};
use crate::transcript::{Dialect, Told};
use crate::trouble::Trouble;

/// So many calls without a result are remembered, and no more.
const MOST_OPEN_CALLS: usize = 256;

/// What Gemini's lines mean, given the ones before.
#[derive(Debug, Default)]
pub(crate) struct GeminiDialect {
    /// Whether it said anything since the last tool's result: only then is its newest message its answer.
    is_answering: bool,
    /// Whether pieces of that answer were not yet told as one message.
    is_untold: bool,
    /// Calls without a result that would change a file: id and path.
    open_calls: BTreeMap<String, String>,
    /// What it told last of why it does not go on, which a `success` does not mention.
    stopped_since: Option<String>,
    /// The reset of a limit, which is told on standard error alone.
    stderr_resets: Option<Reset>,
}

impl Dialect for GeminiDialect {
    fn line(&mut self, line: &Value, told: &mut Told) -> bool {
        match text(line, "/type") {
            Some("init") => {
                let Some(session) = text(line, "/session_id") else {
                    return false;
                };
                told.session(session, text(line, "/model"));
                told.phase("thinking");
                true
            }
            Some("message") => self.said(line, told),
            Some("tool_use") => self.uses_tool(line, told),
            Some("tool_result") => self.used_tool(line, told),
            Some("error") => self.complained(line, told),
            Some("result") => self.ended(line, told),
            _ => false,
        }
    }

    fn stderr_line(&mut self, line: &str, told: &mut Told) {
        if let Some(resets) = reset::told(line) {
            self.stderr_resets = Some(resets);
        }
        let words = line.trim();
        let said = if line.contains("Please set an Auth method") {
            // It writes this and nothing else, and exits 41.
            Trouble::new(AgentError::NotSignedIn, words)
        } else if line.contains("not running in a trusted directory") {
            Trouble::new(AgentError::Other, words)
        } else if let Some((_, body)) = line.split_once("_ApiError: ") {
            trouble(None, body)
        } else if let Some((_, message)) = line.split_once("TerminalQuotaError: ") {
            trouble(None, message)
        } else {
            return;
        };
        // The stream, where there is one, tells the same better.
        if told.reading.trouble.is_none() {
            told.trouble(said);
        }
    }

    fn finish(&mut self, told: &mut Told) {
        self.tell_message(told);
        let stated = match &mut told.reading.stated {
            Some(Stated::Failure(trouble)) => Some(trouble),
            _ => None,
        };
        for trouble in told.reading.trouble.iter_mut().chain(stated) {
            if trouble.is_usage_limit && trouble.resets.is_none() {
                trouble.resets.clone_from(&self.stderr_resets);
            }
        }
    }
}

impl GeminiDialect {
    fn said(&mut self, line: &Value, told: &mut Told) -> bool {
        let Some(piece) = text(line, "/content") else {
            return false;
        };
        match text(line, "/role") {
            // The prompt, told back.
            Some("user") => return true,
            Some("assistant") => {}
            _ => return false,
        }
        let message = &mut told.reading.message;
        match message {
            Some(before) if self.is_answering => before.push_str(piece),
            _ => *message = Some(piece.to_owned()),
        }
        self.is_answering = true;
        self.is_untold = true;
        told.phase("answering");
        true
    }

    /// Tells what it said since it was last told, as one message.
    fn tell_message(&mut self, told: &mut Told) {
        if std::mem::take(&mut self.is_untold)
            && let Some(text) = told.reading.message.clone().filter(|text| !text.is_empty())
        {
            told.did(Kind::Message { text });
        }
    }

    fn uses_tool(&mut self, line: &Value, told: &mut Told) -> bool {
        let (Some(tool), Some(id)) = (text(line, "/tool_name"), text(line, "/tool_id")) else {
            return false;
        };
        self.tell_message(told);
        told.phase(tool);
        let parameters = line.pointer("/parameters").filter(|parameters| !parameters.is_null());
        let what = ["command", "file_path", "path", "pattern", "query", "url", "agent_name"]
            .iter()
            .find_map(|name| text(parameters?, &format!("/{name}")));
        told.did(Kind::ToolCall {
            id: id.to_owned(),
            tool: tool.to_owned(),
            title: title(what.unwrap_or(tool)),
            input: parameters.map(|parameters| cut(&parameters.to_string(), TOOL_INPUT_BYTES)),
        });
        if matches!(tool, "write_file" | "replace")
            && let Some(path) = text(line, "/parameters/file_path")
            && self.open_calls.len() < MOST_OPEN_CALLS
        {
            self.open_calls.insert(id.to_owned(), path.to_owned());
        }
        if tool == "write_todos" {
            planned(line, told);
        }
        true
    }

    fn used_tool(&mut self, line: &Value, told: &mut Told) -> bool {
        let Some(id) = text(line, "/tool_id") else { return false };
        self.tell_message(told);
        self.is_answering = false;
        told.phase("thinking");
        let is_error = text(line, "/status") == Some("error");
        let output = text(line, "/output").filter(|output| !output.is_empty());
        let output = output.or_else(|| text(line, "/error/message")).unwrap_or("");
        told.did(Kind::ToolResult {
            id: id.to_owned(),
            output: cut(output, TOOL_OUTPUT_BYTES),
            is_error,
            exit_code: None,
        });
        if let Some(path) = self.open_calls.remove(id)
            && !is_error
        {
            let change = "change".to_owned();
            told.did(Kind::FileChanges {
                changes: vec![FileChange { path, change }],
            });
        }
        true
    }

    fn complained(&mut self, line: &Value, told: &mut Told) -> bool {
        let Some(message) = text(line, "/message") else {
            return false;
        };
        self.tell_message(told);
        let ends_it = ["Loop detected", "Maximum session turns", "Agent execution"]
            .iter()
            .any(|beginning| message.starts_with(beginning));
        if text(line, "/severity") == Some("error") {
            told.did(Kind::Error {
                text: message.to_owned(),
            });
            told.trouble(trouble(None, message));
        } else {
            told.did(Kind::Notice {
                text: message.to_owned(),
            });
        }
        if ends_it {
            self.stopped_since = Some(message.to_owned());
        }
        true
    }

    fn ended(&mut self, line: &Value, told: &mut Told) -> bool {
        self.tell_message(told);
        told.reading.usage = usage(line);
        match text(line, "/status") {
            Some("success") => {
                if !self.is_answering {
                    // What was said before a tool was used is not the answer.
                    told.reading.message = None;
                }
                told.reading.stated = Some(match self.stopped_since.take() {
                    Some(detail) => Stated::Incomplete { detail },
                    None => Stated::Success,
                });
                true
            }
            Some("error") => {
                let told_now = text(line, "/error/message").map(|message| trouble(text(line, "/error/type"), message));
                if let Some(trouble) = &told_now {
                    told.did(Kind::Error {
                        text: trouble.message.clone(),
                    });
                }
                // Without words of its own, the error told before is meant.
                let trouble = told_now
                    .or_else(|| told.reading.trouble.clone())
                    .unwrap_or_else(|| trouble(None, ""));
                told.reading.stated = Some(if trouble.message.contains("exceeded the token limit") {
                    Stated::Incomplete {
                        detail: trouble.message.clone(),
                    }
                } else {
                    Stated::Failure(trouble.clone())
                });
                told.trouble(trouble);
                true
            }
            _ => false,
        }
    }
}

fn planned(line: &Value, told: &mut Told) {
    let todos = line.pointer("/parameters/todos").and_then(Value::as_array);
    let steps: Vec<PlanStep> = todos
        .into_iter()
        .flatten()
        .filter_map(|todo| {
            Some(PlanStep {
                text: text(todo, "/description")?.to_owned(),
                is_done: text(todo, "/status") == Some("completed"),
            })
        })
        .collect();
    if !steps.is_empty() {
        told.did(Kind::Plan { steps });
    }
}

/// What the run has cost, every model it used counted. Cached input is part of the input; what it spent on reasoning
/// is not told apart here.
fn usage(line: &Value) -> Option<Usage> {
    let stats = line.pointer("/stats")?;
    let usage = Usage {
        input_tokens: count(stats, "/input_tokens"),
        cached_input_tokens: count(stats, "/cached"),
        output_tokens: count(stats, "/output_tokens"),
        reasoning_tokens: None,
        cost_usd: None,
    };
    (usage != Usage::default()).then_some(usage)
}
