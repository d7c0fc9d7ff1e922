//! What must hold when two things happen in the same moment: nobody waits for ever, nothing runs twice, no slot is lost.

use std::io::Write as _;
use std::os::unix::net::UnixStream;

use longhaul_testkit::{PATIENCE, World, wait_until};
use serde_json::json;

/// Sends a request and hangs up without waiting for the answer.
fn ask_and_hang_up(world: &World, method: &str, target: &str, body: &str) {
    let mut stream = UnixStream::connect(world.socket().expect("the daemon has a socket")).expect("it listens");
    let length = body.len();
    let request = format!(
        "{method} {target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).expect("it reads");
}

#[test]
fn a_submit_said_twice_does_not_end_the_wait_for_the_running_task() {
    let world = World::new();
    let gate = [
        "sh",
        "-c",
        "touch up; until [ -e gate ]; do sleep 0.02; done; echo done",
    ];
    let id = world.submit(&["--key", "same"], &gate);
    wait_until("it runs", PATIENCE, || world.path("up").exists());
    let api = world.api();
    let target = format!("/api/v1/tasks/{id}/await?timeout_ms=20000");
    let waiter = std::thread::spawn(move || api.get(&target).expect(200));
    for _ in 0..20 {
        assert_eq!(world.submit(&["--key", "same"], &gate), id);
    }
    world.open_gate("gate");
    let answer = waiter.join().expect("it was answered");
    assert_eq!(answer["state"], "completed", "{answer:#}");
}

#[test]
fn what_is_asked_by_somebody_who_hangs_up_at_once_is_done_whole_or_not_at_all() {
    let world = World::new();
    let daemon = world.daemon().start();
    let submit = world.spec(json!({"command": ["true"]})).to_string();
    let mut stored = Vec::new();
    wait_until("twenty of their tasks were stored", PATIENCE, || {
        ask_and_hang_up(&world, "POST", "/api/v1/tasks", &submit);
        stored = world.tasks();
        stored.len() >= 20
    });
    for task in &stored {
        assert_eq!(world.finish(task["id"].as_u64().expect("an id"))["state"], "completed");
    }
    let held: Vec<u64> = (0..20)
        .map(|_| world.post_task(json!({"command": ["true"], "hold": true})))
        .collect();
    // Asked again as long as it was not done, by somebody who never hears that it was.
    wait_until("every one of them was released and has run", PATIENCE, || {
        let left = held.iter().filter(|id| world.state(**id) == "waiting");
        let left: Vec<u64> = left.copied().collect();
        for id in &left {
            ask_and_hang_up(&world, "POST", &format!("/api/v1/tasks/{id}/release"), "");
        }
        left.is_empty()
    });
    for id in held {
        assert_eq!(world.finish(id)["state"], "completed");
        let releases = world
            .history(id)
            .iter()
            .filter(|entry| entry["event"] == "released")
            .count();
        assert_eq!(releases, 1, "{:#?}", world.history(id));
    }
    // One that hung up may have been read later than those behind it.
    wait_until("whatever was stored has run", PATIENCE, || {
        world.tasks().iter().all(|task| task["state"] == "completed")
    });
    drop(daemon);
    world.check_truth();
}

#[test]
fn a_parent_lends_its_place_under_the_total_limit_to_a_child_in_another_queue() {
    let world = World::new();
    world.longhaul(["limit", "total", "1"]).run().ok();
    let script = format!("{} run --queue other -- echo from the child", world.binary().display());
    let parent = world.submit_script(&[], &script);
    assert_eq!(world.finish(parent)["state"], "completed");
    assert_eq!(world.output(parent), b"from the child\n");
}

#[test]
fn a_grandparent_lends_its_slot_when_the_one_between_is_over() {
    let world = World::new();
    world.longhaul(["limit", "default", "1"]).run().ok();
    let longhaul = world.binary().display().to_string();
    // The child is run to its end and leaves a grandchild behind it in the line; then that one is awaited.
    let script = format!(
        "{longhaul} run -- sh -c '{longhaul} run -d -- echo grand > id 2>/dev/null'; {longhaul} await $(cat id)"
    );
    let parent = world.submit_script(&[], &script);
    assert_eq!(world.finish(parent)["state"], "completed");
    assert_eq!(world.output(parent), b"grand\n");
    world.check_truth();
}
