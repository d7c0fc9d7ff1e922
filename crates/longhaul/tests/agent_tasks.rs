//! Agents as tasks: prompts, verdicts, sessions, usage limits, activity and delivery, with scripts that stand for the
//! agents and print what the real ones print.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use longhaul_testkit::{PATIENCE, World, wait_until};
use serde_json::{Value, json};

const SESSION: &str = "01a1f7c2-79e3-76c0-9d41-c8bd6ba4fa1f";

/// A world in which `codex` is this script; `$p` is its prompt, `$*` its arguments, and `say TEXT TOKENS` answers as Codex
/// does when all goes well.
fn world(script: &str) -> World {
    let world = World::new();
    install(&world, "codex", script);
    world
}

fn install(world: &World, name: &str, script: &str) {
    let folder = world.path("agents");
    fs::create_dir_all(&folder).expect("a folder");
    world.set_env("PATH", format!("{}:/usr/bin:/bin", folder.display()));
    let text = format!(
        r#"#!/bin/sh
case "$1" in --version) echo "codex-cli 0.169.0"; exit 0;; esac
p=$(cat; echo .); p=${{p%.}}
begin() {{ printf '%s\n' '{{"type":"thread.started","thread_id":"{SESSION}"}}' '{{"type":"turn.started"}}'; }}
message() {{ printf '%s\n' '{{"type":"item.completed","item":{{"id":"i","type":"agent_message","text":"'"$1"'"}}}}'; }}
done_with() {{ printf '%s\n' '{{"type":"turn.completed","usage":{{"input_tokens":'"$1"',"cached_input_tokens":0,"output_tokens":5,"reasoning_output_tokens":0}}}}'; }}
say() {{ begin; message "$1"; done_with "${{2:-100}}"; }}
{script}
"#
    );
    fs::write(folder.join(name), text).expect("a program");
    fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o755)).expect("its mode");
}

fn submit(world: &World, options: &[&str], prompt: &str) -> u64 {
    let call = world.longhaul(["run", "-d", "--agent", "codex"]).args(options);
    let id = call.arg("--").arg(prompt).run().ok().id();
    world.acknowledge(id);
    id
}

fn reason(task: &Value) -> &str {
    task["outcome"]["reason"].as_str().unwrap_or_default()
}

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
fn a_prompt_is_data_wherever_it_comes_from() {
    let world = world("say ok");
    let odd = "--weird \"quoted\" $HOME `x` \\n\nsecond line 🦀 \u{85}";
    fs::write(world.path("prompt"), odd).expect("a file");
    let prompt = |number: u64| world.task(number)["prompt"].as_str().map(str::to_owned);
    let agent = ["run", "-d", "--agent", "codex"];
    world.longhaul(agent).args(["--", odd]).run().ok();
    world.longhaul(agent).args(["--prompt-file", "prompt"]).run().ok();
    world.longhaul(agent).arg("-").stdin(odd).run().ok();
    for number in 1..=3 {
        world.finish(number);
        assert_eq!(prompt(number).as_deref(), Some(odd), "{number}");
    }
    let long = "x".repeat(1 << 20);
    world.longhaul(agent).arg("-").stdin(long.clone()).run().ok();
    assert!(prompt(4).is_some_and(|prompt| prompt == long));
    world.longhaul(agent).args(["--", "fix", "it"]).run().ok();
    assert_eq!(prompt(5).as_deref(), Some("fix it"));
    for number in 4..=5 {
        world.finish(number);
    }
}

