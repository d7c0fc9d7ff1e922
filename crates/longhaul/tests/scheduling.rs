//! Who may start, and when.

use std::time::Duration;

use longhaul_testkit::{PATIENCE, Signal, World, marks, processes, wait_until};
use serde_json::json;

/// The most runs at one time, as the programs' own marks tell it.
fn most_at_once(world: &World, ids: impl IntoIterator<Item = u64>) -> usize {
    let mut edges = Vec::new();
    for id in ids {
        for mark in marks::read(&world.marks(), id) {
            edges.push((mark.at_ns, if mark.word == "end" { -1_i64 } else { 1 }));
        }
    }
    edges.sort_unstable();
    let (mut now, mut most) = (0_i64, 0_i64);
    for (_, step) in edges {
        now += step;
        most = most.max(now);
    }
    usize::try_from(most).unwrap_or(0)
}

fn lines(world: &World, file: &str) -> Vec<String> {
    let text = std::fs::read_to_string(world.path(file)).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn never_more_run_at_once_than_the_limit_allows() {
    let world = World::new();
    world.longhaul(["limit", "default", "3"]).run().ok();
    let command = world.agent(&["--burn-ms", "15"]);
    let ids: Vec<_> = (0..15).map(|_| world.post_task(json!({"command": command}))).collect();
    for id in &ids {
        world.finish(*id);
    }
    assert_eq!(most_at_once(&world, ids), 3);
    world.check_truth();
}

#[test]
fn the_default_queue_runs_four() {
    let world = World::new();
    let ids: Vec<_> = (0..6)
        .map(|_| world.submit_agent(&[], &["--wait-for", "gate"]))
        .collect();
    wait_until("four run", PATIENCE, || {
        ids.iter().filter(|id| world.state(**id) == "running").count() == 4
    });
    assert_eq!(world.state(ids[4]), "queued");
    assert!(
        !world.task(ids[4])["blocked_by"].as_array().is_none_or(Vec::is_empty),
        "{:#}",
        world.task(ids[4])
    );
    world.open_gate("gate");
    for id in &ids {
        world.finish(*id);
    }
    assert_eq!(most_at_once(&world, ids), 4);
}

#[test]
fn the_next_starts_without_a_poll_gap() {
    let world = World::new();
    world.longhaul(["limit", "default", "1"]).run().ok();
    let command = world.agent(&[]);
    let ids: Vec<_> = (0..10).map(|_| world.post_task(json!({"command": command}))).collect();
    for id in &ids {
        world.finish(*id);
    }
    let mut edges: Vec<_> = ids.iter().flat_map(|id| marks::read(&world.marks(), *id)).collect();
    edges.sort_by_key(|mark| mark.at_ns);
    let mut gaps_ns: Vec<_> = edges.windows(2).map(|pair| pair[1].at_ns - pair[0].at_ns).collect();
    gaps_ns.sort_unstable();
    let longest_usual = Duration::from_nanos(gaps_ns[gaps_ns.len() / 2]);
    assert!(longest_usual < Duration::from_millis(300), "{gaps_ns:?}");
}

#[test]
fn priority_goes_first_then_age_and_top_before_both_of_its_priority() {
    let world = World::new();
    world.longhaul(["limit", "default", "1"]).run().ok();
    world.longhaul(["pause"]).run().ok();
    let ids: Vec<_> = ["0", "5", "0", "-1", "5", "0"]
        .iter()
        .map(|priority| world.submit_agent(&["--priority", priority], &["--append", "order"]))
        .collect();
    world.longhaul(["top", &ids[5].to_string()]).run().ok();
    world.longhaul(["resume"]).run().ok();
    for id in &ids {
        world.finish(*id);
    }
    let order: Vec<u64> = lines(&world, "order")
        .iter()
        .map(|line| line.parse().expect("an id"))
        .collect();
    let expected_by_priority = [1, 4, 5, 0, 2, 3].map(|place| ids[place]);
    let expected_by_front = [5, 1, 4, 0, 2, 3].map(|place| ids[place]);
    assert!(order == expected_by_priority || order == expected_by_front, "{order:?}");
}

#[test]
fn a_blocked_queue_does_not_block_another() {
    let world = World::new();
    world.longhaul(["limit", "slow", "1"]).run().ok();
    let holder = world.submit_agent(&["--queue", "slow"], &["--wait-for", "gate"]);
    let behind = world.submit(&["--queue", "slow", "--priority", "9"], &["true"]);
    world.reach(holder, "running");
    let other = world.submit(&[], &["true"]);
    assert_eq!(world.finish(other)["state"], "completed");
    assert_eq!(world.state(behind), "queued");
    world.open_gate("gate");
    world.finish(behind);
}

#[test]
fn a_task_that_waits_does_not_block_the_one_behind_it() {
    let world = World::new();
    world.longhaul(["limit", "default", "1"]).run().ok();
    let waiting = world.submit(&["--requires", "file:never", "--priority", "9"], &["true"]);
    let behind = world.submit(&[], &["true"]);
    assert_eq!(world.finish(behind)["state"], "completed");
    world.longhaul(["cancel", &waiting.to_string()]).run().ok();
}

#[test]
fn a_limit_is_lowered_and_raised_while_tasks_run() {
    let world = World::new();
    world.longhaul(["limit", "default", "3"]).run().ok();
    let gate = |number: usize| format!("gate{number}");
    let ids: Vec<_> = (0..6)
        .map(|number| world.submit_agent(&[], &["--wait-for", &gate(number)]))
        .collect();
    let running = || ids.iter().filter(|id| world.state(**id) == "running").count();
    wait_until("three run", PATIENCE, || running() == 3);
    world.longhaul(["limit", "default", "1"]).run().ok();
    assert_eq!(running(), 3, "lowering stops nobody");
    world.open_gate(&gate(0));
    world.open_gate(&gate(1));
    world.finish(ids[0]);
    world.finish(ids[1]);
    assert_eq!(running(), 1, "and lets nobody start");
    assert_eq!(world.state(ids[3]), "queued");
    world.longhaul(["limit", "default", "4"]).run().ok();
    wait_until("four run", PATIENCE, || running() == 4);
    for number in 2..6 {
        world.open_gate(&gate(number));
    }
    for id in &ids {
        world.finish(*id);
    }
}

#[test]
fn the_total_limit_is_over_all_queues() {
    let world = World::new();
    world.longhaul(["limit", "total", "2"]).run().ok();
    let ids: Vec<_> = ["a", "b", "c"]
        .iter()
        .map(|q| world.submit_agent(&["--queue", q], &["--wait-for", "gate"]))
        .collect();
    let has_begun = |id: &u64| !marks::read(&world.marks(), *id).is_empty();
    wait_until("two run", PATIENCE, || ids.iter().take(2).all(has_begun));
    assert_eq!(world.state(ids[2]), "queued");
    world.open_gate("gate");
    for id in &ids {
        world.finish(*id);
    }
    assert_eq!(most_at_once(&world, ids), 2);
}

#[test]
fn pauses_and_limits_survive_a_crash() {
    let world = World::new();
    world.longhaul(["limit", "default", "7"]).run().ok();
    world.longhaul(["pause", "--queue", "default"]).run().ok();
    let id = world.submit(&[], &["true"]);
    world.crash_daemon();
    let _daemon = world.daemon().start();
    let other = world.submit(&["--queue", "other"], &["true"]);
    world.finish(other);
    assert_eq!(world.state(id), "queued");
    let queues = longhaul_testkit::first_list(&world.api().get("/api/v1/queues").expect(200));
    let queue = queues
        .iter()
        .find(|queue| queue["name"] == "default")
        .expect("default is listed");
    assert_eq!(queue["limit"], 7);
    assert_eq!(queue["paused"], true);
    world.longhaul(["resume", "--queue", "default"]).run().ok();
    assert_eq!(world.finish(id)["state"], "completed");
}

#[test]
fn a_pause_of_all_holds_every_queue_and_lets_the_running_run() {
    let world = World::new();
    let running = world.submit_agent(&[], &["--wait-for", "gate"]);
    world.reach(running, "running");
    world.longhaul(["pause"]).run().ok();
    let queued = world.submit(&["--queue", "q"], &["true"]);
    world.open_gate("gate");
    assert_eq!(world.finish(running)["state"], "completed");
    assert_eq!(world.state(queued), "queued");
    world.longhaul(["resume"]).run().ok();
    assert_eq!(world.finish(queued)["state"], "completed");
}

#[test]
fn a_dependent_runs_after_what_it_depends_on() {
    let world = World::new();
    let first = world.submit_agent(&[], &["--wait-for", "gate"]);
    let second = world.submit_agent(&["--after", &first.to_string()], &[]);
    let waiting = world.task(second);
    assert_eq!(waiting["state"], "waiting");
    assert_eq!(
        (&waiting["waiting_for"][0]["kind"], &waiting["waiting_for"][0]["task"]),
        (&json!("dependency"), &json!(first))
    );
    world.open_gate("gate");
    world.finish(second);
    let (first, second) = (marks::read(&world.marks(), first), marks::read(&world.marks(), second));
    assert!(first[1].at_ns <= second[0].at_ns);
    let late = world.submit(&["--after", "1", "--after", "2"], &["true"]);
    assert_eq!(world.finish(late)["state"], "completed");
}

#[test]
fn a_dependent_of_what_did_not_complete_fails_with_that_reason() {
    let world = World::new();
    let failed = world.submit(&[], &["false"]);
    let dependent = world.submit(&["--after", &failed.to_string()], &["true"]);
    let behind = world.submit(&["--after", &dependent.to_string()], &["true"]);
    for id in [dependent, behind] {
        let task = world.finish(id);
        assert_eq!(task["state"], "failed");
        assert_eq!(task["outcome"]["reason"], "dependency");
        assert_eq!(task["attempt"], 0);
    }
    let late = world.submit(&["--after", &failed.to_string()], &["true"]);
    assert_eq!(world.finish(late)["outcome"]["reason"], "dependency");
    world.longhaul(["await", &dependent.to_string()]).run().expect(1);
    world.check_truth();
}

#[test]
fn unknown_dependencies_and_circles_are_refused() {
    let world = World::new();
    let ran = world.longhaul(["run", "-d", "--after", "77", "--", "true"]).run();
    assert!(ran.expect(125).talk().contains("77"), "{}", ran.talk());
    let spec = world.spec(json!({"command": ["true"], "after": [77]}));
    world.api().post("/api/v1/tasks", &spec).expect_problem(400);
    assert!(world.tasks().is_empty());
    let a = world.submit(&["--hold"], &["true"]);
    let b = world.submit(&["--after", &a.to_string()], &["true"]);
    let c = world.submit(&["--after", &b.to_string()], &["true"]);
    for (task, after) in [(a, a), (a, b), (a, c)] {
        let ran = world
            .longhaul(["edit", &task.to_string(), "--after", &after.to_string()])
            .run();
        assert_ne!(ran.code, Some(0), "{task} after {after}");
        let answer = world
            .api()
            .patch(&format!("/api/v1/tasks/{task}"), &json!({"after": [after]}));
        assert!([400, 409].contains(&answer.status), "{}", answer.text());
    }
    world.longhaul(["release", &a.to_string()]).run().ok();
    assert_eq!(world.finish(c)["state"], "completed");
}

#[test]
fn time_in_the_queue_is_not_counted_as_run_time() {
    let world = World::new();
    world.longhaul(["limit", "default", "1"]).run().ok();
    let holder = world.submit(&[], &["sleep", "0.8"]);
    let behind = world.submit(&["--timeout", "700ms"], &["sleep", "0.1"]);
    world.finish(holder);
    assert_eq!(world.finish(behind)["state"], "completed");
}

#[test]
fn not_before_its_time() {
    let world = World::new();
    let soon = world.submit(&["--in", "400ms"], &["true"]);
    let waiting = world.task(soon);
    assert_eq!(waiting["waiting_for"][0]["kind"], "not-before", "{waiting:#}");
    let until = waiting["waiting_for"][0]["until"]
        .as_str()
        .expect("it tells until when")
        .to_owned();
    let task = world.finish(soon);
    assert!(
        task["started_at"]
            .as_str()
            .is_some_and(|started| started[..19] >= until[..19]),
        "{until}: {task:#}"
    );
    let past = world.submit(&["--at", "2001-02-03T04:05:06Z"], &["true"]);
    assert_eq!(world.finish(past)["state"], "completed");
    let far = world.submit(&["--at", "2101-02-03T04:05:06Z"], &["true"]);
    assert_eq!(world.state(far), "waiting");
    world.longhaul(["cancel", &far.to_string()]).run().ok();
}

#[test]
fn a_wait_has_a_deadline() {
    let world = World::new();
    let id = world.submit(&["--requires", "file:never", "--wait-deadline", "300ms"], &["true"]);
    let task = world.finish(id);
    assert_eq!(task["state"], "failed");
    assert_eq!(task["outcome"]["reason"], "deadline");
    assert_eq!(task["attempt"], 0);
    let id = world.post_task(json!({"command": ["true"], "hold": true, "wait_deadline_ms": 200}));
    assert_eq!(world.finish(id)["outcome"]["reason"], "deadline");
}

#[test]
fn a_lost_holder_frees_its_slot_only_when_its_tree_is_gone() {
    let world = World::new();
    world.longhaul(["limit", "default", "1"]).run().ok();
    let holder = world.submit_agent(&[], &["--escape", "escapee", "--forever"]);
    wait_until("the tree is up", PATIENCE, || world.path("escapee").exists());
    let next = world.submit_agent(&[], &["--refuse-if-alive", "escapee"]);
    processes::send(world.supervisor(holder), Signal::KILL);
    assert_eq!(
        world.finish(next)["state"],
        "completed",
        "the next one started beside the tree of the lost one"
    );
    assert_eq!(world.state(holder), "interrupted");
    world.check_truth();
}

#[test]
fn a_workspace_is_the_same_however_it_is_spelled() {
    let world = World::new();
    std::fs::create_dir_all(world.path("repo/sub")).expect("the world can be written");
    std::fs::create_dir_all(world.path("plain/sub")).expect("the world can be written");
    world.program("git").args(["init", "-q", "repo"]).run().ok();
    std::os::unix::fs::symlink(world.path("repo"), world.path("link")).expect("the world can be written");
    for folder in [
        "repo",
        "repo/",
        "link",
        "link/sub",
        "repo/sub/..",
        "repo/sub",
        "./repo/./sub",
    ] {
        let id = world.submit(&["-C", folder], &["true"]);
        assert_eq!(
            world.finish(id)["workspace"],
            world.path("repo").display().to_string(),
            "{folder}"
        );
    }
    // Outside of a repository the folder itself is the workspace.
    let id = world.submit(&["-C", "plain/sub/../sub"], &["true"]);
    assert_eq!(
        world.finish(id)["workspace"],
        world.path("plain/sub").display().to_string()
    );
}

#[test]
fn a_queue_with_many_old_tasks_lets_the_oldest_run() {
    let world = World::new();
    world.longhaul(["limit", "default", "1"]).run().ok();
    world.longhaul(["pause"]).run().ok();
    let ids: Vec<_> = (0..8)
        .map(|_| world.submit_agent(&[], &["--append", "order"]))
        .collect();
    world.longhaul(["resume"]).run().ok();
    for id in &ids {
        world.finish(*id);
    }
    let order: Vec<u64> = lines(&world, "order")
        .iter()
        .map(|line| line.parse().expect("an id"))
        .collect();
    assert_eq!(order, ids);
}
