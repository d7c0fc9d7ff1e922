//! Durability stories: something is killed at a named point, started again, and the seven rules hold.

use std::time::Duration;

use longhaul_testkit::{Daemon, PATIENCE, Signal, World, processes, wait_until};
use serde_json::{Value, json};

/// How long a daemon may need to reach an armed point.
const REACHES_WITHIN: Duration = Duration::from_secs(20);

/// Submits over the API while the daemon may die at any moment: the task counts only if it was acknowledged.
fn try_submit(world: &World, spec: Value) -> Option<u64> {
    let api = longhaul_testkit::Api::new(&world.socket()?);
    let answer = api
        .request("POST", "/api/v1/tasks")
        .json(&world.spec(spec))
        .try_send()
        .ok()?;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let id = answer.json()["id"].as_u64()?;
    world.acknowledge(id);
    Some(id)
}

/// Work in every state: two that run, two that stand behind them, one that waits for a release, all behind `gate`.
fn busy(world: &World) -> Daemon {
    let daemon = world.daemon().start();
    world.longhaul(["limit", "default", "2"]).run().ok();
    for number in 0..4 {
        let command = world.agent(&[
            "--say",
            "up",
            "--escape",
            &format!("escapee{number}"),
            "--wait-for",
            "gate",
        ]);
        world.post_task(json!({"command": command}));
    }
    world.post_task(json!({"command": world.agent(&["--wait-for", "gate"]), "hold": true}));
    world.reach(1, "running");
    world.reach(2, "running");
    daemon
}

/// Everything ends, and all of it is true; the daemon still takes work.
fn settle(world: &World) {
    world.open_gate("gate");
    let _daemon = world.daemon().start();
    for task in world.tasks() {
        if task["state"] == "waiting" && task["waiting_for"][0]["kind"] == "held" {
            world.longhaul(["release", &task["id"].to_string()]).run().ok();
        }
    }
    let last = world.submit(&[], &["true"]);
    for task in world.tasks() {
        world.finish(task["id"].as_u64().expect("an id"));
    }
    assert_eq!(world.state(last), "completed");
    world.check_truth();
}

/// The daemon dies at `point` while tasks run, stand in line, end, begin and are canceled.
fn the_daemon_dies_at(point: &str) {
    let world = World::new();
    busy(&world).crash();
    let mut daemon = world.daemon().armed(point).start();
    world.open_gate("gate");
    for _ in 0..4 {
        try_submit(&world, json!({"command": world.agent(&["--say", "late"])}));
    }
    if let (false, Some(id)) = (
        daemon.is_dead(),
        try_submit(&world, json!({"command": world.agent(&["--forever"])})),
    ) {
        let api = longhaul_testkit::Api::new(&world.socket().expect("it was there a moment ago"));
        let runs = || {
            let answer = api.request("GET", &format!("/api/v1/tasks/{id}")).try_send();
            answer.map_or(true, |answer| answer.json()["state"] == "running")
        };
        wait_until("it runs, or the daemon is dead", PATIENCE, runs);
        let _ = api.request("POST", &format!("/api/v1/tasks/{id}/cancel")).try_send();
    }
    daemon.wait_for_death(REACHES_WITHIN);
    drop(daemon);
    // The last submit and the one to be canceled may have been acknowledged with nobody left to cancel them.
    let daemon = world.daemon().start();
    for task in world.tasks() {
        if task["command"].to_string().contains("--forever") {
            world.longhaul(["cancel", &task["id"].to_string()]).run().ok();
        }
    }
    daemon.crash();
    settle(&world);
    for task in world.tasks().iter().take(5) {
        assert_eq!(
            task["state"], "completed",
            "a crash of the daemon alone costs no task: {task:#}"
        );
    }
}

macro_rules! the_daemon_dies_at {
    ($($name:ident: $point:literal,)*) => {
        $(#[test]
        fn $name() {
            the_daemon_dies_at($point);
        })*
    };
}

the_daemon_dies_at! {
    the_daemon_may_die_before_its_first_commit: "store.before-commit",
    the_daemon_may_die_before_its_fourth_commit: "store.before-commit:4",
    the_daemon_may_die_before_its_seventh_commit: "store.before-commit:7",
    the_daemon_may_die_after_its_first_commit: "store.after-commit",
    the_daemon_may_die_after_its_third_commit: "store.after-commit:3",
    the_daemon_may_die_after_its_sixth_commit: "store.after-commit:6",
    the_daemon_may_die_between_a_claim_and_its_folder: "engine.claimed",
    the_daemon_may_die_between_a_folder_and_its_supervisor: "engine.folder-created",
    the_daemon_may_die_after_it_started_a_supervisor: "engine.supervisor-started",
    the_daemon_may_die_after_it_started_a_second_supervisor: "engine.supervisor-started:2",
    the_daemon_may_die_between_a_receipt_and_its_record: "engine.receipt-read",
    the_daemon_may_die_between_a_second_receipt_and_its_record: "engine.receipt-read:2",
    the_daemon_may_die_between_a_recorded_cancel_and_the_kill: "engine.cancel-recorded",
}

