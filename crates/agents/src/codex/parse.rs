//! What Codex's lines mean: `thread.started`, `turn.started`, items, and one of `turn.completed` and `turn.failed`.

use std::collections::BTreeSet;

use longhaul_model::Usage;
use serde_json::Value;

use super::trouble::{is_cut, is_got_over, trouble};
use crate::activity::{FileChange, Kind, PlanStep};
use crate::json::{count, text};
use crate::reading::Stated;
use crate::text::{TOOL_INPUT_BYTES, TOOL_OUTPUT_BYTES, cut, title};
use crate::transcript::{Dialect, Told};

/// Reads Codex.
#[derive(Debug, Default)]
pub(super) struct CodexDialect {
    /// Items that began and did not end.
    open: BTreeSet<String>,
}

impl Dialect for CodexDialect {
    fn line(&mut self, line: &Value, told: &mut Told) -> bool {
        match text(line, "/type") {
            Some("thread.started") => {
                let Some(thread) = text(line, "/thread_id") else {
                    return false;
                };
                told.session(thread, None);
            }
            Some("turn.started") => told.phase("thinking"),
            Some("item.started") => return self.item(line, Stage::Started, told),
            Some("item.updated") => return self.item(line, Stage::Updated, told),
            Some("item.completed") => return self.item(line, Stage::Completed, told),
            Some("turn.completed") => {
                // Figures of the whole thread, earlier runs included.
                told.reading.usage = Some(Usage {
                    input_tokens: count(line, "/usage/input_tokens"),
                    cached_input_tokens: count(line, "/usage/cached_input_tokens"),
                    output_tokens: count(line, "/usage/output_tokens"),
                    reasoning_tokens: count(line, "/usage/reasoning_output_tokens"),
                    cost_usd: None,
                });
                told.reading.stated = Some(Stated::Success);
            }
            Some("turn.failed") => fail(text(line, "/error/message").unwrap_or("the turn failed"), told),
            Some("error") => {
                let Some(message) = text(line, "/message") else {
                    return false;
                };
                if is_got_over(message) {
                    told.did(Kind::Notice {
                        text: message.to_owned(),
                    });
                } else {
                    error(message, told);
                }
            }
            _ => return false,
        }
        true
    }

    fn stderr_line(&mut self, line: &str, told: &mut Told) {
        // What keeps it from starting is told here and nowhere else.
        if let Some(message) = line.strip_prefix("Error: ")
            && told.reading.trouble.is_none()
        {
            told.trouble(trouble(message));
        }
    }
}

/// How far an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Started,
    Updated,
    Completed,
}

impl CodexDialect {
    fn item(&mut self, line: &Value, stage: Stage, told: &mut Told) -> bool {
        let (Some(item), Some(kind)) = (line.get("item"), text(line, "/item/type")) else {
            return false;
        };
        let is_over = stage == Stage::Completed;
        match kind {
            "agent_message" => {
                let Some(text) = text(item, "/text") else { return false };
                match is_over {
                    true => told.message(text),
                    false => told.phase("answering"),
                }
            }
            "reasoning" => {
                let Some(text) = text(item, "/text") else { return false };
                told.phase("thinking");
                if is_over && !text.is_empty() {
                    told.did(Kind::Reasoning { text: text.to_owned() });
                }
            }
            "command_execution" => {
                let command = text(item, "/command").unwrap_or("");
                let output = text(item, "/aggregated_output").unwrap_or("");
                self.tool(item, stage, "shell", unwrapped(command), None, told, || {
                    output.to_owned()
                });
            }
            "mcp_tool_call" => {
                let name = [text(item, "/server"), text(item, "/tool")]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(".");
                let input = item
                    .get("arguments")
                    .filter(|arguments| !arguments.is_null())
                    .map(Value::to_string);
                self.tool(item, stage, &name, &name, input, told, || result_text(item));
            }
            "collab_tool_call" => {
                let tool = text(item, "/tool").unwrap_or("collab");
                let prompt = text(item, "/prompt").unwrap_or(tool);
                self.tool(item, stage, tool, prompt, None, told, || helpers(item));
            }
            "web_search" => {
                let query = text(item, "/query").unwrap_or("");
                self.tool(item, stage, "web_search", query, None, told, String::new);
            }
            "file_change" => {
                told.phase("apply_patch");
                if is_over {
                    file_change(item, told);
                }
            }
            "todo_list" => {
                let items = item.get("items").and_then(Value::as_array);
                let steps = items.into_iter().flatten().filter_map(|step| {
                    let is_done = step.get("completed").and_then(Value::as_bool).unwrap_or(false);
                    Some(PlanStep {
                        text: text(step, "/text")?.to_owned(),
                        is_done,
                    })
                });
                told.did(Kind::Plan { steps: steps.collect() });
            }
            "error" => {
                let Some(message) = text(item, "/message") else {
                    return false;
                };
                told.did(Kind::Notice {
                    text: message.to_owned(),
                });
            }
            _ => return false,
        }
        true
    }

