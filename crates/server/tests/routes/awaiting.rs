//! Waiting for the end of a task.

use std::time::Instant;

use crate::world::{PATIENCE, World, json_of, problem, text};

#[test]
fn a_wait_returns_when_the_task_ends_and_not_before() {
    let world = World::new();
    let id = world.submit(&world.until_go());
    let api = world.api.clone();
    let waiter = std::thread::spawn(move || api.get(&format!("/api/v1/tasks/{id}/await")));
    world.becomes(id, "running");
    assert!(!waiter.is_finished());
    std::fs::write(world.go(), "").expect("a file");
    let answer = waiter.join().expect("it does not panic");
    assert_eq!(answer.status, 200, "{}", text(&answer));
    assert_eq!(json_of(&answer)["state"], "completed");
}

#[test]
fn a_wait_at_its_limit_gives_the_task_as_it_is() {
    let world = World::new();
    let id = world.submit(&world.held());
    for limit in [0, 50] {
        let answer = world.api.get(&format!("/api/v1/tasks/{id}/await?timeout_ms={limit}"));
        assert_eq!(answer.status, 202, "{}", text(&answer));
        assert_eq!(json_of(&answer)["state"], "waiting");
    }
}

#[test]
fn a_wait_for_a_finished_task_returns_at_once_however_long_it_may_wait() {
    let world = World::new();
    let id = world.done(&world.script("exit 0"))["id"].clone();
    let began = Instant::now();
    for limit in ["", "?timeout_ms=0", "?timeout_ms=18446744073709551615"] {
        let answer = world.api.get(&format!("/api/v1/tasks/{id}/await{limit}"));
        assert_eq!(answer.status, 200, "{}", text(&answer));
    }
    assert!(began.elapsed() < PATIENCE / 4);
}

#[test]
fn a_limit_that_is_no_number_is_refused() {
    let world = World::new();
    let id = world.submit(&world.held());
    for limit in ["-1", "x", "1.5", "18446744073709551616", "10m"] {
        problem(
            &world.api.get(&format!("/api/v1/tasks/{id}/await?timeout_ms={limit}")),
            400,
            "bad-request",
        );
    }
}

#[test]
fn a_waiter_that_goes_away_harms_nothing() {
    let world = World::new();
    let id = world.submit(&world.until_go());
    world.becomes(id, "running");
    drop(world.waiter(id));
    std::fs::write(world.go(), "").expect("a file");
    assert_eq!(world.end_of(id)["state"], "completed");
}

#[test]
fn many_wait_for_one() {
    let world = World::new();
    let id = world.submit(&world.until_go());
    let wait = || {
        let api = world.api.clone();
        std::thread::spawn(move || api.get(&format!("/api/v1/tasks/{id}/await")).status)
    };
    let waiters: Vec<_> = (0..20).map(|_| wait()).collect();
    world.becomes(id, "running");
    std::fs::write(world.go(), "").expect("a file");
    assert!(
        waiters
            .into_iter()
            .all(|waiter| waiter.join().expect("it does not panic") == 200)
    );
}

#[test]
fn a_task_inside_a_task_knows_its_parent_by_its_process() {
    let world = World::new();
    let socket = crate::world::socket(world.folder.path());
    let inner = r#"{\"kind\":\"command\",\"command\":[\"true\"],\"cwd\":\"/\"}"#;
    let script = format!(
        "command -v curl || exit 42; curl -sS --unix-socket {} -H 'Content-Type: application/json' -d \"{inner}\" http://localhost/api/v1/tasks",
        socket.display()
    );
    let task = world.done(&world.script(&script));
    if task["outcome"]["exit_code"] == 42 {
        eprintln!("skipped: no curl here");
        return;
    }
    assert_eq!(task["state"], "completed", "{task}");
    assert_eq!(world.end_of(2)["parent"], task["id"]);
}
