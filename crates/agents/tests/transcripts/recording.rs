//! One recorded run of an agent, read as a whole.

use std::path::PathBuf;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use longhaul_agents::{Activity, Conclusion, Exit, Kind, Reading, adapter, conclude};

/// One recorded run, read.
pub(crate) struct Recording {
    pub(crate) reading: Reading,
    pub(crate) activity: Vec<Activity>,
    pub(crate) stderr: String,
    /// The code it exited with; nothing for runs that a signal ended.
    pub(crate) exit: Option<i32>,
}

/// The folder with the recordings of this agent.
pub(crate) fn folder(agent: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(agent)
}

/// Reads this recording: standard output as one piece, then standard error.
pub(crate) fn read(agent: &str, case: &str) -> Recording {
    let folder = folder(agent);
    let stdout = std::fs::read(folder.join(format!("{case}.jsonl"))).unwrap_or_default();
    let stderr = std::fs::read(folder.join(format!("{case}.stderr"))).unwrap_or_default();
    assert!(
        !stdout.is_empty() || !stderr.is_empty(),
        "{agent}/{case} was never recorded"
    );
    let mut parser = adapter(agent).expect("the agent exists").parser();
    parser.read(0, &stdout);
    parser.read_stderr(&stderr);
    parser.finish();
    Recording {
        activity: parser.take_activity(),
        reading: parser.reading().clone(),
        stderr: String::from_utf8_lossy(&stderr).into_owned(),
        exit: recorded_exit(agent, case),
    }
}

fn recorded_exit(agent: &str, case: &str) -> Option<i32> {
    let cases = std::fs::read(folder(agent).join("cases.json")).expect("the cases are listed");
    let cases: Vec<serde_json::Value> = serde_json::from_slice(&cases).expect("the list is JSON");
    let case = cases.iter().find(|listed| listed["case"] == case)?;
    i32::try_from(case["exit"].as_i64()?).ok()
}

/// When every recorded run ended, in seconds since 1970.
pub(crate) const ENDED_S: i64 = 1_795_160_181;

/// What a run means that exited with this code.
pub(crate) fn concluded(reading: &Reading, code: i32) -> Conclusion {
    let ended = Timestamp::from_second(ENDED_S).expect("in range");
    conclude(reading, &Exit::Code(code), &ended.to_zoned(TimeZone::UTC))
}

impl Recording {
    /// What its end means, with the exit code it really had.
    pub(crate) fn conclusion(&self) -> Conclusion {
        concluded(&self.reading, self.exit.expect("the case is listed with its exit code"))
    }

    /// The final message.
    pub(crate) fn message(&self) -> &str {
        self.reading.message.as_deref().unwrap_or("(none)")
    }

    /// Input, cached input, output and reasoning tokens; 0 for what was not told.
    pub(crate) fn tokens(&self) -> [u64; 4] {
        let usage = self.reading.usage.clone().unwrap_or_default();
        [
            usage.input_tokens,
            usage.cached_input_tokens,
            usage.output_tokens,
            usage.reasoning_tokens,
        ]
        .map(|count| count.unwrap_or(0))
    }

    /// Each activity in one line.
    pub(crate) fn told(&self) -> Vec<String> {
        self.activity.iter().map(|activity| line(&activity.kind)).collect()
    }
}

fn line(kind: &Kind) -> String {
    match kind {
        Kind::Session { id, model } => format!("session {id} {}", model.as_deref().unwrap_or("-")),
        Kind::Message { text } => format!("message {text}"),
        Kind::Reasoning { text } => format!("reasoning {text}"),
        Kind::ToolCall { id, tool, title, .. } => format!("call {id} {tool}: {title}"),
        Kind::ToolResult {
            id,
            output,
            is_error,
            exit_code,
        } => {
            let code = exit_code.map_or("-".to_owned(), |code| code.to_string());
            let end = if *is_error { "error" } else { "ok" };
            format!("result {id} {end} {code}: {output}")
        }
        Kind::FileChanges { changes } => {
            let changes: Vec<String> = changes
                .iter()
                .map(|change| format!("{} {}", change.change, change.path))
                .collect();
            format!("files {}", changes.join(", "))
        }
        Kind::Plan { steps } => {
            let steps: Vec<String> = steps
                .iter()
                .map(|step| format!("[{}] {}", if step.is_done { "x" } else { " " }, step.text))
                .collect();
            format!("plan {}", steps.join(", "))
        }
        Kind::Notice { text } => format!("notice {text}"),
        Kind::Error { text } => format!("error {text}"),
        Kind::Unknown { line } => format!("unknown {line}"),
    }
}
