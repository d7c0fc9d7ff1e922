//! Completions that wait for whoever asked for them, and helpers of tasks.

use std::fs;

use serde_json::{Value, json};

use crate::stage::{submit, world};

#[test]
fn completions_stay_in_the_inbox_until_somebody_has_them() {
    let world = world("say done");
    let ids = |session: &str| -> Vec<u64> {
        let inbox = world
            .longhaul(["inbox", "--origin-session", session, "--json"])
            .run()
            .ok()
            .json();
        let items = inbox["items"].as_array().expect("a list").clone();
        items.iter().filter_map(|item| item["task"]["id"].as_u64()).collect()
    };
    for _ in 0..3 {
        world.finish(submit(&world, &["--origin-session", "chat"], "x"));
    }
    let stranger = submit(&world, &["--origin-session", "other"], "x");
    world.finish(stranger);
    world.finish(submit(&world, &[], "of nobody"));
    assert_eq!(ids("chat"), [1, 2, 3]);
    let inbox = world
        .longhaul(["inbox", "--origin-session", "chat", "--json"])
        .run()
        .ok()
        .json();
    let item = &inbox["items"][0];
    assert_eq!(
        (&item["name"], &item["state"], &item["summary"]),
        (&json!("x"), &json!("completed"), &json!("done"))
    );
    assert!(item["duration_ms"].is_u64());
    // Reading it from elsewhere does not take it.
    world.longhaul(["result", "1"]).run().ok();
    assert_eq!(ids("chat"), [1, 2, 3]);
    world
        .longhaul(["result", "1"])
        .env("LONGHAUL_ORIGIN_SESSION", "chat")
        .run()
        .ok();
    world.longhaul(["await", "2"]).env("CODEX_THREAD_ID", "chat").run().ok();
    assert_eq!(ids("chat"), [3]);
    world
        .longhaul(["inbox", "--ack"])
        .env("CLAUDE_CODE_SESSION_ID", "chat")
        .run()
        .ok();
    assert!(ids("chat").is_empty());
    assert_eq!(ids("other"), [stranger]);
    let answer = world
        .api()
        .post("/api/v1/inbox/ack", &json!({ "task_ids": [stranger, stranger, 999] }));
    assert_eq!(answer.expect(200)["acknowledged"], 1);
    let listed = world
        .longhaul(["list", "--origin-session", "chat", "--json"])
        .run()
        .ok()
        .json();
    assert_eq!(listed["tasks"].as_array().map(Vec::len), Some(3));
}

#[test]
fn a_helper_of_a_task_is_short_and_its_parent_finds_its_answer() {
    let world = world("say helped");
    let binary = world.binary().to_string_lossy().into_owned();
    let script = format!(
        "{binary} run -d --agent codex look > child && {binary} await $(cat child) > answer; {binary} inbox --json > inbox"
    );
    let parent = world.submit_script(&[], &script);
    assert_eq!(world.finish(parent)["state"], "completed");
    let child = world.task(parent + 1);
    assert_eq!(
        (&child["parent"], &child["timeout_ms"]),
        (&json!(parent), &json!(300_000))
    );
    assert_eq!(fs::read_to_string(world.path("answer")).expect("it awaited"), "helped");
    let inbox: Value = serde_json::from_str(&fs::read_to_string(world.path("inbox")).expect("it asked")).expect("JSON");
    assert_eq!(inbox["items"], json!([]), "who awaited it has it");
}

#[test]
fn an_answer_is_exact_for_programs_and_steers_no_terminal() {
    let world = world(r"say 'a\u001b]0;PWNED\u0007b\nc'");
    let id = submit(&world, &[], "x");
    world.finish(id);
    let exact = world.longhaul(["result", "1"]).run().ok().text();
    assert_eq!(exact, "a\u{1b}]0;PWNED\u{7}b\nc");
    let shown = world.submit(&["--pty"], &[&world.binary().display().to_string(), "result", "1"]);
    world.finish(shown);
    let shown = String::from_utf8(world.output(shown)).expect("it is text");
    assert_eq!(shown, "a\u{fffd}]0;PWNED\u{fffd}b\r\nc");
}
