//! What an end means, and the result.

use longhaul_testkit::{PATIENCE, wait_until};
use serde_json::json;

use crate::stage::{SESSION, reason, submit, world};

#[test]
fn an_agents_final_message_is_the_result_byte_for_byte() {
    let world = world(r#"say 'first line\n\u00e9\u2028 last, without a newline'"#);
    let ran = world.longhaul(["run", "--agent", "codex", "do it"]).run();
    assert_eq!(ran.ok().text(), "first line\né\u{2028} last, without a newline");
    let task = world.task(1);
    assert_eq!(
        (&task["kind"], &task["agent"], &task["prompt"]),
        (&json!("agent"), &json!("codex"), &json!("do it"))
    );
    assert_eq!(
        (&task["access"], &task["summary"]),
        (&json!("read-only"), &json!("first line"))
    );
    assert_eq!(task["idle_timeout_ms"], 30 * 60 * 1000);
    assert_eq!(task["usage"]["input_tokens"], 100);
    let result = world.longhaul(["result", "1", "--json"]).run().ok().json();
    assert_eq!(result["result"], "first line\né\u{2028} last, without a newline");
    assert_eq!(result["session"]["id"], SESSION);
    assert_eq!(result["session"]["resume_command"], format!("codex resume {SESSION}"));
    assert_eq!(result["usage"]["output_tokens"], 5);
    assert_eq!(world.longhaul(["result", "1"]).run().ok().stdout, ran.stdout);
    let found = world
        .longhaul(["list", "--search", "newline", "--json"])
        .run()
        .ok()
        .json();
    assert_eq!(found["tasks"][0]["id"], 1, "the result can be searched");
    let of_agent = world.longhaul(["list", "--agent", "codex", "--json"]).run().ok().json();
    assert_eq!(of_agent["tasks"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_success_needs_the_exit_the_words_and_the_message() {
    let world = world(
        r#"case "$p" in
        *silent) begin; done_with 1;;
        *cut) begin; message half;;
        *error) begin; echo '{"type":"turn.failed","error":{"message":"unexpected status 401 Unauthorized: no"}}';;
        *code) say fine; exit 7;;
        *signal) begin; kill -SEGV $$;;
        esac"#,
    );
    let end = |prompt: &str| world.finish(submit(&world, &[], prompt));
    let silent = end("silent");
    assert_eq!(
        (&silent["state"], reason(&silent)),
        (&json!("failed"), "no-final-message")
    );
    assert_eq!(reason(&end("cut")), "no-final-message");
    let error = end("error");
    assert_eq!(
        (reason(&error), &error["outcome"]["agent_error"]),
        ("agent-error", &json!("not-signed-in"))
    );
    assert_eq!(error["outcome"]["exit_code"], 0);
    assert!(
        error["outcome"]["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("sign in")),
        "{error}"
    );
    let code = end("code");
    assert_eq!((reason(&code), &code["outcome"]["exit_code"]), ("exit", &json!(7)));
    assert_eq!(reason(&end("signal")), "signal");
}

#[test]
fn an_agents_run_survives_the_daemon() {
    let world =
        world(r#"begin; touch running; while [ ! -e gate ]; do sleep 0.05; done; message survived; done_with 9"#);
    let id = submit(&world, &["--write"], "x");
    wait_until("it runs", PATIENCE, || world.path("running").exists());
    world.longhaul(["daemon", "stop"]).run().ok();
    world.open_gate("gate");
    let task = world.finish(id);
    assert_eq!(
        (&task["state"], &task["attempt"], &task["usage"]["input_tokens"]),
        (&json!("completed"), &json!(1), &json!(9))
    );
    assert_eq!(
        world.longhaul(["result", &id.to_string()]).run().ok().text(),
        "survived"
    );
}
