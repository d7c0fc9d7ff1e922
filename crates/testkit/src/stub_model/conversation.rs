//! A conversation as all four protocols mean it: prompts, answers, tool results.

use serde_json::Value;

/// What a request asks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Conversation {
    /// The model's name.
    pub(crate) model: String,
    /// How hard it shall think.
    pub(crate) effort: Option<String>,
    /// What was said, oldest first.
    pub(crate) turns: Vec<Turn>,
    /// Names of the tools that are offered.
    pub(crate) tools: Vec<String>,
    /// Whether the answer shall be streamed.
    pub(crate) is_streamed: bool,
    /// Asked by the agent for itself.
    pub(crate) is_aside: bool,
}

/// One thing that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Turn {
    /// By the user.
    Prompt(String),
    /// By a tool.
    Result(String),
}

/// How the texts begin that agents put into the user's mouth.
const ADDED_BY_AGENTS: [&str; 10] = [
    "# AGENTS.md",
    "Output token limit hit.",
    "Your response above was",
    "[Your previous response had no visible output",
    "[ModelRequest interrupted by user",
    "System: Please continue",
    "[System: You previously returned an empty response",
    "Please continue.",
    "This is the Gemini CLI",
    "Warning: The maximum number of unified exec",
];

impl Conversation {
    /// Adds what the user is said to have said, unless the agent made it up.
    pub(crate) fn hear(&mut self, text: &str) {
        let text = text.trim();
        let is_tagged = text.starts_with('<') && text.ends_with('>') && text.contains("</");
        if !text.is_empty() && !is_tagged && !ADDED_BY_AGENTS.iter().any(|start| text.starts_with(start)) {
            self.turns.push(Turn::Prompt(text.to_owned()));
        }
    }

    /// The newest prompt; empty if there is none.
    pub(crate) fn prompt(&self) -> &str {
        let newest = self.turns.iter().rev().find_map(|turn| match turn {
            Turn::Prompt(text) => Some(text.as_str()),
            Turn::Result(_) => None,
        });
        newest.unwrap_or_default()
    }

    /// Every prompt, oldest first.
    pub(crate) fn prompts(&self) -> Vec<String> {
        let prompts = self.turns.iter().filter_map(|turn| match turn {
            Turn::Prompt(text) => Some(text.clone()),
            Turn::Result(_) => None,
        });
        prompts.collect()
    }

    /// How many tool results came after the newest prompt.
    pub(crate) fn results(&self) -> usize {
        let is_result = |turn: &&Turn| matches!(turn, Turn::Result(_));
        self.turns.iter().rev().take_while(is_result).count()
    }

    /// The newest tool result; empty if there is none.
    pub(crate) fn result(&self) -> &str {
        match self.turns.last() {
            Some(Turn::Result(text)) => text,
            _ => "",
        }
    }

    /// The first of these tools that is offered.
    pub(crate) fn tool(&self, names: &[&'static str]) -> Option<&'static str> {
        names
            .iter()
            .find(|name| self.tools.iter().any(|offered| offered == *name))
            .copied()
    }
}

/// A text, or the texts in a list of content parts, one below the other.
pub(crate) fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts
            .iter()
            .filter_map(|part| part["text"].as_str())
            .collect::<Vec<_>>()
            .join("\n"),
        _ => String::new(),
    }
}

/// The names in a list of tools, those in groups as well.
pub(crate) fn names_of(tools: &Value) -> Vec<String> {
    let mut names = Vec::new();
    for tool in tools.as_array().map_or(&[][..], Vec::as_slice) {
        if tool["tools"].is_array() {
            names.extend(names_of(&tool["tools"]));
        } else if let Some(name) = tool["name"].as_str().or(tool["function"]["name"].as_str()) {
            names.push(name.to_owned());
        }
    }
    names
}
