//! What the model was asked: one note for each request, so that a test can prove what an agent sent.

use serde_json::{Value, json};

use super::conversation::Conversation;

/// One request to the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The HTTP method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The model asked for; empty if the request names none.
    pub model: String,
    /// The effort asked for; nothing if the request names none.
    pub effort: Option<String>,
    /// The newest prompt of the user, without what the agent adds by itself.
    pub prompt: String,
    /// Every prompt of the conversation, oldest first: more than one proves that a session was resumed.
    pub prompts: Vec<String>,
    /// How many tool results came after the newest prompt.
    pub tool_results: usize,
    /// The names of the tools that the model may use.
    pub tools: Vec<String>,
    /// A request that an agent makes for itself: a title, a routing question, a count.
    pub is_aside: bool,
}

impl Seen {
    pub(crate) fn new(method: &str, path: &str, conversation: Option<&Conversation>) -> Self {
        let mut seen = Self {
            method: method.to_owned(),
            path: path.to_owned(),
            model: String::new(),
            effort: None,
            prompt: String::new(),
            prompts: Vec::new(),
            tool_results: 0,
            tools: Vec::new(),
            is_aside: true,
        };
        if let Some(conversation) = conversation {
            seen.model.clone_from(&conversation.model);
            seen.effort.clone_from(&conversation.effort);
            seen.prompt = conversation.prompt().to_owned();
            seen.prompts = conversation.prompts();
            seen.tool_results = conversation.results();
            seen.tools.clone_from(&conversation.tools);
            seen.is_aside = conversation.is_aside;
        }
        seen
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "method": self.method, "path": self.path, "model": self.model, "effort": self.effort,
            "prompt": self.prompt, "prompts": self.prompts, "tool_results": self.tool_results,
            "tools": self.tools, "is_aside": self.is_aside,
        })
    }
}
