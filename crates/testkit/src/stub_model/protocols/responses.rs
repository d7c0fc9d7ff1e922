//! The Responses API, which Codex speaks.

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
pub(crate) struct Responses {
    id: String,
    items: u64,
}

impl Responses {
    fn item_id(&self) -> String {
        format!("{}_item_{}", self.id, self.items)
    }

    /// An item that is complete.
    fn done(&mut self, item: &Value) -> Event {
        let event = json!({"type": "response.output_item.done", "output_index": self.items, "item": item});
        self.items += 1;
        (Some("response.output_item.done"), event)
    }

    fn added(&self, item: &Value) -> Event {
        let event = json!({"type": "response.output_item.added", "output_index": self.items, "item": item});
        (Some("response.output_item.added"), event)
    }
}

fn usage() -> Value {
    json!({
        "input_tokens": INPUT_TOKENS, "input_tokens_details": {"cached_tokens": CACHED_TOKENS},
        "output_tokens": OUTPUT_TOKENS, "output_tokens_details": {"reasoning_tokens": REASONING_TOKENS},
        "total_tokens": INPUT_TOKENS + OUTPUT_TOKENS,
    })
}

fn message(id: &str, text: &str) -> Value {
    json!({"type": "message", "id": id, "role": "assistant",
        "content": [{"type": "output_text", "text": text, "annotations": []}]})
}

fn called(call: &NativeCall, id: &str) -> Value {
    match &call.input {
        Value::String(input) => {
            json!({"type": "custom_tool_call", "id": id, "call_id": call.id, "name": call.name, "input": input})
        }
        input => {
            json!({"type": "function_call", "id": id, "call_id": call.id, "name": call.name,
            "arguments": input.to_string()})
        }
    }
}

impl Protocol for Responses {
    fn read(&self, body: &Value) -> Conversation {
        let mut conversation = Conversation {
            model: text_of(&body["model"]),
            effort: body["reasoning"]["effort"].as_str().map(str::to_owned),
            tools: names_of(&body["tools"]),
            is_streamed: body["stream"] == true,
            ..Conversation::default()
        };
        for item in body["input"].as_array().map_or(&[][..], Vec::as_slice) {
            match item["type"].as_str() {
                Some("message") | None if item["role"] == "user" => {
                    for part in item["content"].as_array().map_or(&[][..], Vec::as_slice) {
                        conversation.hear(part["text"].as_str().unwrap_or_default());
                    }
                }
                Some("function_call_output" | "custom_tool_call_output") => {
                    let text = text_of(&item["output"]);
                    conversation.turns.push(Turn::Result(text));
                }
                // Newer models get their tools as an item of the conversation.
                Some("additional_tools") => conversation.tools.extend(names_of(&item["tools"])),
                _ => {}
            }
        }
        if let Value::String(text) = &body["input"] {
            conversation.hear(text);
        }
        conversation
    }

    fn native(&self, conversation: &Conversation, call: &Call) -> Option<(&'static str, Value)> {
        let (names, input): (&[&str], _) = match call {
            Call::Shell(command) => match conversation.tool(&["exec_command", "shell", "exec"])? {
                "shell" => return Some(("shell", json!({"command": ["bash", "-lc", command]}))),
                "exec" => {
                    let script = format!("text((await tools.exec_command({})).output)", json!({"cmd": command}));
                    return Some(("exec", json!(script)));
                }
                // The longest that it lets a command hold the turn.
                name => return Some((name, json!({"cmd": command, "yield_time_ms": 30_000}))),
            },
            Call::Write(path, content) => {
                let lines: String = content.lines().map(|line| format!("+{line}\n")).collect();
                let patch = format!("*** Begin Patch\n*** Add File: {path}\n{lines}*** End Patch");
                if conversation.tool(&["apply_patch"]).is_none() && conversation.tool(&["exec"]).is_some() {
                    let script = format!("text(await tools.apply_patch({}))", json!(patch));
                    return Some(("exec", json!(script)));
                }
                (&["apply_patch"], json!(patch))
            }
            Call::Plan(steps) => {
                let plan: Vec<Value> = steps
                    .iter()
                    .enumerate()
                    .map(|(index, step)| json!({"step": step, "status": if index == 0 { "in_progress" } else { "pending" }}))
                    .collect();
                (&["update_plan"], json!({"plan": plan}))
            }
        };
        Some((conversation.tool(names)?, input))
    }