/// Every supervisor dies at `point`; so does the daemon, a little later. The three tasks end in one of `truths`.
fn supervisors_die_at(point: &str, truths: &[&str]) {
    let world = World::new();
    let daemon = world.daemon().armed(point).start();
    for number in 0..3 {
        let escapee = format!("escapee{number}");
        let command = world.agent(&["--say", "up", "--escape", &escapee, "--wait-for", "gate", "--exit", "0"]);
        world.post_task(json!({"command": command}));
    }
    world.open_gate("gate");
    // The first point lies before anything is told, so its claims are given back and made again while it is armed.
    let told = if point == "supervisor.locked" {
        "spec.json"
    } else {
        "started.json"
    };
    let is_told = |id: u64| {
        let folders = std::fs::read_dir(world.attempts(id)).into_iter().flatten().flatten();
        folders.map(|folder| folder.path().join(told)).any(|file| file.exists())
    };
    let has_died = |id: u64| is_told(id) && world.supervisors_of(id).is_empty();
    wait_until("every supervisor has died once", PATIENCE, || (1..=3).all(has_died));
    daemon.crash();
    settle(&world);
    for task in world.tasks().iter().take(3) {
        assert!(truths.iter().any(|state| task["state"] == *state), "{task:#}");
    }
}

macro_rules! supervisors_die_at {
    ($($name:ident: $point:literal => $truths:expr,)*) => {
        $(#[test]
        fn $name() {
            supervisors_die_at($point, &$truths);
        })*
    };
}

// Where the program may have run unseen, `completed` would be a guess; where it cannot have run, so would be an end.
supervisors_die_at! {
    a_supervisor_may_die_when_it_has_its_lock: "supervisor.locked" => ["completed"],
    a_supervisor_may_die_when_it_has_told_that_it_started: "supervisor.started" => ["completed", "interrupted"],
    a_supervisor_may_die_when_it_has_spawned_the_program: "supervisor.spawned" => ["interrupted"],
    a_supervisor_may_die_between_the_exit_and_the_receipt: "supervisor.exited" => ["interrupted"],
    a_supervisor_may_die_when_it_has_written_the_receipt: "supervisor.receipt" => ["completed"],
}

#[test]
fn a_running_task_is_adopted_after_a_crash_and_its_true_code_is_told() {
    let world = World::new();
    let script = [
        "--say",
        "before",
        "--touch",
        "up",
        "--wait-for",
        "gate",
        "--say",
        "after",
        "--exit",
        "42",
    ];
    let id = world.submit_agent(&[], &script);
    wait_until("the program is up", PATIENCE, || world.path("up").exists());
    let (program, supervisor) = (world.program_of(id), world.supervisor(id));
    world.crash_daemon();
    let _daemon = world.daemon().start();
    assert_eq!(world.state(id), "running");
    assert_eq!((world.program_of(id), world.supervisor(id)), (program, supervisor));
    world.open_gate("gate");
    let task = world.finish(id);
    assert_eq!(task["outcome"]["exit_code"], 42);
    assert_eq!(task["attempt"], 1);
    assert_eq!(world.output(id), b"before\nafter\n");
    world.check_truth();
}

#[test]
fn what_ended_while_no_daemon_was_there_is_told_truly() {
    let world = World::new();
    let id = world.submit_agent(&[], &["--wait-for", "gate", "--say", "alone", "--exit", "17"]);
    let dies = world.submit_agent(&[], &["--wait-for", "gate", "--die", "SEGV"]);
    world.reach(id, "running");
    let supervisors = [world.supervisor(id), world.supervisor(dies)];
    wait_until("both programs are up", PATIENCE, || {
        [id, dies]
            .iter()
            .all(|id| !longhaul_testkit::marks::read(&world.marks(), *id).is_empty())
    });
    world.crash_daemon();
    world.open_gate("gate");
    wait_until("both are over", PATIENCE, || {
        supervisors.iter().all(|pid| !processes::is_alive(*pid))
    });
    let _daemon = world.daemon().start();
    assert_eq!(world.finish(id)["outcome"]["exit_code"], 17);
    assert_eq!(world.finish(dies)["outcome"]["signal"], "SIGSEGV");
    assert_eq!(world.output(id), b"alone\n");
    world.check_truth();
}

