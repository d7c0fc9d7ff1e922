//! Retry and redispatch: when they are allowed, what they make, and how the records are linked.

use longhaul_testkit::{PATIENCE, Signal, World, marks, processes, wait_until};
use serde_json::{Value, json};

fn act(world: &World, id: u64, act: &str, body: &Value) -> longhaul_testkit::Answer {
    world.api().post(&format!("/api/v1/tasks/{id}/{act}"), body)
}

#[test]
fn failed_canceled_and_interrupted_tasks_may_be_retried() {
    let world = World::new();
    for verb in ["retry", "redispatch"] {
        let failed = world.submit(&[], &["false"]);
        world.finish(failed);
        let canceled = world.submit(&["--hold"], &["true"]);
        world.longhaul(["cancel", &canceled.to_string()]).run().ok();
        let lost = world.submit_agent(&[], &["--wait-for", verb]);
        world.program_of(lost);
        processes::send(world.supervisor(lost), Signal::KILL);
        assert_eq!(world.finish(lost)["state"], "interrupted");
        world.open_gate(verb);
        for (id, end) in [(failed, "failed"), (canceled, "completed"), (lost, "completed")] {
            let answer = act(&world, id, verb, &Value::Null).expect(202);
            let new = answer["task_id"].as_u64().expect("it tells the new id");
            assert_eq!(answer, json!({"task_id": new}));
            world.acknowledge(new);
            assert_eq!(world.finish(new)["state"], end);
            assert_eq!(world.task(new)["retry_of"], id);
            assert_eq!(world.task(id)["retried_by"], new);
        }
    }
    world.check_truth();
}

#[test]
fn active_tasks_may_not_be_retried() {
    let world = World::new();
    let running = world.submit_agent(&[], &["--wait-for", "gate"]);
    world.reach(running, "running");
    world.longhaul(["pause", "--queue", "q"]).run().ok();
    let queued = world.submit(&["--queue", "q"], &["true"]);
    let waiting = world.submit(&["--hold"], &["true"]);
    for verb in ["retry", "redispatch"] {
        for id in [running, queued, waiting] {
            act(&world, id, verb, &Value::Null).expect_problem(409);
            act(&world, id, verb, &json!({"force": true})).expect_problem(409);
            world.longhaul([verb, &id.to_string()]).run().expect(1);
        }
        act(&world, 999, verb, &Value::Null).expect_problem(404);
        world.longhaul([verb, "999"]).run().expect(125);
    }
    assert_eq!(world.tasks().len(), 3);
    world.open_gate("gate");
    world.finish(running);
    world
        .longhaul(["cancel", &queued.to_string(), &waiting.to_string()])
        .run()
        .ok();
}

#[test]
fn a_completed_task_is_repeated_only_by_force() {
    let world = World::new();
    let id = world.submit(&[], &["true"]);
    world.finish(id);
    act(&world, id, "retry", &Value::Null).expect_problem(409);
    let new = act(&world, id, "retry", &json!({"force": true})).expect(202)["task_id"]
        .as_u64()
        .expect("an id");
    assert_eq!(world.finish(new)["state"], "completed");
}

#[test]
fn of_two_retries_at_once_one_wins() {
    let world = World::new();
    let id = world.submit_script(
        &[],
        "test $LONGHAUL_TASK_ID -gt 1 && until [ -e gate ]; do sleep 0.02; done",
    );
    assert_eq!(world.finish(id)["state"], "failed");
    let api = world.api();
    let target = format!("/api/v1/tasks/{id}/retry");
    let statuses = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..2)
            .map(|_| scope.spawn(|| api.post(&target, &Value::Null).status))
            .collect();
        let mut statuses: Vec<_> = calls.into_iter().map(|call| call.join().expect("it answers")).collect();
        statuses.sort_unstable();
        statuses
    });
    assert_eq!(statuses, [202, 409]);
    world.open_gate("gate");
    assert_eq!(world.finish(2)["state"], "completed");
    assert_eq!(world.tasks().len(), 2);
}

#[test]
fn a_chain_keeps_its_root_and_knows_its_newest() {
    let world = World::new();
    let root = world.submit(&[], &["false"]);
    world.finish(root);
    let mut newest = root;
    for _ in 0..2 {
        newest = world
            .longhaul(["retry", &newest.to_string(), "--json"])
            .run()
            .ok()
            .json()["task_id"]
            .as_u64()
            .expect("an id");
        world.finish(newest);
    }
    for id in root..=newest {
        let task = world.task(id);
        assert_eq!(task["chain"], root);
        assert_eq!(
            task["retried_by"],
            if id == newest { Value::Null } else { json!(newest) },
            "{task:#}"
        );
    }
    assert_eq!(world.task(newest)["retry_of"], newest - 1);
}

#[test]
fn while_a_later_task_of_the_chain_is_active_none_of_it_may_be_retried() {
    let world = World::new();
    let root = world.submit_script(
        &[],
        "test $LONGHAUL_TASK_ID -gt 2 && until [ -e gate ]; do sleep 0.02; done",
    );
    world.finish(root);
    let second = world.longhaul(["retry", &root.to_string(), "--json"]).run().ok().json()["task_id"]
        .as_u64()
        .expect("an id");
    world.finish(second);
    let third = world
        .longhaul(["retry", &second.to_string(), "--json"])
        .run()
        .ok()
        .json()["task_id"]
        .as_u64()
        .expect("an id");
    for id in [root, second] {
        act(&world, id, "retry", &Value::Null).expect_problem(409);
    }
    world.open_gate("gate");
    assert_eq!(world.finish(third)["state"], "completed");
}

