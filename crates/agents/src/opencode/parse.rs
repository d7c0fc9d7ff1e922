//! What OpenCode's lines mean.
//!
//! There is no line for the start and none for the end: the session comes with the first answer, and whether it is
//! done is told by the reason of the last step.

use longhaul_model::AgentError;
use serde_json::Value;

use super::trouble::trouble;
use crate::activity::{FileChange, Kind, PlanStep};
use crate::json::{count, text};
use crate::reading::Stated;
use crate::text::{TOOL_INPUT_BYTES, TOOL_OUTPUT_BYTES, cut, title};
use crate::transcript::{Dialect, Told};
use crate::trouble::{Trouble, class_of};

/// What OpenCode's lines mean, given the ones before.
#[derive(Debug, Default)]
pub(crate) struct OpencodeDialect {
    /// Whether it said anything in this step: only then is its newest message its answer.
    is_answering: bool,
    /// Which of its messages that is.
    message_id: String,
    /// The permission that was asked for and refused, which ends the run.
    refused: Option<String>,
    /// Whether the newest step ended in order to use tools.
    ended_at_tools: bool,
}

impl Dialect for OpencodeDialect {
    fn line(&mut self, line: &Value, told: &mut Told) -> bool {
        let Some(kind) = text(line, "/type") else { return false };
        if !matches!(
            kind,
            "step_start" | "text" | "reasoning" | "tool_use" | "step_finish" | "error"
        ) {
            return false;
        }
        if let Some(session) = text(line, "/sessionID") {
            told.session(session, None);
        }
        match kind {
            "step_start" => {
                self.is_answering = false;
                // It goes on, so what was said about an end before does not hold.
                told.reading.stated = None;
                told.phase("thinking");
                true
            }
            "text" => self.said(line, told),
            "reasoning" => match text(line, "/part/text") {
                Some(thought) => {
                    told.phase("thinking");
                    told.did(Kind::Reasoning {
                        text: thought.to_owned(),
                    });
                    true
                }
                None => false,
            },
            "tool_use" => used_tool(line, told),
            "step_finish" => self.finished_step(line, told),
            _ => {
                let trouble = trouble(line);
                told.did(Kind::Error {
                    text: trouble.message.clone(),
                });
                told.trouble(trouble);
                true
            }
        }
    }

    fn words(&mut self, line: &str, told: &mut Told) -> bool {
        self.was_refused(line, told)
    }

    fn stderr_line(&mut self, line: &str, told: &mut Told) {
        if self.was_refused(line, told) {
            return;
        }
        let Some((_, message)) = line.split_once("Error: ") else {
            return;
        };
        let message = without_escapes(message);
        let message = message.trim();
        if !message.is_empty() && told.reading.trouble.is_none() {
            told.trouble(Trouble::new(class_of(None, message), message));
        }
    }

    fn finish(&mut self, told: &mut Told) {
        if let Some(asked) = self.refused.take()
            && self.ended_at_tools
        {
            incomplete(told, &format!("it ended since a permission was refused: {asked}"));
        }
    }
}

impl OpencodeDialect {
    /// Whether the line, written for people, says that something was asked for and refused.
    fn was_refused(&mut self, line: &str, told: &mut Told) -> bool {
        let Some((_, asked)) = line.split_once("permission requested: ") else {
            return false;
        };
        let asked = asked.trim_end().trim_end_matches("; auto-rejecting");
        told.did(Kind::Notice {
            text: format!("refused, since nobody is there to allow it: {asked}"),
        });
        self.refused = Some(asked.to_owned());
        true
    }

    fn said(&mut self, line: &Value, told: &mut Told) -> bool {
        let Some(said) = text(line, "/part/text") else {
            return false;
        };
        if line.pointer("/part/synthetic").and_then(Value::as_bool) == Some(true) {
            // Its own words to the model, as after a compaction.
            told.did(Kind::Notice { text: said.to_owned() });
            return true;
        }
        let id = text(line, "/part/messageID").unwrap_or("");
        let message = &mut told.reading.message;
        match message {
            // One message may have several texts.
            Some(before) if self.is_answering && self.message_id == id => {
                before.push_str("\n\n");
                before.push_str(said);
            }
            _ => *message = Some(said.to_owned()),
        }
        self.is_answering = true;
        if self.message_id != id {
            id.clone_into(&mut self.message_id);
        }
        told.phase("answering");
        told.did(Kind::Message { text: said.to_owned() });
        true
    }

    fn finished_step(&mut self, line: &Value, told: &mut Told) -> bool {
        add_usage(line, told);
        self.ended_at_tools = false;
        match text(line, "/part/reason") {
            Some("stop") => {
                // What was said before a tool was used is not the answer.
                if !self.is_answering {
                    told.reading.message = None;
                }
                told.reading.stated = Some(Stated::Success);
            }
            Some("length") => incomplete(told, "the answer is cut off at the model's token limit"),
            Some("content-filter") => {
                let refused = Trouble::new(
                    AgentError::Refused,
                    "the answer was withheld by the model's content filter",
                );
                told.reading.stated = Some(Stated::Failure(refused));
            }
            Some("tool-calls") => {
                // If this stays the last one, the run was ended by a permission that was not given.
                incomplete(
                    told,
                    "it ended in the middle: a permission was refused, or an answer never came",
                );
                self.ended_at_tools = true;
            }
            Some(other) => incomplete(told, &format!("the model ended its answer with `{other}`")),
            None => return false,
        }
        true
    }
}

