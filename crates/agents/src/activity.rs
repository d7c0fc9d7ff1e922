//! What an agent does, told the same way for every agent.

use serde::{Deserialize, Serialize};

/// One thing an agent said or did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Activity {
    /// Where the line that told it begins in the agent's output, in bytes from the first one produced.
    pub offset: u64,
    /// Whether one of the agent's own helpers did it, not the agent itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_of_helper: bool,
    /// What it is.
    #[serde(flatten)]
    pub kind: Kind,
}

/// What an agent said or did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Kind {
    /// It began, or went on with, a session.
    Session {
        /// The agent's id for it.
        id: String,
        /// The model it said it uses; nothing if it did not say.
        model: Option<String>,
    },
    /// It said something to its user.
    Message {
        /// The words, whole.
        text: String,
    },
    /// It thought aloud.
    Reasoning {
        /// The words.
        text: String,
    },
    /// It began to use a tool.
    ToolCall {
        /// What binds the result to the call.
        id: String,
        /// The tool's name in the agent's own words.
        tool: String,
        /// One line that tells what it is used for: a command, a path, a pattern.
        title: String,
        /// What the tool was given, as JSON text; nothing if the title says it all.
        input: Option<String>,
    },
    /// A tool is done.
    ToolResult {
        /// What binds the result to the call.
        id: String,
        /// What the tool gave; may be cut, with a mark.
        output: String,
        /// Whether the tool said that it failed.
        is_error: bool,
        /// The exit code, of a command; nothing if there was none.
        exit_code: Option<i32>,
    },
    /// It changed files.
    FileChanges {
        /// Which.
        changes: Vec<FileChange>,
    },
    /// It told its plan, or how far it is in it.
    Plan {
        /// The steps in order.
        steps: Vec<PlanStep>,
    },
    /// It told of trouble that it gets over by itself: a warning, another try.
    Notice {
        /// The words.
        text: String,
    },
    /// It told of an error.
    Error {
        /// The words.
        text: String,
    },
    /// A line that is not understood, as it is; may be cut, with a mark.
    Unknown {
        /// The line.
        line: String,
    },
}

/// One changed file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileChange {
    /// Its path, as the agent tells it.
    pub path: String,
    /// `add`, `change` or `delete`.
    pub change: String,
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanStep {
    /// What is to be done.
    pub text: String,
    /// Whether it is done.
    pub is_done: bool,
}
