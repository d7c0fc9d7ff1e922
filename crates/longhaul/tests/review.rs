//! `review` and `adversarial-review` through the front door, by a reviewer of the user's own.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use longhaul_testkit::World;
use serde_json::{Value, json};

/// Answers with a finding, and repeats on standard error what it was asked and what it read.
const REVIEWER: &str = r#"#!/bin/sh
asked=$(cat)
file=$(printf '%s\n' "$asked" | tail -n 1 | sed 's/^The change is in the file //')
printf '%s\n' "$asked" >&2
echo ------ >&2
cat "$file" >&2
touch written-by-the-reviewer 2> /dev/null
cat "$PWD/.git/answer" 2> /dev/null || cat <<'ANSWER'
I looked at it, and `if (x) { y }` is fine.
```json
{"verdict": "needs-attention", "summary": "One thing.", "findings": [
 {"severity": "high", "file": "code.rs", "line_start": 2, "line_end": 4, "title": "Loses data", "body": "Because.", "confidence": 0.9}]}
```
ANSWER
"#;

fn world() -> World {
    let world = World::new();
    let program = world.path("reviewer");
    fs::write(&program, REVIEWER).expect("a program");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("its mode");
    let config = format!(
        "default_agent = \"mine\"\n[agents.mine]\ncommand = [\"{}\"]\nread_only = [\"--look\"]\n",
        program.display()
    );
    fs::write(world.home().join("config.toml"), config).expect("the configuration");
    fs::create_dir(world.path("repo")).expect("a folder");
    git(&world, &["init", "--quiet", "--initial-branch=main"]);
    fs::write(world.path("repo/code.rs"), "one\n").expect("a file");
    commit(&world, "first");
    world
}

fn git(world: &World, arguments: &[&str]) {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
    world
        .program("git")
        .args(identity)
        .args(arguments)
        .cwd(world.path("repo"))
        .run()
        .ok();
}

fn commit(world: &World, message: &str) {
    git(world, &["add", "--all"]);
    git(world, &["commit", "--quiet", "--message", message]);
}

fn review(world: &World, arguments: &[&str]) -> longhaul_testkit::Ran {
    world.longhaul(arguments).cwd(world.path("repo")).run()
}

/// What the reviewer was asked, and what it read.
fn seen(world: &World, id: u64) -> (String, String) {
    let told = world.longhaul(["logs", &id.to_string(), "--stderr"]).run().ok().text();
    let (asked, read) = told.split_once("------\n").expect("both are told");
    (asked.to_owned(), read.to_owned())
}

#[test]
fn uncommitted_changes_are_reviewed_untracked_files_too_and_nothing_is_written() {
    let world = world();
    fs::write(world.path("repo/code.rs"), "one\ntwo\n").expect("a file");
    fs::write(world.path("repo/new file.rs"), "new\n").expect("a file");
    let index = fs::read(world.path("repo/.git/index")).expect("an index");
    let ran = review(&world, &["review"]);
    assert_eq!(
        ran.ok().text(),
        "Review: needs attention, 1 finding\n\nOne thing.\n\n1. [high] code.rs:2-4  Loses data (90 % sure)\n   Because.\n"
    );
    let (_, read) = seen(&world, 1);
    assert!(read.starts_with("# uncommitted changes: git diff "), "{read}");
    assert!(read.contains("+two") && read.contains("+++ b/new file.rs"), "{read}");
    assert_eq!(fs::read(world.path("repo/.git/index")).expect("an index"), index);
    assert!(!world.path("repo/written-by-the-reviewer").exists());
    let task = world.task(1);
    assert_eq!(
        (&task["access"], &task["name"]),
        (&json!("read-only"), &json!("review"))
    );
    assert_eq!(task["summary"], "1 finding: One thing.");
}

#[test]
fn a_branch_is_reviewed_since_it_left_its_base() {
    let world = world();
    git(&world, &["switch", "--quiet", "--create", "work"]);
    fs::write(world.path("repo/code.rs"), "one\nbranch\n").expect("a file");
    commit(&world, "second");
    git(&world, &["switch", "--quiet", "main"]);
    fs::write(world.path("repo/other.rs"), "main went on\n").expect("a file");
    commit(&world, "third");
    git(&world, &["switch", "--quiet", "work"]);
    // Without a word: nothing is uncommitted, so it is the branch.
    review(&world, &["review"]).ok();
    let (_, read) = seen(&world, 1);
    assert!(read.starts_with("# changes of the branch since main"), "{read}");
    assert!(read.contains("+branch") && !read.contains("main went on"), "{read}");
    // With one: uncommitted changes belong to it.
    fs::write(world.path("repo/code.rs"), "one\nbranch\nnow\n").expect("a file");
    review(&world, &["review", "--base", "main"]).ok();
    let (_, read) = seen(&world, 2);
    assert!(read.contains("+branch") && read.contains("+now"), "{read}");
    assert_eq!(world.task(2)["name"], "review of the changes since main");
}