#[test]
fn a_task_whose_folder_is_gone_is_gone() {
    let world = World::new();
    let folder = world.path("gone");
    std::fs::create_dir(&folder).expect("the world can be written");
    let id = world.submit(&["-C", "gone"], &["false"]);
    world.finish(id);
    std::fs::remove_dir(&folder).expect("it is empty");
    let answer = act(&world, id, "redispatch", &Value::Null);
    answer.expect_problem(410);
    assert!(answer.json()["hint"].is_string(), "{}", answer.text());
    assert!(world.task(id)["retried_by"].is_null());
}

#[test]
fn a_retry_has_the_same_spec_and_the_first_submitters_environment() {
    let world = World::new();
    let call = world.longhaul([
        "run",
        "-d",
        "--name",
        "n",
        "--queue",
        "q",
        "--priority",
        "4",
        "--label",
        "a=b",
        "--retries",
        "0",
        "--",
        "sh",
        "-c",
        "echo $WHO $PWD; exit 3",
    ]);
    let first = call.env("WHO", "first").run().ok().id();
    world.finish(first);
    let elsewhere = world.root().join("user");
    let call = world
        .longhaul(["retry", &first.to_string(), "--json"])
        .env("WHO", "second")
        .cwd(elsewhere);
    let second = call.run().ok().json()["task_id"].as_u64().expect("an id");
    let (first, second) = (world.task(first), world.finish(second));
    for field in [
        "name",
        "kind",
        "command",
        "cwd",
        "workspace",
        "access",
        "isolation",
        "queue",
        "priority",
        "labels",
    ] {
        assert_eq!(first[field], second[field], "{field}");
    }
    assert_eq!(second["outcome"]["exit_code"], 3);
    let text = String::from_utf8(world.output(second["id"].as_u64().expect("an id"))).expect("it is text");
    assert!(text.starts_with("first "), "{text}");
}

#[test]
fn an_automatic_retry_is_another_attempt_of_the_same_task_after_a_back_off() {
    let world = World::new();
    let command = world.agent(&[]);
    let script = "\"$@\"; test $LONGHAUL_ATTEMPT = 2 || exit 9";
    let command: Vec<_> = ["sh", "-c", script, "sh"]
        .into_iter()
        .chain(command.iter().map(String::as_str))
        .collect();
    let id = world.submit(&["--retries", "2"], &command);
    let waiting = world.reach(id, "waiting");
    assert_eq!(waiting["waiting_for"][0]["kind"], "backoff");
    assert!(waiting["waiting_for"][0]["until"].is_string(), "{waiting:#}");
    let task = world.finish(id);
    assert_eq!(task["state"], "completed");
    assert_eq!((&task["attempt"], &task["max_attempts"]), (&json!(2), &json!(3)));
    let attempts: Vec<_> = marks::read(&world.marks(), id)
        .iter()
        .map(|mark| mark.attempt)
        .collect();
    assert_eq!(attempts, [1, 1, 2, 2]);
    world.check_truth();
}

#[test]
fn retries_run_out() {
    let world = World::new();
    let id = world.submit(&["--retries", "1"], &["sh", "-c", "echo $LONGHAUL_ATTEMPT; exit 5"]);
    let task = world.finish(id);
    assert_eq!(task["outcome"]["exit_code"], 5);
    assert_eq!(task["attempt"], 2);
    let first = world
        .longhaul(["logs", &id.to_string(), "--attempt", "1"])
        .run()
        .ok()
        .text();
    let second = world.longhaul(["logs", &id.to_string()]).run().ok().text();
    assert_eq!((first.as_str(), second.as_str()), ("1\n", "2\n"));
}

#[test]
fn what_would_fail_again_is_not_retried() {
    let world = World::new();
    let id = world.submit(&["--retries", "3"], &["no-such-program-at-all"]);
    let task = world.finish(id);
    assert_eq!(task["outcome"]["reason"], "spawn-error");
    assert_eq!(task["attempt"], 1);
}

#[test]
fn a_canceled_attempt_is_not_retried_nor_is_one_that_backs_off() {
    let world = World::new();
    let running = world.submit_agent(&["--retries", "3"], &["--touch", "up", "--forever"]);
    wait_until("the program is up", PATIENCE, || world.path("up").exists());
    world.longhaul(["cancel", &running.to_string()]).run().ok();
    assert_eq!(world.task(running)["state"], "canceled");
    let backing = world.submit(&["--retries", "9"], &["false"]);
    world.reach(backing, "waiting");
    world.longhaul(["cancel", &backing.to_string()]).run().ok();
    assert_eq!(world.task(backing)["state"], "canceled");
}

#[test]
fn a_lost_attempt_is_retried_only_on_request_and_only_when_its_tree_is_gone() {
    let world = World::new();
    let script = ["--hold-pipe", "escapee", "--wait-for", "gate"];
    let plain = world.submit_agent(&["--retries", "2"], &script);
    wait_until("the tree is up", PATIENCE, || world.path("escapee").exists());
    processes::send(world.supervisor(plain), Signal::KILL);
    assert_eq!(world.finish(plain)["state"], "interrupted");
    std::fs::remove_file(world.path("escapee")).expect("it was written");
    let asked = world.submit_agent(&["--retries", "2", "--retry-lost"], &script);
    wait_until("the tree is up", PATIENCE, || world.path("escapee").exists());
    processes::send(world.supervisor(asked), Signal::KILL);
    world.open_gate("gate");
    let task = world.finish(asked);
    assert_eq!(task["state"], "completed", "{task:#}");
    assert_eq!(task["attempt"], 2);
    world.check_truth();
}
