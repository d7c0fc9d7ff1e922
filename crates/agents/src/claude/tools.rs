//! How Claude Code tells of its tools: what they are given, and what they gave.

use serde_json::Value;

use crate::activity::{FileChange, Kind, PlanStep};
use crate::json::text;
use crate::text::{TOOL_INPUT_BYTES, TOOL_OUTPUT_BYTES, cut, title};

/// What tells best what a tool is used for, the best first.
const TELLING: &[&str] = &[
    "command",
    "file_path",
    "notebook_path",
    "pattern",
    "path",
    "url",
    "query",
    "skill",
    "description",
    "prompt",
];

/// The use of a tool; nothing if the block is not one.
pub(super) fn call(block: &Value) -> Option<Kind> {
    let (id, tool) = (text(block, "/id")?, text(block, "/name")?);
    let none = Value::Null;
    let input = block.get("input").unwrap_or(&none);
    if tool == "TodoWrite"
        && let Some(todos) = input.get("todos").and_then(Value::as_array)
    {
        return Some(Kind::Plan {
            steps: todos.iter().filter_map(step).collect(),
        });
    }
    let about = TELLING.iter().find_map(|key| input.get(key)?.as_str());
    let title = title(about.unwrap_or(tool));
    // A single word that the title holds whole is not told twice.
    let is_told = input
        .as_object()
        .is_none_or(|fields| fields.is_empty() || (fields.len() == 1 && about == Some(&title)));
    Some(Kind::ToolCall {
        id: id.to_owned(),
        tool: tool.to_owned(),
        title,
        input: (!is_told).then(|| cut(&input.to_string(), TOOL_INPUT_BYTES)),
    })
}

/// What a tool gave; nothing if the block is not that.
pub(super) fn result(block: &Value) -> Option<Kind> {
    Some(Kind::ToolResult {
        id: text(block, "/tool_use_id")?.to_owned(),
        output: cut(&content(block.get("content")), TOOL_OUTPUT_BYTES),
        is_error: block.get("is_error").and_then(Value::as_bool).unwrap_or(false),
        exit_code: None,
    })
}

/// The file that a tool changed, by what it reports beside its result; nothing if it changed none.
pub(super) fn change(line: &Value) -> Option<Kind> {
    let report = line.get("tool_use_result")?;
    report.get("structuredPatch")?;
    let change = match text(report, "/type") {
        Some("create") => "add",
        _ => "change",
    };
    let path = text(report, "/filePath")?.to_owned();
    Some(Kind::FileChanges {
        changes: vec![FileChange {
            path,
            change: change.to_owned(),
        }],
    })
}

fn step(todo: &Value) -> Option<PlanStep> {
    Some(PlanStep {
        text: text(todo, "/content")?.to_owned(),
        is_done: text(todo, "/status") == Some("completed"),
    })
}

/// The text of some content: a text, or blocks of which some are.
fn content(content: Option<&Value>) -> String {
    match content {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(blocks)) => {
            let blocks = blocks
                .iter()
                .map(|block| match (text(block, "/text"), text(block, "/type")) {
                    (Some(text), _) => text.to_owned(),
                    (None, kind) => format!("[{}]", kind.unwrap_or("something")),
                });
            blocks.collect::<Vec<_>>().join("\n")
        }
        Some(other) if !other.is_null() => other.to_string(),
        _ => String::new(),
    }
}
