//! Waiting is pushed, ends, and never harms the task.

use std::time::{Duration, Instant};

use longhaul_testkit::{PATIENCE, Signal, Spawned, World, processes, wait_until};
use serde_json::Value;

/// A task that waits for `gate`, and is running.
fn gated(world: &World) -> u64 {
    let id = world.submit_agent(&[], &["--say", "said", "--wait-for", "gate"]);
    world.reach(id, "running");
    id
}

/// A waiter that is known to wait.
fn waiter(world: &World, id: u64) -> Spawned {
    let call = world.longhaul(["await", &id.to_string(), "--progress", "50ms"]).spawn();
    wait_until("the waiter tells its progress", PATIENCE, || {
        !call.stderr_so_far().is_empty()
    });
    call
}

#[test]
fn a_finished_task_is_answered_at_once_with_its_own_code() {
    let world = World::new();
    for (script, code) in [
        ("echo out", 0),
        ("echo out; exit 9", 9),
        ("echo out; exit 200", 1),
        ("kill -9 $$", 1),
    ] {
        let id = world.submit_script(&[], script);
        world.finish(id);
        world.longhaul(["await", &id.to_string()]).run().expect(code);
    }
    assert_eq!(world.longhaul(["await", "1"]).run().text(), "out\n");
}

#[test]
fn a_waiter_returns_when_the_task_ends_and_prints_its_result() {
    let world = World::new();
    let id = gated(&world);
    let call = waiter(&world, id);
    world.open_gate("gate");
    assert_eq!(call.wait().ok().text(), "said\n");
}

#[test]
fn a_timeout_of_zero_checks_once() {
    let world = World::new();
    let id = gated(&world);
    let ran = world.longhaul(["await", &id.to_string(), "--timeout", "0"]).run();
    assert!(ran.expect(124).text().contains("running"), "{}", ran.text());
    world.open_gate("gate");
    world.finish(id);
    world.longhaul(["await", &id.to_string(), "--timeout", "0"]).run().ok();
}

#[test]
fn at_its_limit_the_wait_ends_and_the_task_goes_on() {
    let world = World::new();
    let id = gated(&world);
    for limit in [["--timeout", "100ms"], ["--timeout-ms", "100"]] {
        let ran = world.longhaul(["await", &id.to_string()]).args(limit).run();
        assert!(ran.expect(124).text().contains("running"), "{}", ran.text());
        assert_eq!(world.state(id), "running");
    }
    let ran = world
        .longhaul(["await", &id.to_string(), "--timeout", "50ms", "--json"])
        .run();
    let task = ran.expect(124).json();
    assert_eq!(task["wait_timed_out"], true);
    assert_eq!(task["state"], "running");
    world.open_gate("gate");
    world.finish(id);
}

#[test]
fn limits_that_are_none_are_refused_and_huge_ones_are_not() {
    let world = World::new();
    let id = world.submit(&[], &["true"]);
    world.finish(id);
    for limit in ["-1", "soon", "", "1x", "1e99"] {
        world
            .longhaul(["await", &id.to_string(), &format!("--timeout={limit}")])
            .run()
            .expect(2);
    }
    for limit in ["-5", "x", "1.5"] {
        world
            .longhaul(["await", &id.to_string(), &format!("--timeout-ms={limit}")])
            .run()
            .expect(2);
    }
    for limit in [["--timeout", "36500d"], ["--timeout-ms", "4611686018427387"]] {
        world.longhaul(["await", &id.to_string()]).args(limit).run().ok();
    }
    world
        .longhaul(["await", &id.to_string(), "--poll-interval-ms", "500"])
        .run()
        .ok();
}

#[test]
fn a_killed_waiter_never_harms_the_task_and_says_how_to_come_back() {
    let world = World::new();
    let id = gated(&world);
    let program = world.program_of(id);
    for (signal, code) in [
        (Signal::INT, Some(130)),
        (Signal::TERM, Some(143)),
        (Signal::KILL, None),
    ] {
        let call = waiter(&world, id);
        call.signal(signal);
        let ran = call.wait();
        match code {
            // 143 is what a shell makes of a death by SIGTERM, so a waiter may also die by it.
            Some(143) => assert!(ran.code == Some(143) || ran.signal == Some(15), "{:?}", ran.code),
            _ => assert_eq!(ran.code, code),
        }
        if code.is_some() {
            assert!(ran.talk().contains(&format!("longhaul await {id}")), "{}", ran.talk());
        }
        assert_eq!(world.state(id), "running");
        assert!(processes::is_alive(program));
    }
    world.open_gate("gate");
    assert_eq!(world.finish(id)["state"], "completed");
}

