//! `generateContent` and `streamGenerateContent`, which Gemini CLI speaks.

use serde_json::{Value, json};

use super::super::conversation::{Conversation, Turn};
use super::super::http::ModelAnswer;
use super::super::script::{Failure, Stop};
use super::{
    CACHED_TOKENS, Call, Event, INPUT_TOKENS, NativeCall, OUTPUT_TOKENS, Part, Protocol, REASONING_TOKENS, retry_after,
};

/// One answer.
#[derive(Debug)]
pub(crate) struct Gemini {
    model: String,
    is_streamed: bool,
}

/// The language of this path; nothing if it is another's.
pub(crate) fn of_path(path: &str) -> Option<Gemini> {
    let (model, method) = path.rsplit_once("/models/")?.1.split_once(':')?;
    let is_streamed = match method {
        "streamGenerateContent" => true,
        "generateContent" => false,
        _ => return None,
    };
    Some(Gemini {
        model: model.to_owned(),
        is_streamed,
    })
}

impl Gemini {
    fn chunk(&self, parts: &Value, finish: Option<&str>) -> Value {
        let mut candidate = json!({"content": {"role": "model", "parts": parts}, "index": 0});
        if let Some(finish) = finish {
            candidate["finishReason"] = json!(finish);
        }
        json!({"candidates": [candidate], "usageMetadata": usage(), "modelVersion": self.model,
            "responseId": "stub"})
    }
}

fn usage() -> Value {
    json!({"promptTokenCount": INPUT_TOKENS, "cachedContentTokenCount": CACHED_TOKENS,
        "candidatesTokenCount": OUTPUT_TOKENS, "thoughtsTokenCount": REASONING_TOKENS,
        "totalTokenCount": INPUT_TOKENS + OUTPUT_TOKENS + REASONING_TOKENS})
}

fn finish(stop: Stop) -> &'static str {
    match stop {
        Stop::Done => "STOP",
        Stop::Length => "MAX_TOKENS",
        Stop::Refusal => "SAFETY",
    }
}

fn part(part: &Part) -> Value {
    match part {
        Part::Text(text) => json!({"text": text}),
        Part::Think(text) => json!({"text": text, "thought": true}),
        Part::Call(call) => json!({"functionCall": {"id": call.id, "name": call.name, "args": call.input}}),
    }
}

fn functions(body: &Value) -> Vec<String> {
    let tools = body["tools"].as_array().map_or(&[][..], Vec::as_slice);
    let declared = tools.iter().filter_map(|tool| tool["functionDeclarations"].as_array());
    let names = declared.flatten().filter_map(|function| function["name"].as_str());
    names.map(str::to_owned).collect()
}

impl Protocol for Gemini {
    fn read(&self, body: &Value) -> Conversation {
        let thinking = &body["generationConfig"]["thinkingConfig"];
        let mut conversation = Conversation {
            model: self.model.clone(),
            effort: thinking["thinkingLevel"].as_str().map(str::to_owned),
            tools: functions(body),
            is_streamed: self.is_streamed,
            ..Conversation::default()
        };
        conversation.is_aside = conversation.tools.is_empty();
        for content in body["contents"].as_array().map_or(&[][..], Vec::as_slice) {
            if content["role"] == "model" {
                continue;
            }
            for part in content["parts"].as_array().map_or(&[][..], Vec::as_slice) {
                if let Some(text) = part["text"].as_str() {
                    conversation.hear(text);
                } else if let Some(response) = part.get("functionResponse") {
                    let output = &response["response"];
                    let text = output["output"]
                        .as_str()
                        .map_or_else(|| output.to_string(), str::to_owned);
                    conversation.turns.push(Turn::Result(text));
                }
            }
        }
        conversation
    }

    fn native(&self, conversation: &Conversation, call: &Call) -> Option<(&'static str, Value)> {
        let (names, input): (&[&str], _) = match call {
            Call::Shell(command) => (
                &["run_shell_command"],
                json!({"command": command, "description": "Run a command"}),
            ),
            Call::Write(path, content) => (&["write_file"], json!({"file_path": path, "content": content})),
            Call::Plan(steps) => {
                let item = |step: &String| json!({"description": step, "status": "pending"});
                let todos: Vec<Value> = steps.iter().map(item).collect();
                (&["write_todos"], json!({"todos": todos}))
            }
        };
        Some((conversation.tool(names)?, input))
    }

    fn begin(&mut self, _: &Conversation) -> Vec<Event> {
        Vec::new()
    }

    fn text_begins(&mut self) -> Vec<Event> {
        Vec::new()
    }

    fn text(&mut self, piece: &str) -> Vec<Event> {
        vec![(None, self.chunk(&json!([{"text": piece}]), None))]
    }

    fn text_ends(&mut self, _: &str) -> Vec<Event> {
        Vec::new()
    }

    fn think(&mut self, text: &str) -> Vec<Event> {
        vec![(None, self.chunk(&json!([part(&Part::Think(text.to_owned()))]), None))]
    }

    fn call(&mut self, call: &NativeCall) -> Vec<Event> {
        vec![(None, self.chunk(&json!([part(&Part::Call(call.clone()))]), None))]
    }

    fn end(&mut self, stop: Stop, _: bool) -> Vec<Event> {
        vec![(None, self.chunk(&json!([]), Some(finish(stop))))]
    }

    fn whole(&self, _: &Conversation, parts: &[Part], stop: Stop) -> Value {
        let parts: Vec<Value> = parts.iter().map(part).collect();
        self.chunk(&Value::Array(parts), Some(finish(stop)))
    }

    fn refuse(&self, failure: &Failure, _: u64) -> ModelAnswer {
        let error = |code: u16, status: &str, message: &str, details: Value| {
            let error = json!({"code": code, "message": message, "status": status, "details": details});
            ModelAnswer::json(code, &json!({"error": error}))
        };
        let retry = |seconds: &u64| json!([{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": format!("{seconds}s")}]);
        let answer = match failure {
            Failure::Status { code, retry_after_s } => {
                let status = match code {
                    400 => "INVALID_ARGUMENT",
                    401 => "UNAUTHENTICATED",
                    403 => "PERMISSION_DENIED",
                    404 => "NOT_FOUND",
                    429 => "RESOURCE_EXHAUSTED",
                    503 => "UNAVAILABLE",
                    _ => "INTERNAL",
                };
                let details = retry_after_s.as_ref().map_or(json!([]), retry);
                error(*code, status, &format!("stub error {code}"), details)
            }
            Failure::Quota { resets_in_s } => {
                let violation = json!({"quotaMetric": "generativelanguage.googleapis.com/generate_requests_per_day",
                    "quotaId": "GenerateRequestsPerDayPerProjectPerModel"});
                let details = json!([
                    {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [violation]},
                    {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": format!("{resets_in_s}s")},
                ]);
                let message = format!(
                    "You have exhausted your daily quota on this model. Your quota will reset after {resets_in_s}s."
                );
                error(429, "RESOURCE_EXHAUSTED", &message, details)
            }
            Failure::ContextFull => error(
                400,
                "INVALID_ARGUMENT",
                "The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).",
                json!([]),
            ),
        };
        retry_after(answer, failure)
    }

    fn aside(&self) -> &'static str {
        // One answer to all that it asks for itself: which model, how hard a task, who speaks next.
        r#"{"reasoning":"stub","model_choice":"flash","complexity_reasoning":"stub","complexity_score":1,"next_speaker":"user"}"#
    }
}
