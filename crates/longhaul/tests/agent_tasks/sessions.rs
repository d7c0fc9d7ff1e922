//! Going on with sessions, and beginning anew.

use std::fs;

use longhaul_testkit::{PATIENCE, wait_until};
use serde_json::json;

use crate::stage::{SESSION, submit, world};

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
    let empty = world.longhaul(["run", "--agent", "codex", "--resume", "", "two"]).run();
    assert!(empty.expect(2).talk().contains("session to go on with is empty"));
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
fn who_goes_on_with_the_session_of_a_worktree_works_in_that_worktree() {
    let world = world(r#"pwd >> where; say done"#);
    let repository = world.repository();
    let folder = repository.to_str().expect("plain");
    let first = submit(&world, &["--worktree", "-C", folder], "first");
    let tree = world.finish(first)["worktree"]["path"]
        .as_str()
        .expect("it has one")
        .to_owned();
    let second = submit(&world, &["--write", "--resume", &first.to_string()], "second");
    let task = world.finish(second);
    assert_eq!(
        (&task["isolation"], &task["worktree"]["path"]),
        (&json!("worktree"), &json!(tree)),
        "{task:#}"
    );
    let reading = submit(&world, &["--resume", &first.to_string()], "third");
    assert_eq!(world.finish(reading)["cwd"], tree.as_str(), "no slash at its end");
    let places = fs::read_to_string(std::path::Path::new(&tree).join("where")).expect("both wrote it");
    assert_eq!(places, format!("{tree}\n{tree}\n"));
    assert!(
        !repository.join("where").exists(),
        "the workspace itself is not touched"
    );
}

#[test]
fn who_goes_on_with_a_redispatched_session_works_in_the_first_ones_worktree_and_is_not_landed_meanwhile() {
    let world = world(
        r#"pwd >> "$STAGE/folders"; say done
        test "$p" != wait || { touch "$STAGE/running"; while ! test -e "$STAGE/gate"; do sleep 0.05; done; }"#,
    );
    world.set_env("STAGE", world.path("").display().to_string());
    let project = world.repository().display().to_string();
    let first = submit(&world, &["--worktree", "-C", &project], "one");
    assert_eq!(world.finish(first)["state"], "completed");
    let second = world
        .longhaul(["redispatch", &first.to_string(), "--force"])
        .run()
        .ok()
        .id();
    let folder = world.finish(second)["worktree"]["path"].clone();
    let third = world
        .longhaul(["run", "-d", "--write", "--resume", &second.to_string(), "wait"])
        .run()
        .ok()
        .id();
    wait_until("it runs", PATIENCE, || world.path("running").exists());
    assert_eq!(world.task(third)["worktree"]["path"], folder);
    for other in [first, second] {
        world.longhaul(["land", &other.to_string()]).run().expect(1);
        world.longhaul(["discard", &other.to_string()]).run().expect(1);
    }
    world.open_gate("gate");
    assert_eq!(world.finish(third)["state"], "completed");
    let folders = fs::read_to_string(world.path("folders")).expect("they ran");
    assert_eq!(
        folders.lines().collect::<std::collections::BTreeSet<_>>().len(),
        1,
        "{folders}"
    );
}
