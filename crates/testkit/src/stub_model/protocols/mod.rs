//! The four languages in which the agents talk to a model, one file each.

mod completions;
mod gemini;
mod messages;
mod responses;

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;

use super::conversation::Conversation;
use super::http::ModelAnswer;
use super::script::{Failure, Stop};

/// Tokens of every request, of every answer, and what of them came from a cache or was spent on thinking.
pub(crate) const INPUT_TOKENS: u64 = 1234;
pub(crate) const CACHED_TOKENS: u64 = 1000;
pub(crate) const OUTPUT_TOKENS: u64 = 56;
pub(crate) const REASONING_TOKENS: u64 = 7;

/// A tool that the model wants to use, whatever the agent calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Call {
    /// A shell command.
    Shell(String),
    /// A file with this content.
    Write(String, String),
    /// A plan.
    Plan(Vec<String>),
}

/// The same in the agent's own words.
#[derive(Debug, Clone)]
pub(crate) struct NativeCall {
    /// Unique in a conversation.
    pub(crate) id: String,
    pub(crate) name: String,
    /// An object, or a text for a tool that takes free text.
    pub(crate) input: Value,
}

/// A finished part of an answer.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    Text(String),
    Think(String),
    Call(NativeCall),
}

/// An event of a stream: its name, where the protocol has names, and its data.
pub(crate) type Event = (Option<&'static str>, Value);

/// One of the four languages, for one answer.
pub(crate) trait Protocol {
    /// What the request asks.
    fn read(&self, body: &Value) -> Conversation;
    /// The agent's own tool for it; nothing if none is offered.
    fn native(&self, conversation: &Conversation, call: &Call) -> Option<(&'static str, Value)>;
    /// How an answer is given that must have a shape, where that is a tool; nothing if it is a plain text.
    fn structured(&self, _: &Conversation) -> Option<&'static str> {
        None
    }
    /// The first events.
    fn begin(&mut self, conversation: &Conversation) -> Vec<Event>;
    /// A message begins.
    fn text_begins(&mut self) -> Vec<Event>;
    /// More of it.
    fn text(&mut self, piece: &str) -> Vec<Event>;
    /// It is over; `whole` is all of it.
    fn text_ends(&mut self, whole: &str) -> Vec<Event>;
    /// Reasoning.
    fn think(&mut self, text: &str) -> Vec<Event>;
    /// A tool is asked for.
    fn call(&mut self, call: &NativeCall) -> Vec<Event>;
    /// The last events.
    fn end(&mut self, stop: Stop, has_called: bool) -> Vec<Event>;
    /// What ends the stream itself, after its last event.
    fn last_line(&self) -> &'static str {
        ""
    }
    /// An answer that is not streamed.
    fn whole(&self, conversation: &Conversation, parts: &[Part], stop: Stop) -> Value;
    /// A refused request; `now_s` is the time in seconds since 1970.
    fn refuse(&self, failure: &Failure, now_s: u64) -> ModelAnswer;
    /// What the agent gets that asks something for itself.
    fn aside(&self) -> &'static str {
        "A task"
    }
}

/// The language of a path, and the answer to what is no question; nothing for a path nobody knows.
pub(crate) fn of_path(path: &str) -> Option<Box<dyn Protocol>> {
    if path.ends_with("/responses") {
        Some(Box::new(responses::Responses::default()))
    } else if path.ends_with("/messages") {
        Some(Box::new(messages::Messages::default()))
    } else if path.ends_with("/chat/completions") {
        Some(Box::new(completions::Completions::default()))
    } else {
        gemini::of_path(path).map(|gemini| Box::new(gemini) as Box<dyn Protocol>)
    }
}

/// The answer to a question that needs no model; nothing for a path nobody knows.
pub(crate) fn fixed(path: &str) -> Option<Value> {
    if path.ends_with("/messages/count_tokens") {
        Some(serde_json::json!({ "input_tokens": INPUT_TOKENS }))
    } else if path.ends_with(":countTokens") {
        Some(serde_json::json!({ "totalTokens": INPUT_TOKENS }))
    } else {
        None
    }
}

/// `Retry-After`, if it was given.
fn retry_after(answer: ModelAnswer, failure: &Failure) -> ModelAnswer {
    match failure {
        Failure::Status {
            retry_after_s: Some(seconds),
            ..
        } => answer.header("Retry-After", seconds),
        Failure::Quota { resets_in_s } => answer.header("Retry-After", resets_in_s),
        _ => answer,
    }
}

/// A new id for a message or a call: agents take two things of one id for one thing, over resumes as well.
pub(crate) fn unique(prefix: &str) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!(
        "{prefix}_{}_{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    )
}
