//! The Chat Completions API, which OpenCode speaks.

use serde_json::{Value, json};

use super::super::conversation::{Conversation, Turn, names_of, text_of};
use super::super::http::ModelAnswer;
use super::super::script::{Failure, Stop};
use super::{
    CACHED_TOKENS, Call, Event, INPUT_TOKENS, NativeCall, OUTPUT_TOKENS, Part, Protocol, REASONING_TOKENS, retry_after,
    unique,
};

/// One answer.
#[derive(Debug, Default)]
pub(crate) struct Completions {
    id: String,
    model: String,
    messages: u64,
    calls: u64,
}

impl Completions {
    fn chunk(&self, choices: &Value, usage: &Value) -> Event {
        let chunk = json!({"id": self.id, "object": "chat.completion.chunk", "created": 1_795_158_978,
            "model": self.model, "choices": choices, "usage": usage});
        (None, chunk)
    }

    fn delta(&self, delta: &Value) -> Event {
        let choices = json!([{"index": 0, "delta": delta, "finish_reason": null}]);
        self.chunk(&choices, &Value::Null)
    }
}

fn usage() -> Value {
    json!({
        "prompt_tokens": INPUT_TOKENS, "completion_tokens": OUTPUT_TOKENS,
        "total_tokens": INPUT_TOKENS + OUTPUT_TOKENS,
        "prompt_tokens_details": {"cached_tokens": CACHED_TOKENS},
        "completion_tokens_details": {"reasoning_tokens": REASONING_TOKENS},
    })
}

fn finish_reason(stop: Stop, has_called: bool) -> &'static str {
    match stop {
        Stop::Done if has_called => "tool_calls",
        Stop::Done => "stop",
        Stop::Length => "length",
        Stop::Refusal => "content_filter",
    }
}

fn tool_call(call: &NativeCall) -> Value {
    json!({"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.input.to_string()}})
}

impl Protocol for Completions {
    fn read(&self, body: &Value) -> Conversation {
        let mut conversation = Conversation {
            model: text_of(&body["model"]),
            effort: body["reasoning_effort"].as_str().map(str::to_owned),
            tools: names_of(&body["tools"]),
            is_streamed: body["stream"] == true,
            ..Conversation::default()
        };
        conversation.is_aside = conversation.tools.is_empty();
        for message in body["messages"].as_array().map_or(&[][..], Vec::as_slice) {
            match message["role"].as_str() {
                Some("user") => conversation.hear(&text_of(&message["content"])),
                Some("tool") => {
                    let text = text_of(&message["content"]);
                    conversation.turns.push(Turn::Result(text));
                }
                _ => {}
            }
        }
        conversation
    }

    fn native(&self, conversation: &Conversation, call: &Call) -> Option<(&'static str, Value)> {
        let (names, input): (&[&str], _) = match call {
            Call::Shell(command) => (&["bash"], json!({"command": command, "description": "Run a command"})),
            Call::Write(path, content) => (&["write"], json!({"filePath": path, "content": content})),
            Call::Plan(steps) => {
                let item = |(index, step): (usize, &String)| json!({"id": index.to_string(), "content": step, "status": "pending", "priority": "medium"});
                let todos: Vec<Value> = steps.iter().enumerate().map(item).collect();
                (&["todowrite"], json!({"todos": todos}))
            }
        };
        Some((conversation.tool(names)?, input))
    }

    fn begin(&mut self, conversation: &Conversation) -> Vec<Event> {
        self.id = unique("chatcmpl");
        self.model.clone_from(&conversation.model);
        vec![self.delta(&json!({"role": "assistant", "content": ""}))]
    }

    fn text_begins(&mut self) -> Vec<Event> {
        self.messages += 1;
        // There is but one text in an answer; its messages are paragraphs.
        if self.messages > 1 {
            self.text("\n\n")
        } else {
            Vec::new()
        }
    }

    fn text(&mut self, piece: &str) -> Vec<Event> {
        vec![self.delta(&json!({"content": piece}))]
    }

    fn text_ends(&mut self, _: &str) -> Vec<Event> {
        Vec::new()
    }

    fn think(&mut self, text: &str) -> Vec<Event> {
        vec![self.delta(&json!({"reasoning_content": text}))]
    }

    fn call(&mut self, call: &NativeCall) -> Vec<Event> {
        let mut asked = tool_call(call);
        asked["index"] = json!(self.calls);
        self.calls += 1;
        vec![self.delta(&json!({"tool_calls": [asked]}))]
    }

    fn end(&mut self, stop: Stop, has_called: bool) -> Vec<Event> {
        let choices = json!([{"index": 0, "delta": {}, "finish_reason": finish_reason(stop, has_called)}]);
        vec![self.chunk(&choices, &Value::Null), self.chunk(&json!([]), &usage())]
    }

    fn last_line(&self) -> &'static str {
        "data: [DONE]\n\n"
    }

    fn whole(&self, conversation: &Conversation, parts: &[Part], stop: Stop) -> Value {
        let mut text = Vec::new();
        let mut calls = Vec::new();
        for part in parts {
            match part {
                Part::Text(said) => text.push(said.as_str()),
                Part::Call(call) => calls.push(tool_call(call)),
                Part::Think(_) => {}
            }
        }
        let reason = finish_reason(stop, !calls.is_empty());
        let mut message = json!({"role": "assistant", "content": text.join("\n\n")});
        if !calls.is_empty() {
            message["tool_calls"] = Value::Array(calls);
        }
        json!({"id": unique("chatcmpl"), "object": "chat.completion", "created": 1_795_158_978,
            "model": conversation.model, "usage": usage(),
            "choices": [{"index": 0, "message": message, "finish_reason": reason}]})
    }

    fn refuse(&self, failure: &Failure, _: u64) -> ModelAnswer {
        let error = |status: u16, kind: &str, code: &str, message: String| {
            let error = json!({"message": message, "type": kind, "param": null, "code": code});
            ModelAnswer::json(status, &json!({"error": error}))
        };
        let answer = match failure {
            Failure::Status { code, .. } => error(*code, "stub_error", "stub", format!("stub error {code}")),
            Failure::Quota { .. } => {
                let message = "You exceeded your current quota, please check your plan and billing details.";
                error(429, "insufficient_quota", "insufficient_quota", message.to_owned())
            }
            Failure::ContextFull => {
                let message = "This model's maximum context length is 200000 tokens. However, your messages resulted in \
                    2000000 tokens. Please reduce the length of the messages.";
                error(
                    400,
                    "invalid_request_error",
                    "context_length_exceeded",
                    message.to_owned(),
                )
            }
        };
        retry_after(answer, failure)
    }
}