#[test]
fn a_program_killed_by_a_stranger_is_a_failure_with_its_signal() {
    let world = World::new();
    let id = world.submit_agent(&[], &["--forever"]);
    processes::send(world.program_of(id), Signal::KILL);
    let task = world.finish(id);
    assert_eq!(
        (&task["state"], &task["outcome"]["signal"]),
        (&json!("failed"), &json!("SIGKILL"))
    );
}

#[test]
fn whoever_is_killed_with_the_supervisor_the_task_is_interrupted_and_its_tree_swept() {
    // Which of daemon and program die with the supervisor.
    for with in [[false, false], [false, true], [true, false], [true, true]] {
        let world = World::new();
        let daemon = world.daemon().start();
        let id = world.post_task(json!({"command": world.agent(&["--escape", "escapee", "--forever"])}));
        wait_until("the tree is up", PATIENCE, || world.path("escapee").exists());
        let beside = [daemon.pid(), world.program_of(id)];
        let chosen = beside
            .into_iter()
            .zip(with)
            .filter_map(|(pid, is_killed)| is_killed.then_some(pid));
        let victims: Vec<_> = chosen.chain([world.supervisor(id)]).collect();
        for pid in &victims {
            processes::send(*pid, Signal::KILL);
        }
        wait_until("they are gone", PATIENCE, || {
            victims.iter().all(|pid| !processes::is_alive(*pid))
        });
        assert_eq!(world.finish(id)["state"], "interrupted", "{with:?}");
        assert!(world.processes_of(id).is_empty(), "{with:?}");
        world.check_truth();
    }
}

#[test]
fn a_stopped_daemon_that_goes_on_has_lost_nothing() {
    let world = World::new();
    let daemon = world.daemon().start();
    let id = world.post_task(json!({"command": world.agent(&["--touch", "up", "--wait-for", "gate"])}));
    wait_until("the program is up", PATIENCE, || world.path("up").exists());
    let supervisor = world.supervisor(id);
    daemon.signal(Signal::STOP);
    world.open_gate("gate");
    wait_until("it ends without the daemon", PATIENCE, || {
        !processes::is_alive(supervisor)
    });
    daemon.signal(Signal::CONT);
    assert_eq!(world.finish(id)["state"], "completed");
    world.check_truth();
}

#[test]
fn a_stopped_supervisor_that_goes_on_tells_the_true_end() {
    let world = World::new();
    let id = world.submit_agent(&[], &["--wait-for", "gate", "--exit", "5"]);
    world.program_of(id);
    let supervisor = world.supervisor(id);
    processes::send(supervisor, Signal::STOP);
    world.open_gate("gate");
    wait_until("the program has said its end", PATIENCE, || {
        longhaul_testkit::marks::read(&world.marks(), id)
            .iter()
            .any(|mark| mark.word == "end")
    });
    assert_eq!(world.state(id), "running");
    processes::send(supervisor, Signal::CONT);
    assert_eq!(world.finish(id)["outcome"]["exit_code"], 5);
}

#[test]
fn a_restart_swaps_the_daemon_under_running_tasks() {
    let world = World::new();
    let id = world.submit_agent(&[], &["--wait-for", "gate", "--exit", "6"]);
    let program = world.program_of(id);
    let before = world.daemons();
    world.longhaul(["daemon", "restart"]).run().ok();
    wait_until("it answers", PATIENCE, || world.is_answering());
    let after = world.daemons();
    assert_eq!(after.len(), 1);
    assert_ne!(before, after);
    assert_eq!(world.program_of(id), program);
    world.open_gate("gate");
    assert_eq!(world.finish(id)["outcome"]["exit_code"], 6);
    world.check_truth();
}

#[test]
fn holds_delays_and_dependencies_survive_a_crash() {
    let world = World::new();
    let gated = world.submit_agent(&[], &["--wait-for", "gate"]);
    let after = world.submit(&["--after", &gated.to_string()], &["true"]);
    let held = world.submit(&["--hold"], &["true"]);
    let delayed = world.submit(&["--in", "1h"], &["true"]);
    world.reach(gated, "running");
    world.crash_daemon();
    let _daemon = world.daemon().start();
    for (id, wait) in [(after, "dependency"), (held, "held"), (delayed, "not-before")] {
        assert_eq!(world.task(id)["waiting_for"][0]["kind"], wait);
    }
    world.open_gate("gate");
    assert_eq!(world.finish(after)["state"], "completed");
    world.longhaul(["release", &held.to_string()]).run().ok();
    assert_eq!(world.finish(held)["state"], "completed");
    world.longhaul(["cancel", &delayed.to_string()]).run().ok();
    world.check_truth();
}