#[test]
fn an_adversary_is_told_what_to_look_at() {
    let world = world();
    fs::write(world.path("repo/code.rs"), "two\n").expect("a file");
    review(
        &world,
        &[
            "adversarial-review",
            "--uncommitted",
            "--",
            "--what if two run at once?",
        ],
    )
    .ok();
    let (asked, _) = seen(&world, 1);
    assert!(asked.contains("as an adversary"), "{asked}");
    assert!(asked.contains("above all:\n--what if two run at once?\n"), "{asked}");
    assert_eq!(world.task(1)["name"], "adversarial review of uncommitted changes");
}

#[test]
fn programs_get_the_findings_as_json_everywhere_the_same() {
    let world = world();
    fs::write(world.path("repo/code.rs"), "two\n").expect("a file");
    let attached: Value = review(&world, &["review", "--json"]).ok().json();
    let finding = json!({
        "severity": "high", "file": "code.rs", "lines": {"start": 2, "end": 4}, "title": "Loses data",
        "body": "Because.", "confidence": 0.9
    });
    assert_eq!(attached["review"]["findings"], json!([finding]));
    let result = world.longhaul(["result", "1", "--json"]).run().ok().json();
    assert_eq!(result["review"], attached["review"]);
    assert!(
        result["result"]
            .as_str()
            .is_some_and(|message| message.starts_with("I looked at it"))
    );
    let id = review(&world, &["review", "-d"]).ok().text();
    assert_eq!(id, "2\n");
    let report = world.longhaul(["await", "2"]).run();
    assert!(report.ok().text().starts_with("Review: needs attention"));
}

#[test]
fn an_answer_that_is_no_review_is_shown_as_it_is() {
    let world = world();
    fs::write(world.path("repo/code.rs"), "two\n").expect("a file");
    fs::write(world.path("repo/.git/answer"), "Looks good to me!").expect("a file");
    assert_eq!(review(&world, &["review"]).ok().text(), "Looks good to me!");
    let result = world.longhaul(["result", "1", "--json"]).run().ok().json();
    assert_eq!(result["review"], Value::Null);
}

#[test]
fn where_there_is_nothing_to_review_no_agent_is_asked() {
    let world = world();
    for (arguments, told) in [
        (
            &["review"][..],
            "there is nothing to review: no uncommitted changes, and nothing beyond the main branch",
        ),
        (
            &["review", "--uncommitted"],
            "there is nothing to review: no uncommitted changes",
        ),
        (
            &["review", "--base", "main"],
            "there is nothing to review: no changes since main",
        ),
        (
            &["review", "--base=--nope"],
            "there is no branch or commit '--nope' here with a common ancestor",
        ),
    ] {
        let ran = review(&world, arguments);
        assert_eq!(ran.expect(1).text(), "", "{arguments:?}");
        assert!(ran.talk().contains(told), "{}", ran.talk());
    }
    let outside = world.longhaul(["review"]).cwd(world.root()).run();
    assert!(
        outside.expect(1).talk().contains("no git repository"),
        "{}",
        outside.talk()
    );
    assert_eq!(world.task(1)["outcome"]["reason"], "setup");
}

#[test]
fn over_http_a_review_is_asked_for_and_makes_its_own_prompt() {
    let world = world();
    fs::write(world.path("repo/code.rs"), "two\n").expect("a file");
    let body = |extra: Value| {
        let mut body = json!({"kind": "agent", "agent": "mine", "cwd": world.path("repo"), "review": {}});
        for (name, value) in extra.as_object().expect("an object") {
            body[name] = value.clone();
        }
        body
    };
    let created = world
        .api()
        .post("/api/v1/tasks", &body(json!({"review": {"uncommitted": true}})));
    assert_eq!(created.status, 201);
    let id = created.json()["id"].as_u64().expect("an id");
    world.finish(id);
    for extra in [
        json!({"prompt": "x"}),
        json!({"access": "write"}),
        json!({"review": {"base": "main", "uncommitted": true}}),
        json!({"review": {"colour": "red"}}),
    ] {
        assert_eq!(
            world.api().post("/api/v1/tasks", &body(extra.clone())).status,
            400,
            "{extra}"
        );
    }
}