#[test]
fn what_names_no_agent_or_no_prompt_is_a_usage_error_and_sent_to_nobody() {
    let world = world("say ok");
    for arguments in [
        &["run", "fix it"][..],
        &["run", "make", "test"],
        &["run", "--agent", "codex", "two", "words"],
        &["run", "--agent", "codex"],
        &["run", "--agent", "codex", "--", ""],
        &["run", "--agent", "codex", "--pty", "x"],
        &["run", "--agent", "codex", "--stdin", "/dev/null", "x"],
        &["run", "--agent", "dreamer", "x"],
        &["run", "--model", "m", "--", "true"],
        &["run", "--agent", "codex", "--resume", "-c", "x"],
        &["run", "--agent", "codex", "--resume", "99", "x"],
        &["run", "--resume", "no-such-session", "x"],
        &["run", "--agent", "codex", "--resume", "origin", "x"],
    ] {
        world.longhaul(arguments).run().expect(2);
    }
    assert!(world.tasks().is_empty());
    fs::write(world.home().join("config.toml"), "default_agent = \"codex\"\n").expect("a file");
    world.longhaul(["run", "fix it"]).run().ok();
    assert_eq!(world.task(1)["agent"], "codex");
    world.longhaul(["run", "make", "test"]).run().expect(2);
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
fn redispatch_goes_on_with_the_session_and_retry_begins_anew() {
    let world = world(
        r#"echo "$*" >> arguments
        case "$*" in *resume*) say again 250;; *) begin; message half; touch running; exec sleep 1000;; esac"#,
    );
    let first = submit(&world, &["--write"], "begin");
    wait_until("its session is known", PATIENCE, || {
        world.path("running").exists() && world.task(first)["session"]["id"] == SESSION
    });
    assert_eq!(world.task(first)["activity"], "half");
    world.longhaul(["cancel", &first.to_string()]).run().ok();
    assert_eq!(world.task(first)["state"], "canceled");
    let repeat = |word: &str, id: u64| world.longhaul([word, &id.to_string(), "--json"]).run().ok().json();
    let second = repeat("redispatch", first)["task_id"].as_u64().expect("an id");
    let resumed = world.finish(second);
    assert_eq!(
        (&resumed["state"], &resumed["session"]["id"]),
        (&json!("completed"), &json!(SESSION))
    );
    assert_eq!(
        resumed["usage"]["input_tokens"], 250,
        "nothing is known to have been spent before"
    );
    let arguments = fs::read_to_string(world.path("arguments")).expect("it ran");
    let lines: Vec<_> = arguments.lines().collect();
    assert!(
        !lines[0].contains("resume") && lines[1].contains(&format!("resume -- {SESSION}")),
        "{arguments}"
    );
    assert!(
        lines[1].contains("workspace-write"),
        "access is given again: {arguments}"
    );

    // What the session had cost before is not this task's.
    let third = world
        .longhaul(["run", "-d", "--write", "--resume", &second.to_string(), "more"])
        .run()
        .ok()
        .id();
    assert_eq!(world.finish(third)["usage"]["input_tokens"], 0);
    fs::remove_file(world.path("running")).expect("it is there");
    let retried = world
        .longhaul(["retry", &second.to_string(), "--force"])
        .run()
        .ok()
        .id();
    wait_until("it runs", PATIENCE, || world.path("running").exists());
    world.longhaul(["cancel", &retried.to_string()]).run().ok();
    let arguments = fs::read_to_string(world.path("arguments")).expect("it ran");
    assert!(
        arguments.lines().last().is_some_and(|line| !line.contains("resume")),
        "{arguments}"
    );
}

#[test]
fn a_session_that_is_gone_is_begun_anew_with_a_note() {
    let world = world(
        r#"case "$*" in
        *resume*) echo "Error: thread/resume: thread/resume failed: no rollout found for thread id x (code -32600)" >&2; exit 1;;
        *) say fresh;; esac"#,
    );
    let gone = "00000000-0000-7000-8000-000000000000";
    let id = submit(&world, &["--resume", gone], "go on");
    let task = world.finish(id);
    assert_eq!(
        (&task["state"], &task["attempt"], &task["session"]["id"]),
        (&json!("completed"), &json!(2), &json!(SESSION))
    );
    assert_eq!(task["max_attempts"], 2);
    assert!(task["note"].as_str().is_some_and(|note| note.contains(gone)), "{task}");
    assert_eq!(world.longhaul(["result", &id.to_string()]).run().ok().text(), "fresh");
}

#[test]
fn a_session_is_used_by_one_task_at_a_time() {
    let world = world(r#"begin; message x; while [ ! -e gate ]; do sleep 0.05; done; done_with 1"#);
    let id = submit(&world, &["--write"], "one");
    wait_until("its session is known", PATIENCE, || {
        world.task(id)["session"]["id"] == SESSION
    });
    let refused = world.longhaul(["run", "--resume", SESSION, "two"]).run();
    assert!(
        refused.expect(125).talk().contains("goes on with this session"),
        "{}",
        refused.talk()
    );
    let after = world.longhaul([
        "run",
        "-d",
        "--write",
        "--resume",
        &id.to_string(),
        "--after",
        &id.to_string(),
        "two",
    ]);
    let after = after.run().ok().id();
    world.open_gate("gate");
    assert_eq!(world.finish(id)["state"], "completed");
    assert_eq!(world.finish(after)["state"], "completed");
}

#[test]
fn the_latest_session_of_a_subject_is_found_by_its_key() {
    let world = world(r#"case "$*" in *resume*) say again;; *) say first;; esac"#);
    let with_key = |extra: &[&str]| {
        let call = world.longhaul([
            "run",
            "--agent",
            "codex",
            "--origin-key",
            "issue-7",
            "--resume",
            "origin",
        ]);
        call.args(extra).arg("work").run().ok().text()
    };
    assert_eq!(with_key(&[]), "first", "a new subject has no session yet");
    assert_eq!(with_key(&[]), "again");
    assert_eq!(world.task(2)["origin"]["key"], "issue-7");
}

#[test]
fn at_a_usage_limit_all_tasks_of_the_agent_wait_and_go_on_by_themselves() {
    let world = world(
        r#"echo "$p: $*" >> runs
        case "$*" in *resume*) say done; exit 0;; esac
        case "$p" in *limit)
            begin; echo '{"type":"turn.failed","error":{"message":"You have hit your usage limit. Try again in 4 seconds."}}'; exit 1;;
        *) say fine;; esac"#,
    );
    let first = submit(&world, &["--write"], "limit");
    let parked = world.reach(first, "waiting");
    assert_eq!(parked["waiting_for"][0]["kind"], "usage-limit");
    assert!(parked["waiting_for"][0]["until"].is_string());
    assert_eq!(parked["session"]["id"], SESSION);
    let other = submit(&world, &["--write"], "other");
    assert_eq!(world.reach(other, "waiting")["waiting_for"][0]["kind"], "usage-limit");
    let rather_fails = submit(&world, &["--write", "--no-park"], "limit");
    assert_eq!(reason(&world.finish(rather_fails)), "usage-limit");
    let first = world.finish(first);
    assert_eq!((&first["state"], &first["attempt"]), (&json!("completed"), &json!(2)));
    assert_eq!(world.finish(other)["attempt"], 1);
    let runs = fs::read_to_string(world.path("runs")).expect("they ran");
    assert_eq!(
        runs.lines()
            .filter(|run| run.contains(&format!("resume -- {SESSION}")))
            .count(),
        1,
        "{runs}"
    );
    assert_eq!(
        runs.lines()
            .filter(|run| run.starts_with("other") || run.contains("other:"))
            .count(),
        1,
        "{runs}"
    );
}

