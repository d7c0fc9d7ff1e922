//! Cancel means gone: the whole tree, before `canceled` is reported, and nothing else.

use std::time::{Duration, Instant};

use longhaul_testkit::{Dice, PATIENCE, Signal, World, marks, processes, wait_until};
use serde_json::{Value, json};

fn pid_in(world: &World, file: &str) -> u32 {
    wait_until(&format!("{file} is written"), PATIENCE, || world.path(file).exists());
    let text = std::fs::read_to_string(world.path(file)).expect("it was written");
    text.trim().parse().expect("a pid is a number")
}

#[test]
fn child_grandchild_and_escapee_are_gone_before_canceled_is_reported() {
    let world = World::new();
    let script = [
        "--child",
        "child",
        "--hold-pipe",
        "holder",
        "--escape",
        "escapee",
        "--touch",
        "up",
        "--forever",
    ];
    let id = world.submit_agent(&[], &script);
    let pids = ["child", "holder", "escapee"].map(|file| pid_in(&world, file));
    let program = world.program_of(id);
    let ran = world.longhaul(["cancel", &id.to_string()]).run();
    let alive: Vec<_> = pids
        .into_iter()
        .chain([program])
        .filter(|pid| processes::is_alive(*pid))
        .collect();
    ran.ok();
    assert!(alive.is_empty(), "{alive:?}");
    assert_eq!(world.state(id), "canceled");
    world.check_truth();
}

#[test]
fn a_program_that_ignores_every_signal_it_can_is_killed_after_the_ladder() {
    let world = World::new();
    let id = world.submit_agent(&[], &["--ignore", "TERM,INT,HUP", "--escape", "escapee", "--forever"]);
    let escapee = pid_in(&world, "escapee");
    let began = Instant::now();
    world.longhaul(["cancel", &id.to_string()]).run().ok();
    assert!(
        began.elapsed() >= Duration::from_secs(4),
        "it got no time to end by itself"
    );
    assert!(!processes::is_alive(escapee));
    assert_eq!(world.state(id), "canceled");
    world.check_truth();
}

#[test]
fn a_queued_task_is_canceled_without_ever_running() {
    let world = World::new();
    world.longhaul(["pause"]).run().ok();
    let id = world.submit_agent(&[], &["--say", "never"]);
    assert_eq!(world.state(id), "queued");
    world.longhaul(["cancel", &id.to_string()]).run().ok();
    world.longhaul(["resume"]).run().ok();
    let task = world.task(id);
    assert_eq!(task["state"], "canceled");
    assert_eq!(task["attempt"], 0);
    assert!(marks::read(&world.marks(), id).is_empty());
    world.longhaul(["await", &id.to_string()]).run().expect(130);
}

#[test]
fn a_waiting_task_is_canceled() {
    let world = World::new();
    for options in [
        ["--hold", "--priority=0"],
        ["--in", "1h"],
        ["--requires", "file:/no/such/file"],
    ] {
        let id = world.submit(&options, &["true"]);
        assert_eq!(world.state(id), "waiting", "{options:?}");
        world.longhaul(["cancel", &id.to_string()]).run().ok();
        assert_eq!(world.state(id), "canceled", "{options:?}");
    }
}

#[test]
fn a_cancel_that_races_the_claim_ends_in_one_truth() {
    let world = World::new();
    let api = world.api();
    let mut dice = Dice::new(7);
    let command = world.agent(&[]);
    for _ in 0..200 {
        let id = world.post_task(json!({"command": command}));
        // Now and then let the claim win.
        for _ in 0..dice.below(4) {
            world.state(id);
        }
        let answer = api.post(&format!("/api/v1/tasks/{id}/cancel"), &Value::Null);
        assert!([200, 202].contains(&answer.status), "{}", answer.text());
    }
    for id in 1..=200 {
        let task = world.finish(id);
        let marks = marks::read(&world.marks(), id);
        match task["state"].as_str() {
            Some("completed") => assert!(marks.last().is_some_and(|mark| mark.code == Some(0)), "{marks:?}"),
            Some("canceled") => assert!(marks.len() <= 2, "{marks:?}"),
            _ => panic!("{task:#}"),
        }
    }
    world.check_truth();
}

#[test]
fn canceling_twice_changes_nothing_and_both_return_when_it_is_gone() {
    let world = World::new();
    let id = world.submit_agent(&[], &["--touch", "up", "--forever"]);
    wait_until("the program is up", PATIENCE, || world.path("up").exists());
    let cancel = || world.longhaul(["cancel", &id.to_string()]).spawn();
    let calls = [cancel(), cancel()];
    for call in calls {
        call.wait().ok();
    }
    let before = world.task(id);
    let ran = world.longhaul(["cancel", &id.to_string(), "--reason", "again"]).run();
    assert!(
        format!("{}{}", ran.ok().text(), ran.talk()).contains("already"),
        "{}{}",
        ran.text(),
        ran.talk()
    );
    assert_eq!(world.task(id), before);
    let requests = world
        .history(id)
        .iter()
        .filter(|step| step["event"] == "cancel-requested")
        .count();
    assert_eq!(requests, 1);
}

