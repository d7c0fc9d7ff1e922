//! Reads one recording as the daemon would, and tells what came of it in lines that are easy to compare.

use std::fs;
use std::path::PathBuf;

use jiff::Zoned;
use longhaul_agents::{Activity, Conclusion, Exit, Kind, Reading, adapter, conclude};
use longhaul_model::Usage;
use serde_json::Value;

/// What came of a recording.
pub(crate) struct Told {
    pub(crate) reading: Reading,
    pub(crate) activity: Vec<Activity>,
    pub(crate) stderr: String,
    pub(crate) conclusion: Conclusion,
}

/// The moment at which every recording is said to have ended, in the zone in which they were made.
pub(crate) fn ended() -> Zoned {
    "2026-11-20T07:00:00+00:00[Etc/UTC]".parse().expect("a moment")
}

fn folder(agent: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(agent)
}

/// The cases of an agent and how each of them exited.
pub(crate) fn cases(agent: &str) -> Vec<(String, Exit)> {
    let list = fs::read(folder(agent).join("cases.json")).expect("the list of cases");
    let list: Vec<Value> = serde_json::from_slice(&list).expect("JSON");
    let case = |case: &Value| {
        let exit = match case["exit"].as_i64().expect("a number") {
            -15 => Exit::Signal("SIGTERM".to_owned()),
            code => Exit::Code(i32::try_from(code).expect("an exit code")),
        };
        (case["case"].as_str().expect("a name").to_owned(), exit)
    };
    list.iter().map(case).collect()
}

/// Reads the recording of this case.
pub(crate) fn told(agent: &str, case: &str) -> Told {
    let read = |kind: &str| fs::read(folder(agent).join(format!("{case}.{kind}"))).unwrap_or_default();
    let (_, exit) = cases(agent)
        .into_iter()
        .find(|(name, _)| name == case)
        .expect("a case of that name");
    words(agent, &read("jsonl"), &read("stderr"), &exit)
}

/// Reads this output.
pub(crate) fn words(agent: &str, stdout: &[u8], stderr: &[u8], exit: &Exit) -> Told {
    let mut parser = adapter(agent).expect("an agent of that name").parser();
    parser.read_stderr(stderr);
    parser.read(0, stdout);
    parser.finish();
    Told {
        activity: parser.take_activity(),
        conclusion: conclude(parser.reading(), exit, &ended()),
        reading: parser.reading().clone(),
        stderr: String::from_utf8_lossy(stderr).into_owned(),
    }
}

/// One line for each activity.
pub(crate) fn lines(told: &Told) -> Vec<String> {
    let line = |activity: &Activity| {
        let words = match &activity.kind {
            Kind::Session { id, model } => format!("session {id} {}", model.as_deref().unwrap_or("-")),
            Kind::Message { text } => format!("says {text}"),
            Kind::Reasoning { text } => format!("thinks {text}"),
            Kind::ToolCall { tool, title, input, .. } => {
                format!(
                    "calls {tool}: {title}{}",
                    input.as_ref().map(|input| format!(" {input}")).unwrap_or_default()
                )
            }
            Kind::ToolResult {
                output,
                is_error,
                exit_code,
                ..
            } => {
                let code = exit_code.map(|code| format!(" {code}")).unwrap_or_default();
                format!("{}{code}: {output}", if *is_error { "error" } else { "result" })
            }
            Kind::FileChanges { changes } => {
                let changes = changes
                    .iter()
                    .map(|change| format!("{} {}", change.change, change.path));
                format!("files {}", changes.collect::<Vec<_>>().join(", "))
            }
            Kind::Plan { steps } => {
                let steps = steps
                    .iter()
                    .map(|step| format!("[{}] {}", if step.is_done { "x" } else { " " }, step.text));
                format!("plan {}", steps.collect::<Vec<_>>().join(", "))
            }
            Kind::Notice { text } => format!("notes {text}"),
            Kind::Error { text } => format!("fails {text}"),
            Kind::Unknown { line } => format!("unknown {line}"),
        };
        format!("{}{words}", if activity.is_of_helper { "helper " } else { "" })
    };
    told.activity.iter().map(line).collect()
}

/// The figures of so many requests to the scripted model: each has 1,234 in, 1,000 of them cached, 56 out.
pub(crate) fn usage(requests: u64, reasoning_tokens: u64, cost_usd: Option<f64>) -> Option<Usage> {
    Some(Usage {
        input_tokens: Some(1_234 * requests),
        cached_input_tokens: Some(1_000 * requests),
        output_tokens: Some(56 * requests),
        reasoning_tokens: Some(reasoning_tokens),
        cost_usd,
    })
}
