//! The stub model speaks the four protocols, does as it is told, and notes what it was asked.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;

use longhaul_testkit::PATIENCE;
use longhaul_testkit::stub_model::{HELLO, StubModel};
use serde_json::{Value, json};

/// Posts JSON and reads all that comes back.
fn post(model: &StubModel, path: &str, body: &Value) -> String {
    let address = model.url().replace("http://", "");
    let mut stream = TcpStream::connect(address).expect("the model listens");
    let body = body.to_string();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: stub\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream
        .write_all((head + &body).as_bytes())
        .expect("the model takes a request");
    let mut answer = Vec::new();
    // A connection that the model breaks off is an answer as well.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn responses(prompt: &str) -> Value {
    let content = json!([{"type": "input_text", "text": prompt}]);
    json!({"model": "gpt-5.5", "stream": true, "tools": [{"type": "function", "name": "exec_command"}],
        "reasoning": {"effort": "high"},
        "input": [{"type": "message", "role": "user", "content": content}]})
}

/// The same question in each protocol: where, what, and how its stream ends.
fn questions(prompt: &str) -> [(&'static str, Value, &'static str); 4] {
    let messages = json!({"model": "claude", "stream": true, "tools": [{"name": "Bash"}],
        "messages": [{"role": "user", "content": [{"type": "text", "text": prompt}]}]});
    let completions = json!({"model": "stub-1", "stream": true,
        "tools": [{"type": "function", "function": {"name": "bash"}}],
        "messages": [{"role": "system", "content": "x"}, {"role": "user", "content": prompt}]});
    let gemini = json!({"contents": [{"role": "user", "parts": [{"text": prompt}]}],
        "tools": [{"functionDeclarations": [{"name": "run_shell_command"}]}]});
    [
        ("/v1/responses", responses(prompt), "response.completed"),
        ("/v1/messages?beta=true", messages, "message_stop"),
        ("/v1/chat/completions", completions, "[DONE]"),
        ("/v1beta/models/gemini-3:streamGenerateContent?alt=sse", gemini, "STOP"),
    ]
}

#[test]
fn each_protocol_streams_an_answer_to_its_end() {
    let model = StubModel::start();
    for (path, body, end) in questions("stub-plain") {
        let answer = post(&model, path, &body);
        assert!(answer.contains(HELLO) && answer.contains(end), "{path}: {answer}");
        assert!(
            answer.ends_with("0\r\n\r\n"),
            "{path}: the stream does not end: {answer}"
        );
    }
    let seen = model.prompts();
    assert!(seen.iter().all(|seen| seen.prompt == "stub-plain"), "{seen:#?}");
    assert_eq!(seen.len(), 4);
    assert_eq!(seen[0].effort.as_deref(), Some("high"));
    assert_eq!(seen[3].model, "gemini-3");
}

#[test]
fn each_protocol_asks_for_a_shell_in_the_agents_own_words() {
    let model = StubModel::start();
    let names = ["exec_command", "Bash", "bash", "run_shell_command"];
    for ((path, body, _), name) in questions(r#"stub: [{"run":"echo 4711"},"all over"]"#)
        .into_iter()
        .zip(names)
    {
        let answer = post(&model, path, &body);
        assert!(
            answer.contains("echo 4711") && answer.contains(&format!("\"name\":\"{name}\"")),
            "{answer}"
        );
        assert!(
            !answer.contains("all over"),
            "what comes after the tool came before it: {answer}"
        );
    }
}

#[test]
fn a_failure_is_over_after_its_times_and_each_prompt_has_its_own() {
    let model = StubModel::start();
    for (path, body, _) in questions("stub-err=429*1") {
        let mut body = body;
        body["marker"] = json!(path);
        let answer = post(&model, path, &body);
        let is_first = path == "/v1/responses";
        assert_eq!(answer.starts_with("HTTP/1.1 429"), is_first, "{path}: {answer}");
    }
    let answer = post(&model, "/v1/responses", &responses("another stub-err=429*1"));
    assert!(answer.starts_with("HTTP/1.1 429"), "{answer}");
}

#[test]
fn an_answer_waits_for_its_gate_and_a_hang_ends_with_the_model() {
    let model = StubModel::start();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| post(&model, "/v1/responses", &responses("stub-midway=gate")));
        model.asked("midway", PATIENCE);
        model.open("gate");
        let answer = waiting.join().expect("it was answered");
        assert!(answer.contains("First half, second half."), "{answer}");
    });
    let address = model.url().replace("http://", "");
    let mut hanging = TcpStream::connect(address).expect("the model listens");
    let body = responses("stub-hang").to_string();
    let head = format!("POST /v1/responses HTTP/1.1\r\nContent-Length: {}\r\n\r\n", body.len());
    hanging
        .write_all((head + &body).as_bytes())
        .expect("the model takes a request");
    model.asked("hang", PATIENCE);
    drop(model);
    let mut answer = Vec::new();
    let _ = hanging.read_to_end(&mut answer);
    assert!(answer.is_empty(), "{}", String::from_utf8_lossy(&answer));
}