    fn begin(&mut self, _: &Conversation) -> Vec<Event> {
        self.id = unique("resp");
        let event = json!({"type": "response.created", "response": {"id": self.id, "status": "in_progress"}});
        vec![(Some("response.created"), event)]
    }

    fn text_begins(&mut self) -> Vec<Event> {
        vec![self.added(&json!({"type": "message", "id": self.item_id(), "role": "assistant", "content": []}))]
    }

    fn text(&mut self, piece: &str) -> Vec<Event> {
        let event = json!({"type": "response.output_text.delta", "item_id": self.item_id(),
            "output_index": self.items, "content_index": 0, "delta": piece});
        vec![(Some("response.output_text.delta"), event)]
    }

    fn text_ends(&mut self, whole: &str) -> Vec<Event> {
        let item = message(&self.item_id(), whole);
        vec![self.done(&item)]
    }

    fn think(&mut self, text: &str) -> Vec<Event> {
        let id = self.item_id();
        let added = self.added(&json!({"type": "reasoning", "id": id, "summary": []}));
        let delta = json!({"type": "response.reasoning_summary_text.delta", "item_id": id,
            "output_index": self.items, "summary_index": 0, "delta": text});
        let summary = json!([{"type": "summary_text", "text": text}]);
        let done =
            self.done(&json!({"type": "reasoning", "id": id, "summary": summary, "encrypted_content": "c3R1Yg=="}));
        vec![added, (Some("response.reasoning_summary_text.delta"), delta), done]
    }

    fn call(&mut self, call: &NativeCall) -> Vec<Event> {
        let item = called(call, &self.item_id());
        vec![self.done(&item)]
    }

    fn end(&mut self, stop: Stop, _: bool) -> Vec<Event> {
        let (name, details) = match stop {
            Stop::Done => ("response.completed", Value::Null),
            Stop::Length => ("response.incomplete", json!({"reason": "max_output_tokens"})),
            Stop::Refusal => ("response.incomplete", json!({"reason": "content_filter"})),
        };
        let response = json!({"id": self.id, "output": [], "usage": usage(), "incomplete_details": details});
        vec![(Some(name), json!({"type": name, "response": response}))]
    }

    fn whole(&self, conversation: &Conversation, parts: &[Part], stop: Stop) -> Value {
        let item = |part: &Part| match part {
            Part::Text(text) => message("item_0", text),
            Part::Think(text) => {
                json!({"type": "reasoning", "id": "item_0", "summary": [{"type": "summary_text", "text": text}]})
            }
            Part::Call(call) => called(call, "item_0"),
        };
        let output: Vec<Value> = parts.iter().map(item).collect();
        let status = if stop == Stop::Done { "completed" } else { "incomplete" };
        json!({"id": unique("resp"), "object": "response", "model": conversation.model, "status": status,
            "output": output, "usage": usage()})
    }

    fn refuse(&self, failure: &Failure, now_s: u64) -> ModelAnswer {
        let answer = match failure {
            Failure::Status { code, .. } => {
                let message = format!("stub error {code}");
                ModelAnswer::json(
                    *code,
                    &json!({"error": {"message": message, "type": "stub_error", "code": null}}),
                )
            }
            Failure::Quota { resets_in_s } => {
                let error = json!({"type": "usage_limit_reached", "message": "The usage limit has been reached",
                    "plan_type": "plus", "resets_at": now_s + resets_in_s, "resets_in_seconds": resets_in_s});
                ModelAnswer::json(429, &json!({"error": error}))
            }
            Failure::ContextFull => {
                let message =
                    "Your input exceeds the context window of this model. Please adjust your input and try again.";
                let error = json!({"code": "context_length_exceeded", "message": message});
                let event = json!({"type": "response.failed",
                    "response": {"id": unique("resp"), "status": "failed", "error": error}});
                let body = format!("event: response.failed\ndata: {event}\n\n");
                return ModelAnswer {
                    status: 200,
                    headers: vec![("Content-Type", "text/event-stream".to_owned())],
                    body: body.into_bytes(),
                };
            }
        };
        retry_after(answer, failure)
    }
}