#[test]
fn an_interrupted_attached_run_leaves_its_task_running() {
    let world = World::new();
    let call = world
        .longhaul([
            "run",
            "--",
            "sh",
            "-c",
            "echo up; until [ -e gate ]; do sleep 0.02; done",
        ])
        .spawn();
    wait_until("output comes through", PATIENCE, || call.stdout_so_far().contains("up"));
    call.signal(Signal::INT);
    let ran = call.wait();
    assert!(ran.expect(130).talk().contains("longhaul await 1"), "{}", ran.talk());
    assert_eq!(world.state(1), "running");
    world.open_gate("gate");
    assert_eq!(world.finish(1)["state"], "completed");
}

#[test]
fn a_waiter_that_loses_the_daemon_brings_it_back() {
    let world = World::new();
    let id = gated(&world);
    let call = waiter(&world, id);
    world.crash_daemon();
    world.open_gate("gate");
    assert_eq!(call.wait().ok().text(), "said\n");
    wait_until("only one is left", PATIENCE, || world.daemons().len() == 1);
    world.check_truth();
}

#[test]
fn many_waiters_that_lose_the_daemon_bring_one_back() {
    let world = World::new();
    let id = gated(&world);
    let calls: Vec<_> = (0..5).map(|_| waiter(&world, id)).collect();
    world.crash_daemon();
    wait_until("a daemon is back", PATIENCE, || world.is_answering());
    world.open_gate("gate");
    for call in calls {
        call.wait().ok();
    }
    // Those that lost the race for the store need a moment to see that, and go.
    wait_until("only one is left", PATIENCE, || world.daemons().len() == 1);
}

#[test]
fn stopping_the_daemon_ends_its_waits_and_leaves_tasks_running() {
    let world = World::new();
    let id = gated(&world);
    let program = world.program_of(id);
    let call = waiter(&world, id);
    world.longhaul(["daemon", "stop"]).run().ok();
    call.wait().expect(125);
    assert!(world.daemons().is_empty());
    assert!(processes::is_alive(program));
    world.open_gate("gate");
    world.longhaul(["await", &id.to_string()]).run().ok();
    world.check_truth();
}

#[test]
fn a_death_is_told_in_well_under_a_second() {
    let world = World::new();
    let id = world.submit_agent(&[], &["--forever"]);
    let call = waiter(&world, id);
    let program = world.program_of(id);
    let began = Instant::now();
    processes::send(program, Signal::KILL);
    let ran = call.wait();
    let took = began.elapsed();
    ran.expect(1);
    assert!(took < Duration::from_secs(1), "{took:?}");
    assert_eq!(world.task(id)["outcome"]["signal"], "SIGKILL");
}

#[test]
fn several_tasks_are_awaited_with_one_line_each_and_the_first_code_that_is_not_zero() {
    let world = World::new();
    let ids: Vec<_> = ["true", "exit 7", "exit 9"]
        .iter()
        .map(|script| world.submit_script(&[], script))
        .collect();
    let words: Vec<_> = ids.iter().map(u64::to_string).collect();
    let ran = world.longhaul(["await"]).args(&words).run();
    ran.expect(7);
    assert_eq!(ran.text().lines().count(), 3, "{}", ran.text());
    world.longhaul(["await", &words[2], &words[1]]).run().expect(9);
    world.longhaul(["await", &words[0], &words[0]]).run().ok();
}

#[test]
fn any_returns_with_the_first() {
    let world = World::new();
    let slow = gated(&world);
    let quick = world.submit_script(&[], "exit 0");
    let ran = world
        .longhaul(["await", &slow.to_string(), &quick.to_string(), "--any"])
        .run();
    ran.ok();
    assert_eq!(world.state(slow), "running");
    world.open_gate("gate");
    world.finish(slow);
}

