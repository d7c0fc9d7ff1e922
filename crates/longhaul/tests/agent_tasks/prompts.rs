//! Where a prompt comes from, and what is none.

use std::fs;

use serde_json::{Value, json};

use crate::stage::{submit, world};

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