fn incomplete(told: &mut Told, detail: &str) {
    told.reading.stated = Some(Stated::Incomplete {
        detail: detail.to_owned(),
    });
}

/// A tool is told of only once it is done: the call and its result come together.
fn used_tool(line: &Value, told: &mut Told) -> bool {
    let (Some(tool), Some(id)) = (text(line, "/part/tool"), text(line, "/part/callID")) else {
        return false;
    };
    told.phase(tool);
    let input = line.pointer("/part/state/input").filter(|input| !input.is_null());
    told.did(Kind::ToolCall {
        id: id.to_owned(),
        tool: tool.to_owned(),
        title: tool_title(line, tool),
        input: input.map(|input| cut(&input.to_string(), TOOL_INPUT_BYTES)),
    });
    let is_error = text(line, "/part/state/status") == Some("error");
    let exit_code = line
        .pointer("/part/state/metadata/exit")
        .and_then(Value::as_i64)
        .and_then(|code| i32::try_from(code).ok());
    let output = text(line, "/part/state/error").or_else(|| text(line, "/part/state/output"));
    told.did(Kind::ToolResult {
        id: id.to_owned(),
        output: cut(output.unwrap_or(""), TOOL_OUTPUT_BYTES),
        is_error,
        exit_code,
    });
    if !is_error {
        changed_files(line, tool, told);
        planned(line, tool, told);
    }
    true
}

fn tool_title(line: &Value, tool: &str) -> String {
    let told = ["/part/state/input/command", "/part/state/input/filePath"]
        .iter()
        .find_map(|pointer| text(line, pointer))
        .or_else(|| text(line, "/part/state/title").filter(|title| !title.is_empty()));
    title(told.unwrap_or(tool))
}

fn changed_files(line: &Value, tool: &str, told: &mut Told) {
    let changes: Vec<FileChange> = match tool {
        "write" | "edit" | "multiedit" => {
            let existed = line.pointer("/part/state/metadata/exists").and_then(Value::as_bool);
            let change = if existed == Some(false) { "add" } else { "change" };
            let path = text(line, "/part/state/input/filePath");
            path.map(|path| file_change(path, change)).into_iter().collect()
        }
        "apply_patch" | "patch" => line
            .pointer("/part/state/metadata/files")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|file| {
                let path = text(file, "/relativePath").or_else(|| text(file, "/filePath"))?;
                let change = match text(file, "/type") {
                    Some("add") => "add",
                    Some("delete") => "delete",
                    _ => "change",
                };
                Some(file_change(path, change))
            })
            .collect(),
        _ => return,
    };
    if !changes.is_empty() {
        told.did(Kind::FileChanges { changes });
    }
}

fn file_change(path: &str, change: &str) -> FileChange {
    FileChange {
        path: path.to_owned(),
        change: change.to_owned(),
    }
}

fn planned(line: &Value, tool: &str, told: &mut Told) {
    if tool != "todowrite" {
        return;
    }
    let todos = line.pointer("/part/state/input/todos").and_then(Value::as_array);
    let steps: Vec<PlanStep> = todos
        .into_iter()
        .flatten()
        .filter_map(|todo| {
            Some(PlanStep {
                text: text(todo, "/content")?.to_owned(),
                is_done: text(todo, "/status") == Some("completed"),
            })
        })
        .collect();
    if !steps.is_empty() {
        told.did(Kind::Plan { steps });
    }
}

/// Each step tells what it alone has cost; cached input and reasoning are counted apart there.
fn add_usage(line: &Value, told: &mut Told) {
    let tokens = |name: &str| count(line, &format!("/part/tokens/{name}"));
    if tokens("input").is_none() && tokens("output").is_none() {
        return;
    }
    let part = |name: &str| tokens(name).unwrap_or(0);
    let cached = part("cache/read");
    let usage = told.reading.usage.get_or_insert_default();
    let grow = |field: &mut Option<u64>, by: u64| *field = Some(field.unwrap_or(0).saturating_add(by));
    grow(
        &mut usage.input_tokens,
        part("input").saturating_add(cached).saturating_add(part("cache/write")),
    );
    grow(&mut usage.cached_input_tokens, cached);
    grow(
        &mut usage.output_tokens,
        part("output").saturating_add(part("reasoning")),
    );
    grow(&mut usage.reasoning_tokens, part("reasoning"));
    if let Some(cost) = line.pointer("/part/cost").and_then(Value::as_f64) {
        usage.cost_usd = Some(usage.cost_usd.unwrap_or(0.0) + cost);
    }
}

/// The text without the escape sequences that colour it.
fn without_escapes(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\u{1b}') {
        shown.push_str(&rest[..at]);
        // Parameters up to a final byte `@`–`~` (ECMA-48, 5.4).
        let sequence = rest[at + 1..].strip_prefix('[').unwrap_or(&rest[at + 1..]);
        let end = sequence.find(|c: char| ('@'..='~').contains(&c));
        rest = end.map_or("", |end| &sequence[end + 1..]);
    }
    shown.push_str(rest);
    shown
}
