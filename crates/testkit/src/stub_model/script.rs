//! What the model does, as data: the steps of a script, and how they are written in JSON.
//!
//! `stub: [{"say":"Half "},{"run":"make"},{"say":["a",{"wait":"gate"},"b"]}]`; a lone step or a lone text needs no list.

use serde_json::{Map, Value};

use super::long_answer::huge;

/// One thing the model does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// A message; its pieces are streamed one by one.
    Say(Vec<Piece>),
    /// Reasoning that is shown.
    Think(String),
    /// Shell commands, asked for in one go.
    Run(Vec<String>),
    /// A file written with the agent's own tool.
    Write {
        /// The path of the file.
        path: String,
        /// The text of the file.
        content: String,
    },
    /// A plan noted with the agent's own tool.
    Plan(Vec<String>),
    /// A message that tells the newest tool result.
    SayResult,
    /// A message that lists every prompt of the conversation.
    SayPrompts,
    /// Nothing until a test opens this gate.
    Wait(String),
    /// Nothing for so long.
    Pause {
        /// In milliseconds.
        ms: u64,
    },
    /// A refused request instead of an answer.
    Fail {
        /// What kind.
        failure: Failure,
        /// How often before it is passed over; for ever if nothing.
        times: Option<u64>,
    },
    /// No answer, ever.
    Hang,
    /// The connection breaks here.
    Drop,
    /// The answer ends here, for this reason.
    Stop(Stop),
}

/// A part of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Text.
    Text(String),
    /// A pause in the middle, in milliseconds.
    Pause(u64),
    /// A gate in the middle.
    Wait(String),
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The model was done, or waits for its tools.
    Done,
    /// The limit of tokens.
    Length,
    /// The model refuses.
    Refusal,
}

/// A request that is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// With this status, and `Retry-After` in seconds if given.
    Status {
        /// HTTP status.
        code: u16,
        /// `Retry-After`, in seconds.
        retry_after_s: Option<u64>,
    },
    /// The usage limit of a subscription; it is over after so many seconds.
    Quota {
        /// Seconds from now.
        resets_in_s: u64,
    },
    /// The conversation is longer than the model can take.
    ContextFull,
}

impl Step {
    /// A message in one piece.
    pub(crate) fn say(text: impl Into<String>) -> Self {
        Self::Say(vec![Piece::Text(text.into())])
    }

    /// How many tool results this step waits for; 0 if it asks for none.
    pub(crate) fn calls(&self) -> usize {
        match self {
            Self::Run(commands) => commands.len(),
            Self::Write { .. } | Self::Plan(_) => 1,
            _ => 0,
        }
    }
}

/// Reads a script.
///
/// # Errors
/// With what is wrong, for the one who wrote it.
pub(crate) fn read(value: &Value) -> Result<Vec<Step>, String> {
    match value {
        Value::Array(steps) => steps.iter().map(step).collect(),
        one => Ok(vec![step(one)?]),
    }
}

fn step(value: &Value) -> Result<Step, String> {
    if let Value::String(text) = value {
        return Ok(Step::say(text));
    }
    let fields = value.as_object().ok_or_else(|| format!("not a step: {value}"))?;
    let times = fields.get("times").and_then(Value::as_u64);
    let fail = |failure| Step::Fail { failure, times };
    let number = |name: &str| fields.get(name).and_then(Value::as_u64);
    let Some((act, what)) = fields
        .iter()
        .find(|(name, _)| *name != "times" && *name != "retry_after_s")
    else {
        return Err(format!("no act in {value}"));
    };
    Ok(match act.as_str() {
        "say" => Step::Say(pieces(what)?),
        "huge" => Step::say(huge(size(what)?)),
        "think" => Step::Think(text(what)?),
        "run" => Step::Run(texts(what)?),
        "write" => write(what)?,
        "plan" => Step::Plan(texts(what)?),
        "result" => Step::SayResult,
        "prompts" => Step::SayPrompts,
        "wait" => Step::Wait(text(what)?),
        "pause_ms" => Step::Pause {
            ms: number(act).unwrap_or_default(),
        },
        "error" => fail(Failure::Status {
            code: u16::try_from(number(act).unwrap_or_default()).map_err(|_| format!("not a status: {what}"))?,
            retry_after_s: number("retry_after_s"),
        }),
        "quota_s" => fail(Failure::Quota {
            resets_in_s: number(act).unwrap_or_default(),
        }),
        "context_full" => fail(Failure::ContextFull),
        "hang" => Step::Hang,
        "drop" => Step::Drop,
        "stop" => Step::Stop(match what.as_str() {
            Some("length") => Stop::Length,
            Some("refusal") => Stop::Refusal,
            _ => Stop::Done,
        }),
        unknown => return Err(format!("no such act: {unknown}")),
    })
}

fn pieces(value: &Value) -> Result<Vec<Piece>, String> {
    let piece = |value: &Value| match value {
        Value::String(text) => Ok(Piece::Text(text.clone())),
        Value::Object(fields) => match (fields.get("wait"), fields.get("pause_ms").and_then(Value::as_u64)) {
            (Some(gate), _) => Ok(Piece::Wait(text(gate)?)),
            (None, Some(ms)) => Ok(Piece::Pause(ms)),
            (None, None) => Err(format!("not a piece: {value}")),
        },
        other => Err(format!("not a piece: {other}")),
    };
    match value {
        Value::Array(list) => list.iter().map(piece).collect(),
        one => Ok(vec![piece(one)?]),
    }
}

fn write(value: &Value) -> Result<Step, String> {
    let empty = Map::new();
    let fields = value.as_object().unwrap_or(&empty);
    let field = |name: &str| fields.get(name).map_or(Err(format!("write needs {name}")), text);
    Ok(Step::Write {
        path: field("path")?,
        content: field("content")?,
    })
}

fn text(value: &Value) -> Result<String, String> {
    value
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| format!("not a text: {value}"))
}

fn texts(value: &Value) -> Result<Vec<String>, String> {
    match value {
        Value::Array(list) => list.iter().map(text).collect(),
        one => Ok(vec![text(one)?]),
    }
}

fn size(value: &Value) -> Result<usize, String> {
    value
        .as_u64()
        .and_then(|size| usize::try_from(size).ok())
        .ok_or_else(|| format!("not a size: {value}"))
}
