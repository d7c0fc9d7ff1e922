//! The Messages API, which Claude Code speaks.

use serde_json::{Value, json};

use super::super::conversation::{Conversation, Turn, names_of, text_of};
use super::super::http::ModelAnswer;
use super::super::script::{Failure, Stop};
use super::{CACHED_TOKENS, Call, Event, INPUT_TOKENS, NativeCall, OUTPUT_TOKENS, Part, Protocol, retry_after, unique};

/// One answer.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    blocks: u64,
}

impl Messages {
    fn starts(&self, block: &Value) -> Event {
        let event = json!({"type": "content_block_start", "index": self.blocks, "content_block": block});
        (Some("content_block_start"), event)
    }

    fn goes_on(&self, delta: &Value) -> Event {
        let event = json!({"type": "content_block_delta", "index": self.blocks, "delta": delta});
        (Some("content_block_delta"), event)
    }

    fn stops(&mut self) -> Event {
        let event = json!({"type": "content_block_stop", "index": self.blocks});
        self.blocks += 1;
        (Some("content_block_stop"), event)
    }
}

fn usage(output: u64) -> Value {
    json!({"input_tokens": INPUT_TOKENS - CACHED_TOKENS, "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": CACHED_TOKENS, "output_tokens": output})
}

fn stop_reason(stop: Stop, has_called: bool) -> &'static str {
    match stop {
        Stop::Done if has_called => "tool_use",
        Stop::Done => "end_turn",
        Stop::Length => "max_tokens",
        Stop::Refusal => "refusal",
    }
}

fn block(part: &Part) -> Value {
    match part {
        Part::Text(text) => json!({"type": "text", "text": text}),
        Part::Think(text) => json!({"type": "thinking", "thinking": text, "signature": "c3R1Yg=="}),
        Part::Call(call) => json!({"type": "tool_use", "id": call.id, "name": call.name, "input": call.input}),
    }
}

impl Protocol for Messages {
    fn read(&self, body: &Value) -> Conversation {
        let effort = &body["output_config"]["effort"];
        let mut conversation = Conversation {
            model: text_of(&body["model"]),
            effort: effort.as_str().map(str::to_owned),
            tools: names_of(&body["tools"]),
            is_streamed: body["stream"] == true,
            ..Conversation::default()
        };
        conversation.is_aside = conversation.tools.is_empty();
        for message in body["messages"].as_array().map_or(&[][..], Vec::as_slice) {
            if message["role"] != "user" {
                continue;
            }
            match &message["content"] {
                Value::Array(blocks) => {
                    for block in blocks {
                        match block["type"].as_str() {
                            Some("text") => conversation.hear(block["text"].as_str().unwrap_or_default()),
                            Some("tool_result") => {
                                let text = text_of(&block["content"]);
                                conversation.turns.push(Turn::Result(text));
                            }
                            _ => {}
                        }
                    }
                }
                content => conversation.hear(content.as_str().unwrap_or_default()),
            }
        }
        conversation
    }

    fn native(&self, conversation: &Conversation, call: &Call) -> Option<(&'static str, Value)> {
        let (names, input): (&[&str], _) = match call {
            Call::Shell(command) => (&["Bash"], json!({"command": command, "description": "Run a command"})),
            Call::Write(path, content) => (&["Write"], json!({"file_path": path, "content": content})),
            Call::Plan(steps) => {
                let item = |step: &String| json!({"content": step, "status": "pending", "activeForm": step});
                let todos: Vec<Value> = steps.iter().map(item).collect();
                (&["TodoWrite"], json!({"todos": todos}))
            }
        };
        Some((conversation.tool(names)?, input))
    }