#[test]
fn what_an_agent_did_is_shown_page_by_page_and_followed_to_its_end() {
    let world = world(
        r#"begin
        echo '{"type":"item.completed","item":{"id":"r","type":"reasoning","text":"hm"}}'
        echo '{"type":"item.started","item":{"id":"c","type":"command_execution","command":"make","aggregated_output":"","exit_code":null,"status":"in_progress"}}'
        while [ ! -e gate ]; do sleep 0.05; done
        echo '{"type":"item.completed","item":{"id":"c","type":"command_execution","command":"make","aggregated_output":"boom","exit_code":2,"status":"failed"}}'
        echo 'not json'
        message done; done_with 1"#,
    );
    let id = submit(&world, &["--write"], "look");
    let page = |query: &str| {
        world
            .api()
            .get(&format!("/api/v1/tasks/{id}/activity{query}"))
            .expect(200)
    };
    wait_until("the call is told", PATIENCE, || {
        page("")["activity"]
            .as_array()
            .is_some_and(|entries| entries.len() == 3)
    });
    let first = page("");
    assert_eq!(
        (&first["is_final"], &first["next"], &first["attempt"]),
        (&json!(false), &json!(3), &json!(1))
    );
    assert_eq!(first["activity"][0]["type"], "session");
    assert_eq!(first["activity"][1]["text"], "hm");
    assert_eq!(
        (&first["activity"][2]["type"], &first["activity"][2]["number"]),
        (&json!("tool-call"), &json!(3))
    );
    assert!(first["activity"][2]["at"].is_string());
    wait_until("the phase is known", PATIENCE, || {
        world.task(id)["progress"]["phase"].is_string()
    });
    let follow = world.longhaul(["activity", &id.to_string(), "-f"]).spawn();
    world.open_gate("gate");
    let followed = follow.wait();
    let text = followed.ok().text();
    assert!(
        text.contains("make") && text.contains("boom") && text.contains("exited with code 2"),
        "{text}"
    );
    assert!(text.contains("\ndone\n") && text.contains("not json"), "{text}");
    world.finish(id);
    let rest = page("?after=3");
    let types: Vec<_> = rest["activity"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|entry| entry["type"].clone())
        .collect();
    assert_eq!(types, ["tool-result", "unknown", "message"]);
    assert_eq!((&rest["is_final"], &rest["next"]), (&json!(true), &json!(6)));
    assert_eq!(page("?after=6")["activity"], json!([]));
    assert_eq!(page("?after=2&limit=1")["activity"][0]["number"], 3);
    // Derived from the output, and derived again if somebody takes it away.
    for name in ["activity.jsonl", "activity.index"] {
        fs::remove_file(world.attempts(id).join("1").join(name)).expect("it is there");
    }
    assert_eq!(page("?after=3"), rest);
    let lines = world
        .longhaul(["activity", &id.to_string(), "--json"])
        .run()
        .ok()
        .text();
    assert_eq!(lines.lines().count(), 6);
    let command = world.submit(&[], &["true"]);
    world.finish(command);
    world.longhaul(["activity", &command.to_string()]).run().expect(2);
}

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

#[test]
fn what_is_asked_of_an_agent_can_be_edited_before_it_starts() {
    let world = world(r#"echo "$*" > arguments; say "$p""#);
    let id = submit(&world, &["--write", "--hold", "--model", "old"], "old");
    let id_text = id.to_string();
    world
        .longhaul([
            "edit", &id_text, "--prompt", "new", "--model", "none", "--effort", "high",
        ])
        .run()
        .ok();
    world.longhaul(["release", &id_text]).run().ok();
    let task = world.finish(id);
    assert_eq!(
        (&task["prompt"], &task["model"], &task["effort"]),
        (&json!("new"), &Value::Null, &json!("high"))
    );
    assert!(
        !fs::read_to_string(world.path("arguments"))
            .expect("it ran")
            .contains("old")
    );
}
