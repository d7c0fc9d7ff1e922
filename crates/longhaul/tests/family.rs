//! A task inside a task: children, lent slots, limits, and no daemon of its own.

use std::time::{Duration, Instant};

use longhaul_testkit::{PATIENCE, World, wait_until};
use serde_json::json;

fn longhaul(world: &World) -> String {
    world.binary().display().to_string()
}

#[test]
fn what_is_submitted_from_inside_is_a_child() {
    let world = World::new();
    let script = format!("{} run -d -- true", longhaul(&world));
    let parent = world.submit_script(&[], &script);
    assert_eq!(world.finish(parent)["state"], "completed");
    let child = world.finish(2);
    assert_eq!(child["parent"], parent);
    assert_eq!(child["origin"]["source"], "task");
    let listed = world
        .longhaul(["list", "--parent", &parent.to_string(), "--json"])
        .run()
        .json();
    assert_eq!(listed["tasks"].as_array().map(Vec::len), Some(1));
    let history = world.history(2);
    assert!(
        history[0]["actor"].to_string().contains(&parent.to_string()),
        "{history:#?}"
    );
}

#[test]
fn a_parent_that_awaits_lends_its_slot() {
    let world = World::new();
    world.longhaul(["limit", "default", "1"]).run().ok();
    let script = format!("{} run -- echo from the child", longhaul(&world));
    let parent = world.submit_script(&[], &script);
    assert_eq!(world.finish(parent)["state"], "completed");
    assert_eq!(world.output(parent), b"from the child\n");
    world.check_truth();
}

#[test]
fn four_parents_that_await_children_in_four_slots_do_not_deadlock() {
    let world = World::new();
    let inner = format!("{} run -- true", longhaul(&world));
    let outer = format!("{} run -- sh -c '{inner}'", longhaul(&world));
    let parents: Vec<_> = (0..4).map(|_| world.submit_script(&[], &outer)).collect();
    for parent in parents {
        assert_eq!(world.finish(parent)["state"], "completed");
    }
    assert_eq!(world.tasks().len(), 12);
    world.check_truth();
}

#[test]
fn a_cancel_takes_the_children_with_it() {
    let world = World::new();
    let script = format!(
        "{0} run -d -- sh -c 'touch child; exec sleep 1000'; {0} run -d --hold -- true; touch up; exec sleep 1000",
        longhaul(&world)
    );
    let parent = world.submit_script(&[], &script);
    wait_until("the family is up", PATIENCE, || {
        world.path("up").exists() && world.path("child").exists()
    });
    world.longhaul(["cancel", &parent.to_string()]).run().ok();
    for id in 1..=3 {
        assert_eq!(world.state(id), "canceled", "{:#}", world.task(id));
    }
    world.check_truth();
}

#[test]
fn children_go_on_when_the_parent_ends_by_itself() {
    let world = World::new();
    let script = format!(
        "{} run -d -- sh -c 'until [ -e gate ]; do sleep 0.02; done'; exit 3",
        longhaul(&world)
    );
    let parent = world.submit_script(&[], &script);
    assert_eq!(world.finish(parent)["state"], "failed");
    world.reach(2, "running");
    world.open_gate("gate");
    assert_eq!(world.finish(2)["state"], "completed");
}

#[test]
fn six_levels_are_too_deep() {
    let world = World::new();
    // Each level submits the next and tells how it went.
    let script = "test $1 -gt 9 && exit 0; \"$2\" run -- sh -c \"$0\" \"$0\" $(($1+1)) \"$2\"; echo level $1: $?";
    let longhaul = longhaul(&world);
    let root = world.submit(&[], &["sh", "-c", script, script, "1", &longhaul]);
    world.finish(root);
    let count = world.tasks().len();
    assert!((5..=6).contains(&count), "{count} levels");
    let deepest = world.tasks().last().expect("there are some")["id"]
        .as_u64()
        .expect("an id");
    let text = String::from_utf8_lossy(&world.output(deepest)).into_owned();
    assert!(!text.contains(": 0"), "the level below was not refused: {text}");
    let logs = world.longhaul(["logs", &deepest.to_string()]).run().ok().text();
    assert!(logs.contains("level"), "{logs}");
}

#[test]
fn a_stranger_may_name_a_parent_and_an_unknown_one_is_refused() {
    let world = World::new();
    let parent = world.submit_agent(&[], &["--wait-for", "gate"]);
    let child = world.submit(&["--parent", &parent.to_string()], &["true"]);
    assert_eq!(world.finish(child)["parent"], parent);
    world
        .longhaul(["run", "-d", "--parent", "999", "--", "true"])
        .run()
        .expect(125);
    let spec = world.spec(json!({"command": ["true"], "parent": 999}));
    assert!([400, 404].contains(&world.api().post("/api/v1/tasks", &spec).status));
    world.open_gate("gate");
    world.finish(parent);
}

#[test]
fn inside_a_task_no_daemon_is_started() {
    let world = World::new();
    let script =
        "touch up; until [ -e gate ]; do sleep 0.02; done; LONGHAUL_PATIENCE_MS=1000 \"$0\" list; echo code $?";
    let id = world.submit(&[], &["sh", "-c", script, &longhaul(&world)]);
    wait_until("the program is up", PATIENCE, || world.path("up").exists());
    let supervisor = world.supervisor(id);
    world.crash_daemon();
    let began = Instant::now();
    world.open_gate("gate");
    wait_until("it gave up", PATIENCE, || {
        !longhaul_testkit::processes::is_alive(supervisor)
    });
    assert!(
        began.elapsed() >= Duration::from_millis(900),
        "it did not wait for a daemon"
    );
    assert!(world.daemons().is_empty(), "it started a daemon");
    let _daemon = world.daemon().start();
    world.finish(id);
    let text = String::from_utf8_lossy(&world.output(id)).into_owned();
    assert!(text.contains("code 125"), "{text}");
}

#[test]
fn inside_a_task_a_daemon_that_comes_back_is_found() {
    let world = World::new();
    let script = "touch up; until [ -e gate ]; do sleep 0.02; done; touch asking; exec \"$0\" run -- echo child";
    let id = world.submit(&[], &["sh", "-c", script, &longhaul(&world)]);
    wait_until("the program is up", PATIENCE, || world.path("up").exists());
    world.crash_daemon();
    world.open_gate("gate");
    wait_until("it asks", PATIENCE, || world.path("asking").exists());
    let _daemon = world.daemon().start();
    assert_eq!(world.finish(id)["state"], "completed");
    assert_eq!(world.output(id), b"child\n");
}

#[test]
fn a_child_that_could_only_start_after_its_own_ancestor_ends_is_refused() {
    let world = World::new();
    let script = "\"$0\" run -d --after $LONGHAUL_TASK_ID -- true; echo code $?";
    let id = world.submit(&[], &["sh", "-c", script, &longhaul(&world)]);
    world.finish(id);
    let out = world.longhaul(["logs", "--stdout", &id.to_string()]).run().ok().text();
    assert_eq!(out, "code 125\n");
    assert_eq!(world.tasks().len(), 1);
}
