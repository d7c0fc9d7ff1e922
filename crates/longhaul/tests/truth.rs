//! The checks themselves can fail: each rule is broken once, and must be seen to be broken.

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use longhaul_testkit::{World, marks};

/// Whether the check of the seven rules fails, and names this.
#[track_caller]
fn is_seen(world: &World, what: &str) {
    let failed = catch_unwind(AssertUnwindSafe(|| world.check_truth())).expect_err("the broken rule was not seen");
    let message = failed.downcast_ref::<String>().map_or("", String::as_str);
    assert!(message.contains(what), "{message}");
}

fn add_mark(world: &World, task: u64, line: &str) {
    let path = marks::file_of(&world.marks(), task);
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .open(path)
        .expect("it was marked");
    writeln!(file, "{line}").expect("it can be written");
}

#[test]
fn a_missing_task_is_seen() {
    let world = World::new();
    let id = world.submit(&[], &["true"]);
    world.finish(id);
    world.check_truth();
    world.acknowledge(999);
    is_seen(&world, "999 is missing");
}

#[test]
fn two_runs_at_once_are_seen() {
    let world = World::new();
    let id = world.submit_agent(&[], &[]);
    world.finish(id);
    world.check_truth();
    add_mark(&world, id, "overlap 1 1 1");
    is_seen(&world, "ran twice at once");
}

#[test]
fn a_completion_without_an_exit_of_zero_is_seen() {
    let world = World::new();
    let id = world.submit_agent(&[], &[]);
    world.finish(id);
    add_mark(&world, id, "start 2 1 1");
    is_seen(&world, "did not exit 0");
}

#[test]
fn a_process_of_a_terminal_task_is_seen() {
    let world = World::new();
    let id = world.submit(&[], &["true"]);
    world.finish(id);
    let _left = world
        .program("sleep")
        .arg("1000")
        .env("LONGHAUL_TASK_ID", id.to_string())
        .spawn();
    is_seen(&world, "alive although terminal");
}

#[test]
fn a_world_that_leaves_an_open_task_fails_its_test() {
    let left = catch_unwind(|| {
        let world = World::new();
        world.submit(&["--hold"], &["true"]);
    });
    assert!(left.is_err());
    let declared = catch_unwind(|| {
        let world = World::new();
        world.submit(&["--hold"], &["true"]);
        world.leaves_open_tasks();
    });
    assert!(declared.is_ok());
}

#[test]
fn a_world_that_leaves_a_process_fails_its_test() {
    let left = catch_unwind(|| {
        let world = World::new();
        world.program("sh").args(["-c", "sleep 1000 & exit 0"]).run();
    });
    assert!(left.is_err());
}
