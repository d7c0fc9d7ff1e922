//! The daemon's own beginning and end.

use std::io::Read;

use longhaul_server::{Stopped, run};
use serde_json::Value;

use crate::world::{World, settings, socket, text};

#[test]
fn a_stop_tells_those_who_wait_and_leaves_the_tasks_running() {
    let mut world = World::new();
    let id = world.submit(&world.until_go());
    world.becomes(id, "running");
    let mut waiter = world.waiter(id);
    let answer = world.api.post("/api/v1/daemon/stop", &Value::Null);
    assert_eq!(answer.status, 202, "{}", text(&answer));
    assert_eq!(world.ended(), Stopped::Stop);
    assert!(
        !socket(world.folder.path()).exists(),
        "the socket is gone with the daemon"
    );
    let mut told = String::new();
    waiter.read_to_string(&mut told).expect("an answer");
    assert!(
        told.starts_with("HTTP/1.1 503") && told.contains("\"daemon-stopping\""),
        "{told}"
    );
    std::fs::write(world.go(), "").expect("a file");
    world.start();
    assert_eq!(world.end_of(id)["state"], "completed");
}

#[test]
fn a_restart_drops_those_who_wait_so_that_they_come_again() {
    let mut world = World::new();
    let id = world.submit(&world.until_go());
    world.becomes(id, "running");
    let mut waiter = world.waiter(id);
    let answer = world.api.post("/api/v1/daemon/restart", &Value::Null);
    assert_eq!(answer.status, 202, "{}", text(&answer));
    assert_eq!(world.ended(), Stopped::Restart);
    let mut told = String::new();
    let _ = waiter.read_to_string(&mut told);
    assert_eq!(told, "", "the connection is dropped without an answer");
    world.start();
    std::fs::write(world.go(), "").expect("a file");
    assert_eq!(world.end_of(id)["state"], "completed");
}

#[test]
fn a_second_daemon_on_the_same_folder_is_refused_and_the_first_goes_on() {
    let world = World::new();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let refused = runtime
        .block_on(run(settings(world.folder.path())))
        .expect_err("one is running");
    assert!(refused.is_in_use, "{refused:?}");
    assert!(refused.hint.is_some(), "{refused:?}");
    assert_eq!(world.api.get("/healthz").status, 200);
}

#[test]
fn a_stale_socket_is_replaced() {
    let mut world = World::without_daemon();
    let path = socket(world.folder.path());
    std::fs::create_dir(path.parent().expect("a folder")).expect("a folder");
    drop(std::os::unix::net::UnixListener::bind(&path).expect("a socket nobody listens at"));
    world.start();
    assert_eq!(world.api.get("/healthz").status, 200);
}