#[test]
fn one_unknown_among_many_is_an_error() {
    let world = World::new();
    let id = world.submit(&[], &["true"]);
    world.finish(id);
    let ran = world.longhaul(["await", &id.to_string(), "999"]).run();
    assert!(ran.expect(125).talk().contains("999"), "{}", ran.talk());
    world.longhaul(["await", "999"]).run().expect(125);
    world.longhaul(["await", "one"]).run().expect(2);
    world.longhaul(["await"]).run().expect(2);
}

#[test]
fn it_works_from_another_folder() {
    let world = World::new();
    let id = world.submit(&[], &["echo", "here"]);
    let ran = world.longhaul(["await", &id.to_string()]).cwd("/").run();
    assert_eq!(ran.ok().text(), "here\n");
}

#[test]
fn json_gives_the_task_with_its_result() {
    let world = World::new();
    let id = world.submit_script(&[], "echo out; echo err >&2; exit 4");
    let task = world
        .longhaul(["await", &id.to_string(), "--json"])
        .run()
        .expect(4)
        .json();
    assert_eq!(task["id"], id);
    assert_eq!(task["state"], "failed");
    assert_eq!(task["wait_timed_out"], false);
    assert!(task["result"].to_string().contains("out"), "{task:#}");
}

#[test]
fn over_http_the_wait_is_200_at_the_end_and_202_when_the_time_is_up() {
    let world = World::new();
    let id = gated(&world);
    let api = world.api();
    let target = format!("/api/v1/tasks/{id}/await");
    assert_eq!(
        api.get(&format!("{target}?timeout_ms=50")).expect(202)["state"],
        "running"
    );
    assert_eq!(api.get(&format!("{target}?timeout_ms=0")).expect(202)["id"], id);
    let ended = std::thread::scope(|scope| {
        let call = scope.spawn(|| api.get(&format!("{target}?timeout_ms=30000")).expect(200));
        world.open_gate("gate");
        call.join().expect("it answers")
    });
    assert_eq!(ended["state"], "completed");
    api.get("/api/v1/tasks/999/await?timeout_ms=1").expect_problem(404);
    api.get(&format!("{target}?timeout_ms=soon")).expect_problem(400);
    api.get(&format!("{target}?timeout_ms=-1")).expect_problem(400);
}

#[test]
fn a_waiter_on_a_task_that_waits_is_told_when_it_is_canceled() {
    let world = World::new();
    let id = world.submit(&["--hold"], &["true"]);
    let call = waiter(&world, id);
    world.longhaul(["cancel", &id.to_string()]).run().ok();
    call.wait().expect(130);
}

#[test]
fn pruning_takes_nothing_from_a_waiter() {
    let world = World::new();
    let id = gated(&world);
    let call = waiter(&world, id);
    world.longhaul(["prune"]).run().ok();
    world.api().post("/api/v1/prune", &Value::Null).expect(200);
    world.open_gate("gate");
    assert_eq!(call.wait().ok().text(), "said\n");
}

#[test]
fn a_task_that_is_pruned_while_others_are_awaited_ends_no_wait_and_hangs_none() {
    let world = World::new();
    let finished = world.submit(&[], &["true"]);
    world.finish(finished);
    let id = gated(&world);
    let call = world
        .longhaul(["await", &finished.to_string(), &id.to_string(), "--progress", "50ms"])
        .spawn();
    wait_until("the waiter tells its progress", PATIENCE, || {
        !call.stderr_so_far().is_empty()
    });
    world
        .longhaul(["prune", "--older-than", "0s", "--keep", "0"])
        .run()
        .ok();
    world
        .api()
        .get(&format!("/api/v1/tasks/{finished}"))
        .expect_problem(404);
    world.open_gate("gate");
    let ran = call.wait();
    // It saw the end of the one before it was pruned, or it can no longer know it; it never makes one up.
    assert!(
        [Some(0), Some(125)].contains(&ran.code),
        "{:?}: {}",
        ran.code,
        ran.talk()
    );
}
