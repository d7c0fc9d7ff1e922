//! What an agent did, in words that are the same for every agent.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Some of what an agent did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ActivityPage {
    /// The attempt it is of; 0 before the first.
    pub attempt: u32,
    /// The entries, in order.
    pub activity: Vec<Activity>,
    /// The number to ask on from, as `after`.
    pub next: u64,
    /// Whether the attempt is over and nothing more comes after `next`.
    pub is_final: bool,
}

/// One thing an agent did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Activity {
    /// Its place among all of the attempt, from 1.
    pub number: u64,
    /// Where the line that told it begins in standard output, in bytes.
    pub offset: u64,
    /// When it was told; nothing if that is not known.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// Whether one of the agent's own helpers did it.
    #[serde(default)]
    pub is_of_helper: bool,
    /// What it is.
    #[serde(flatten)]
    pub kind: ActivityKind,
}

/// What an agent said or did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ActivityKind {
    /// It began, or went on with, a session.
    Session {
        /// The agent's id for it.
        id: String,
        /// The model it said it uses.
        model: Option<String>,
    },
    /// It said something to its user.
    Message {
        /// The words.
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
        /// One line that tells what it is used for.
        title: String,
        /// What the tool was given, as JSON text.
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
        /// The exit code of a command.
        exit_code: Option<i32>,
    },
    /// It changed files.
    FileChanges {
        /// Which.
        changes: Vec<ActivityFileChange>,
    },
    /// It told its plan, or how far it is in it.
    Plan {
        /// The steps in order.
        steps: Vec<PlanStep>,
    },
    /// It told of trouble that it gets over by itself.
    Notice {
        /// The words.
        text: String,
    },
    /// It told of an error.
    Error {
        /// The words.
        text: String,
    },
    /// A line that is not understood.
    Unknown {
        /// The line; may be cut, with a mark.
        line: String,
    },
}

/// One changed file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActivityFileChange {
    /// Its path, as the agent tells it.
    pub path: String,
    /// `add`, `change` or `delete`.
    pub change: String,
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanStep {
    /// What is to be done.
    pub text: String,
    /// Whether it is done.
    pub is_done: bool,
}