    fn structured(&self, conversation: &Conversation) -> Option<&'static str> {
        conversation.tool(&["StructuredOutput"])
    }

    fn begin(&mut self, conversation: &Conversation) -> Vec<Event> {
        let message = json!({"id": unique("msg"), "type": "message", "role": "assistant", "model": conversation.model,
            "content": [], "stop_reason": null, "stop_sequence": null, "usage": usage(1)});
        vec![(
            Some("message_start"),
            json!({"type": "message_start", "message": message}),
        )]
    }

    fn text_begins(&mut self) -> Vec<Event> {
        vec![self.starts(&json!({"type": "text", "text": ""}))]
    }

    fn text(&mut self, piece: &str) -> Vec<Event> {
        vec![self.goes_on(&json!({"type": "text_delta", "text": piece}))]
    }

    fn text_ends(&mut self, _: &str) -> Vec<Event> {
        vec![self.stops()]
    }

    fn think(&mut self, text: &str) -> Vec<Event> {
        vec![
            self.starts(&json!({"type": "thinking", "thinking": "", "signature": ""})),
            self.goes_on(&json!({"type": "thinking_delta", "thinking": text})),
            self.goes_on(&json!({"type": "signature_delta", "signature": "c3R1Yg=="})),
            self.stops(),
        ]
    }

    fn call(&mut self, call: &NativeCall) -> Vec<Event> {
        vec![
            self.starts(&json!({"type": "tool_use", "id": call.id, "name": call.name, "input": {}})),
            self.goes_on(&json!({"type": "input_json_delta", "partial_json": call.input.to_string()})),
            self.stops(),
        ]
    }

    fn end(&mut self, stop: Stop, has_called: bool) -> Vec<Event> {
        let delta = json!({"stop_reason": stop_reason(stop, has_called), "stop_sequence": null});
        let delta = json!({"type": "message_delta", "delta": delta, "usage": usage(OUTPUT_TOKENS)});
        vec![
            (Some("message_delta"), delta),
            (Some("message_stop"), json!({"type": "message_stop"})),
        ]
    }

    fn whole(&self, conversation: &Conversation, parts: &[Part], stop: Stop) -> Value {
        let content: Vec<Value> = parts.iter().map(block).collect();
        let has_called = parts.iter().any(|part| matches!(part, Part::Call(_)));
        json!({"id": unique("msg"), "type": "message", "role": "assistant", "model": conversation.model,
            "content": content, "stop_reason": stop_reason(stop, has_called), "stop_sequence": null,
            "usage": usage(OUTPUT_TOKENS)})
    }

    fn refuse(&self, failure: &Failure, now_s: u64) -> ModelAnswer {
        let error = |status: u16, kind: &str, message: String| {
            let error = json!({"type": kind, "message": message});
            ModelAnswer::json(
                status,
                &json!({"type": "error", "error": error, "request_id": "req_stub"}),
            )
        };
        let answer = match failure {
            Failure::Status { code, .. } => {
                let kind = match code {
                    400 => "invalid_request_error",
                    401 => "authentication_error",
                    403 => "permission_error",
                    404 => "not_found_error",
                    413 => "request_too_large",
                    429 => "rate_limit_error",
                    529 => "overloaded_error",
                    _ => "api_error",
                };
                error(*code, kind, format!("stub error {code}"))
            }
            Failure::Quota { resets_in_s } => {
                let message = "This request would exceed your account's rate limit. Please try again later.";
                error(429, "rate_limit_error", message.to_owned())
                    .header("anthropic-ratelimit-unified-status", "rejected")
                    .header("anthropic-ratelimit-unified-reset", now_s + resets_in_s)
                    .header("anthropic-ratelimit-unified-representative-claim", "five_hour")
                    .header("anthropic-ratelimit-unified-5h-status", "rejected")
                    .header("anthropic-ratelimit-unified-5h-utilization", "1.0")
                    .header("anthropic-ratelimit-unified-5h-reset", now_s + resets_in_s)
            }
            Failure::ContextFull => {
                let message = "prompt is too long: 2000000 tokens > 200000 maximum";
                error(400, "invalid_request_error", message.to_owned())
            }
        };
        retry_after(answer, failure)
    }
}