#[test]
fn canceling_a_finished_task_says_so_and_changes_nothing() {
    let world = World::new();
    for (script, state) in [("true", "completed"), ("false", "failed")] {
        let id = world.submit_script(&[], script);
        let before = world.finish(id);
        let ran = world.longhaul(["cancel", &id.to_string()]).run();
        assert!(
            format!("{}{}", ran.ok().text(), ran.talk()).contains(state),
            "{}{}",
            ran.text(),
            ran.talk()
        );
        assert_eq!(world.task(id), before);
        world
            .api()
            .post(&format!("/api/v1/tasks/{id}/cancel"), &Value::Null)
            .expect(200);
    }
}

#[test]
fn canceling_an_unknown_task_is_an_error_of_its_own() {
    let world = World::new();
    let ran = world.longhaul(["cancel", "999"]).run();
    assert!(ran.expect(125).talk().contains("999"), "{}", ran.talk());
    world
        .api()
        .post("/api/v1/tasks/999/cancel", &Value::Null)
        .expect_problem(404);
}

#[test]
fn a_program_that_answers_the_cancel_with_exit_zero_is_canceled_all_the_same() {
    let world = World::new();
    let script = "trap 'exit 0' TERM; touch up; while :; do sleep 0.02; done";
    let id = world.submit_script(&[], script);
    wait_until("the program is up", PATIENCE, || world.path("up").exists());
    world.longhaul(["cancel", &id.to_string()]).run().ok();
    assert_eq!(world.state(id), "canceled");
}

#[test]
fn a_cancel_in_the_instant_of_the_exit_ends_in_one_truth() {
    let world = World::new();
    let api = world.api();
    for round in 0..40 {
        let gate = format!("gate{round}");
        let up = format!("up{round}");
        let command = world.agent(&["--touch", &up, "--wait-for", &gate]);
        let id = world.post_task(json!({"command": command}));
        wait_until("the program is up", PATIENCE, || world.path(&up).exists());
        world.open_gate(&gate);
        api.post(&format!("/api/v1/tasks/{id}/cancel"), &Value::Null);
        let task = world.finish(id);
        assert!(
            ["completed", "canceled"].iter().any(|state| task["state"] == *state),
            "{task:#}"
        );
    }
    world.check_truth();
}

#[test]
fn output_from_before_the_cancel_is_still_there() {
    let world = World::new();
    let id = world.submit_agent(
        &[],
        &["--say", "before", "--err", "warned", "--touch", "up", "--forever"],
    );
    wait_until("the program is up", PATIENCE, || world.path("up").exists());
    world.longhaul(["cancel", &id.to_string()]).run().ok();
    let logs = world.longhaul(["logs", &id.to_string()]).run().ok().text();
    assert!(logs.contains("before\n") && logs.contains("warned\n"), "{logs}");
}

#[test]
fn a_sibling_is_untouched() {
    let world = World::new();
    let doomed = world.submit_agent(&[], &["--escape", "a", "--forever"]);
    let sibling = world.submit_agent(&[], &["--escape", "b", "--wait-for", "gate"]);
    pid_in(&world, "a");
    let escapee = pid_in(&world, "b");
    let program = world.program_of(sibling);
    world.longhaul(["cancel", &doomed.to_string()]).run().ok();
    assert_eq!(world.program_of(sibling), program);
    assert!(processes::is_alive(escapee));
    world.open_gate("gate");
    assert_eq!(world.finish(sibling)["state"], "completed");
}

#[test]
fn without_waiting_it_returns_at_once() {
    let world = World::new();
    let id = world.submit_agent(&[], &["--ignore", "TERM", "--touch", "up", "--forever"]);
    wait_until("the program is up", PATIENCE, || world.path("up").exists());
    world.longhaul(["cancel", "--no-wait", &id.to_string()]).run().ok();
    assert_eq!(world.state(id), "running");
    assert_eq!(world.finish(id)["state"], "canceled");
}

#[test]
fn several_are_canceled_at_once() {
    let world = World::new();
    let ids: Vec<_> = (0..3)
        .map(|_| world.submit_agent(&[], &["--forever"]).to_string())
        .collect();
    world.longhaul(["cancel"]).args(&ids).run().ok();
    for id in 1..=3 {
        assert_eq!(world.state(id), "canceled");
    }
    world.check_truth();
}

#[test]
fn a_program_stopped_by_sigstop_is_canceled_too() {
    let world = World::new();
    let id = world.submit_agent(&[], &["--touch", "up", "--forever"]);
    wait_until("the program is up", PATIENCE, || world.path("up").exists());
    processes::send(world.program_of(id), Signal::STOP);
    world.longhaul(["cancel", &id.to_string()]).run().ok();
    assert_eq!(world.state(id), "canceled");
    world.check_truth();
}
