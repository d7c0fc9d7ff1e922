//! Prerequisites are probed, not assumed; the reason for waiting is told; a wake-up probes at once.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use longhaul_testkit::{PATIENCE, World, wait_for, wait_until};
use serde_json::{Value, json};

fn unmet(world: &World, id: u64) -> Value {
    world.task(id)["waiting_for"][0].clone()
}

/// Waits until a probe has left its reason beside the prerequisite's name.
fn probed(world: &World, id: u64) -> String {
    let reason = || {
        unmet(world, id)["detail"]
            .as_str()
            .filter(|detail| detail.contains(": "))
            .map(str::to_owned)
    };
    wait_for(PATIENCE, reason).expect("a probe leaves its reason")
}

/// A server that answers every request with the status in `status`; its port.
fn server(status: Arc<AtomicU16>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            let _ = stream.read(&mut [0; 4096]);
            let code = status.load(Ordering::SeqCst);
            let _ = write!(
                stream,
                "HTTP/1.1 {code} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
        }
    });
    port
}

#[test]
fn a_file_is_waited_for_and_a_wake_finds_it_at_once() {
    let world = World::new();
    let id = world.submit(&["--requires", "file:ready"], &["true"]);
    let reason = probed(&world, id);
    assert_eq!(unmet(&world, id)["kind"], "prerequisite");
    assert!(format!("{reason}{}", unmet(&world, id)).contains("ready"), "{reason}");
    let shown = world.longhaul(["status", &id.to_string()]).run().ok().text();
    assert!(shown.contains("file:ready"), "{shown}");
    world.open_gate("ready");
    world.longhaul(["wake", &id.to_string()]).run().ok();
    assert_eq!(world.finish(id)["state"], "completed");
}

#[test]
fn what_is_already_met_holds_nobody_up() {
    let world = World::new();
    world.open_gate("ready");
    let absolute = format!("file:{}", world.path("ready").display());
    let options = [
        "--requires",
        &absolute,
        "--requires",
        "file:ready",
        "--requires",
        "cmd:test -e ready",
    ];
    let ran = world.longhaul(["run"]).args(options).args(["--", "echo", "ran"]).run();
    assert_eq!(ran.ok().text(), "ran\n");
}

#[test]
fn all_of_several_must_be_met() {
    let world = World::new();
    let id = world.submit(&["--requires", "file:a", "--requires", "file:b"], &["true"]);
    world.open_gate("a");
    world.longhaul(["wake"]).run().ok();
    wait_until("one is met", PATIENCE, || {
        world.task(id)["waiting_for"].to_string().contains("file:a: met")
    });
    assert_eq!(world.state(id), "waiting");
    world.open_gate("b");
    world.longhaul(["wake"]).run().ok();
    assert_eq!(world.finish(id)["state"], "completed");
}

#[test]
fn a_port_is_waited_for() {
    let world = World::new();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    drop(listener);
    let id = world.submit(&["--requires", &format!("tcp:127.0.0.1:{port}")], &["true"]);
    assert!(!probed(&world, id).is_empty());
    let _listener = TcpListener::bind(("127.0.0.1", port)).expect("it is still free");
    world.longhaul(["wake", &id.to_string()]).run().ok();
    assert_eq!(world.finish(id)["state"], "completed");
}

#[test]
fn a_url_is_waited_for_and_410_means_never() {
    let world = World::new();
    let status = Arc::new(AtomicU16::new(503));
    let port = server(status.clone());
    let requires = format!("http:http://127.0.0.1:{port}/readyz");
    let id = world.submit(&["--requires", &requires], &["true"]);
    let detail = probed(&world, id);
    assert!(detail.contains("503"), "{detail}");
    status.store(204, Ordering::SeqCst);
    world.longhaul(["wake", &id.to_string()]).run().ok();
    assert_eq!(world.finish(id)["state"], "completed");
    status.store(410, Ordering::SeqCst);
    let never = world.submit(&["--requires", &requires], &["true"]);
    let task = world.finish(never);
    assert_eq!(
        (&task["state"], &task["outcome"]["reason"]),
        (&json!("failed"), &json!("prerequisite"))
    );
}

#[test]
fn a_command_is_waited_for_in_the_tasks_folder_and_environment() {
    let world = World::new();
    std::fs::create_dir(world.path("sub")).expect("the world can be written");
    let command = "cmd:test \"$WORD\" = mine && test -e ready";
    let call = world
        .longhaul(["run", "-d", "-C", "sub", "--requires", command, "--", "true"])
        .env("WORD", "mine");
    let id = call.run().ok().id();
    assert!(probed(&world, id).contains('1'), "{}", unmet(&world, id));
    world.open_gate("sub/ready");
    world.longhaul(["wake", &id.to_string()]).run().ok();
    assert_eq!(world.finish(id)["state"], "completed");
}

#[test]
fn a_command_that_exits_100_says_never() {
    let world = World::new();
    let id = world.submit(&["--requires", "cmd:echo no such project >&2; exit 100"], &["true"]);
    let task = world.finish(id);
    assert_eq!(task["state"], "failed");
    assert_eq!(task["outcome"]["reason"], "prerequisite");
    assert_eq!(task["attempt"], 0);
    world.longhaul(["await", &id.to_string()]).run().expect(1);
    let dependent = world.submit(&["--after", &id.to_string()], &["true"]);
    assert_eq!(world.finish(dependent)["outcome"]["reason"], "dependency");
    world.check_truth();
}

#[test]
fn without_a_wake_the_periodic_round_finds_it() {
    let world = World::new();
    let id = world.submit(&["--requires", "file:ready"], &["true"]);
    probed(&world, id);
    world.open_gate("ready");
    assert_eq!(world.finish(id)["state"], "completed");
}

#[test]
fn the_end_of_another_task_is_a_wake_up() {
    let world = World::new();
    let id = world.submit(&["--requires", "file:made"], &["true"]);
    probed(&world, id);
    let maker = world.submit(&[], &["touch", "made"]);
    world.finish(maker);
    assert_eq!(world.finish(id)["state"], "completed");
}

#[test]
fn a_probe_that_hangs_hangs_nobody_else() {
    let world = World::new();
    let stuck = world.submit(&["--requires", "cmd:sleep 1000"], &["true"]);
    let free = world.submit(&[], &["true"]);
    assert_eq!(world.finish(free)["state"], "completed");
    world.longhaul(["cancel", &stuck.to_string()]).run().ok();
    assert_eq!(world.state(stuck), "canceled");
    wait_until("the probe is gone", PATIENCE, || {
        world
            .processes()
            .iter()
            .all(|process| !process.arguments.iter().any(|argument| argument.contains("sleep")))
    });
}

#[test]
fn what_cannot_be_probed_is_refused() {
    let world = World::new();
    for prerequisite in ["disk:free", "file:", "tcp:host", "tcp:host:0", "http:ftp://x", ""] {
        world
            .longhaul(["run", "-d", "--requires", prerequisite, "--", "true"])
            .run()
            .expect(2);
    }
    let spec = world.spec(json!({"command": ["true"], "requires": ["disk:free"]}));
    world.api().post("/api/v1/tasks", &spec).expect_problem(400);
    assert!(world.tasks().is_empty());
}

#[test]
fn waiting_survives_a_crash_and_probing_goes_on() {
    let world = World::new();
    let id = world.submit(&["--requires", "file:ready"], &["true"]);
    probed(&world, id);
    world.crash_daemon();
    world.open_gate("ready");
    let _daemon = world.daemon().start();
    assert_eq!(world.finish(id)["state"], "completed");
}
