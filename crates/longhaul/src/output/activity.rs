//! What an agent did, as a conversation.

use longhaul_api::{Activity, ActivityKind};

use super::plain::plain;
use super::screen::Screen;

/// How many lines of a tool's output are shown.
const OUTPUT_LINES: usize = 10;

/// The lines for one entry; none for what says nothing to people.
pub(crate) fn activity_lines(screen: Screen, entry: &Activity) -> Vec<String> {
    let mut lines = match &entry.kind {
        ActivityKind::Session { id, model } => {
            let model = model
                .as_ref()
                .map(|model| format!("  {}", plain(model)))
                .unwrap_or_default();
            vec![screen.dim(&format!("session {}{model}", plain(id)))]
        }
        ActivityKind::Message { text } => {
            let mut lines = vec![String::new()];
            lines.extend(text.lines().map(plain));
            lines.push(String::new());
            lines
        }
        ActivityKind::Reasoning { text } => marked("… ", text).iter().map(|line| screen.dim(line)).collect(),
        ActivityKind::ToolCall { tool, title, .. } if title.trim().is_empty() => vec![format!("▸ {}", plain(tool))],
        ActivityKind::ToolCall { tool, title, .. } => marked(&format!("▸ {}: ", plain(tool)), title),
        ActivityKind::ToolResult {
            output,
            is_error,
            exit_code,
            ..
        } => tool_result(screen, output, *is_error, *exit_code),
        ActivityKind::FileChanges { changes } => changes
            .iter()
            .map(|change| format!("± {} {}", plain(&change.change), plain(&change.path)))
            .collect(),
        ActivityKind::Plan { steps } => steps
            .iter()
            .map(|step| format!("[{}] {}", if step.is_done { "x" } else { " " }, plain(&step.text)))
            .collect(),
        ActivityKind::Notice { text } => marked("! ", text),
        ActivityKind::Error { text } => marked("! error: ", text),
        ActivityKind::Unknown { line } => vec![screen.dim(&format!("? {}", plain(line)))],
    };
    if entry.is_of_helper {
        lines.iter_mut().for_each(|line| line.insert_str(0, "    "));
    }
    lines
}

fn marked(mark: &str, text: &str) -> Vec<String> {
    let indent = " ".repeat(mark.chars().count());
    let lines = text.lines().map(plain).enumerate();
    lines
        .map(|(place, line)| format!("{}{line}", if place == 0 { mark } else { &indent }))
        .collect()
}

fn tool_result(screen: Screen, output: &str, is_error: bool, exit_code: Option<i32>) -> Vec<String> {
    let all = output.lines().count();
    let mut lines: Vec<String> = output
        .lines()
        .take(OUTPUT_LINES)
        .map(|line| format!("  {}", plain(line)))
        .collect();
    if all > OUTPUT_LINES {
        lines.push(format!("  … {} more lines", all - OUTPUT_LINES));
    }
    match (exit_code, is_error) {
        (Some(code), _) if code != 0 => lines.push(format!("  exited with code {code}")),
        (_, true) => lines.push("  it failed".to_owned()),
        _ => {}
    }
    lines.iter().map(|line| screen.dim(line)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(kind: ActivityKind) -> String {
        let entry = Activity {
            number: 1,
            offset: 0,
            at: None,
            is_of_helper: false,
            kind,
        };
        activity_lines(Screen::new(true), &entry).join("\n")
    }

    #[test]
    fn a_conversation_reads_from_top_to_bottom() {
        let call = ActivityKind::ToolCall {
            id: "1".into(),
            tool: "shell".into(),
            title: "make\ntest".into(),
            input: None,
        };
        assert_eq!(shown(call), "▸ shell: make\n         test");
        let output = (1..=12).map(|line| line.to_string()).collect::<Vec<_>>().join("\n");
        let result = ActivityKind::ToolResult {
            id: "1".into(),
            output,
            is_error: true,
            exit_code: Some(2),
        };
        let lines = shown(result);
        assert!(
            lines.ends_with("  10\n  … 2 more lines\n  exited with code 2"),
            "{lines}"
        );
        assert_eq!(
            shown(ActivityKind::Message {
                text: "a\u{1b}[31mb".into()
            }),
            "\na\u{FFFD}[31mb\n"
        );
    }
}