    /// A tool that began or ended; one that ended without having begun did both.
    #[expect(clippy::too_many_arguments, reason = "what a tool call consists of")]
    fn tool(
        &mut self,
        item: &Value,
        stage: Stage,
        tool: &str,
        about: &str,
        input: Option<String>,
        told: &mut Told,
        output: impl FnOnce() -> String,
    ) {
        let id = text(item, "/id").unwrap_or("").to_owned();
        let is_over = stage == Stage::Completed;
        let is_new = if is_over {
            !self.open.remove(&id)
        } else {
            self.open.insert(id.clone())
        };
        if is_new {
            let title = title(about);
            let input = input.or_else(|| (title != about).then(|| Value::from(about).to_string()));
            told.phase(tool);
            told.did(Kind::ToolCall {
                id: id.clone(),
                tool: tool.to_owned(),
                title,
                input: input.map(|input| cut(&input, TOOL_INPUT_BYTES)),
            });
        }
        if is_over {
            let exit_code = item
                .get("exit_code")
                .and_then(Value::as_i64)
                .and_then(|code| i32::try_from(code).ok());
            let status = text(item, "/status").unwrap_or("completed");
            told.phase("thinking");
            told.did(Kind::ToolResult {
                id,
                output: cut(&output(), TOOL_OUTPUT_BYTES),
                is_error: matches!(status, "failed" | "declined") || exit_code.is_some_and(|code| code != 0),
                exit_code,
            });
        }
    }
}

fn file_change(item: &Value, told: &mut Told) {
    let changes = item.get("changes").and_then(Value::as_array);
    let changes = changes.into_iter().flatten().filter_map(|change| {
        let kind = match text(change, "/kind").unwrap_or("update") {
            "update" => "change",
            other => other,
        };
        Some(FileChange {
            path: text(change, "/path")?.to_owned(),
            change: kind.to_owned(),
        })
    });
    let changes: Vec<FileChange> = changes.collect();
    told.phase("thinking");
    if text(item, "/status") == Some("completed") {
        told.did(Kind::FileChanges { changes });
    } else {
        let paths: Vec<String> = changes.into_iter().map(|change| change.path).collect();
        told.did(Kind::Notice {
            text: format!("a patch was not applied: {}", paths.join(", ")),
        });
    }
}

/// The error that is told twice, once by itself and once as the turn's end, is one.
fn error(message: &str, told: &mut Told) {
    if told
        .reading
        .trouble
        .as_ref()
        .is_none_or(|trouble| trouble.message != message)
    {
        told.did(Kind::Error {
            text: message.to_owned(),
        });
        told.trouble(trouble(message));
    }
}

fn fail(message: &str, told: &mut Told) {
    error(message, told);
    told.reading.stated = Some(match is_cut(message) {
        true => Stated::Incomplete {
            detail: "the answer was cut off by the model's limit of output tokens".to_owned(),
        },
        false => Stated::Failure(trouble(message)),
    });
}

/// The command that a shell was asked to run: `/bin/bash -lc 'echo hi'` is `echo hi`.
fn unwrapped(command: &str) -> &str {
    let Some((shell, script)) = command.split_once(" -lc ").or_else(|| command.split_once(" -c ")) else {
        return command;
    };
    let is_shell = ["bash", "zsh", "sh", "dash"].contains(&shell.rsplit('/').next().unwrap_or(""));
    let bare = ['\'', '"']
        .into_iter()
        .find_map(|quote| script.strip_prefix(quote)?.strip_suffix(quote));
    match bare {
        // With another quote or an escape inside it is not the script as it was written.
        Some(bare) if is_shell && !bare.contains(['\'', '\\']) => bare,
        None if is_shell && !script.contains(['\'', '"', '\\']) => script,
        _ => command,
    }
}

/// What an MCP tool gave.
fn result_text(item: &Value) -> String {
    if let Some(message) = text(item, "/error/message") {
        return message.to_owned();
    }
    let blocks = item.pointer("/result/content").and_then(Value::as_array);
    let texts: Vec<&str> = blocks
        .into_iter()
        .flatten()
        .filter_map(|block| text(block, "/text"))
        .collect();
    match item.get("result") {
        Some(result) if texts.is_empty() && !result.is_null() => result.to_string(),
        _ => texts.join("\n"),
    }
}

/// How its helpers are: `01a1…: completed, the answer`.
fn helpers(item: &Value) -> String {
    let states = item.get("agents_states").and_then(Value::as_object);
    let lines = states.into_iter().flatten().map(|(id, state)| {
        let status = text(state, "/status").unwrap_or("unknown");
        match text(state, "/message") {
            Some(message) => format!("{id}: {status}, {message}"),
            None => format!("{id}: {status}"),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}
