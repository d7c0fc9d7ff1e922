//! States: what a task went through, how it ended, and that both are told truly.

use longhaul_testkit::{PATIENCE, Signal, World, processes, wait_until};
use serde_json::Value;

#[test]
fn the_exit_code_of_a_run_is_the_programs_own_up_to_123() {
    let world = World::new();
    for code in [0, 1, 2, 75, 123] {
        let ran = world.longhaul(["run", "--", "sh", "-c", &format!("exit {code}")]).run();
        ran.expect(code);
    }
    for code in [124, 125, 130, 255] {
        world
            .longhaul(["run", "--", "sh", "-c", &format!("exit {code}")])
            .run()
            .expect(1);
        let tasks = world.tasks();
        let task = tasks.last().expect("it was submitted");
        assert_eq!(task["outcome"]["exit_code"], code);
        assert_eq!(task["outcome"]["reason"], "exit");
    }
    world.check_truth();
}

#[test]
fn a_death_by_signal_keeps_the_signal() {
    let world = World::new();
    for (number, name) in [
        ("KILL", "SIGKILL"),
        ("SEGV", "SIGSEGV"),
        ("TERM", "SIGTERM"),
        ("USR1", "SIGUSR1"),
    ] {
        world
            .longhaul(["run", "--", "sh", "-c", &format!("kill -{number} $$")])
            .run()
            .expect(1);
        let tasks = world.tasks();
        let task = tasks.last().expect("it was submitted");
        assert_eq!(task["state"], "failed");
        assert_eq!(task["outcome"]["reason"], "signal");
        assert_eq!(task["outcome"]["signal"], name);
        assert!(task["outcome"]["exit_code"].is_null());
    }
    world.check_truth();
}

#[test]
fn a_task_has_every_field_of_the_contract() {
    let world = World::new();
    let id = world.submit(&[], &["true"]);
    let fields = "id name kind state waiting_for blocked_by command prompt agent workspace cwd access isolation \
                  enforcement queue priority created_at started_at ended_at queue_ms duration_ms attempt max_attempts \
                  outcome session origin parent retry_of retried_by chain usage summary output_bytes output_truncated \
                  stopping labels";
    let finished = world.finish(id);
    let listed = world.longhaul(["list", "--json"]).run().json()["tasks"][0].clone();
    let shown = world.longhaul(["status", "1", "--json"]).run().json();
    for field in fields.split_whitespace() {
        for (from, task) in [("api", &finished), ("list", &listed), ("status", &shown)] {
            assert!(task.get(field).is_some(), "{from}: no {field} in {task:#}");
        }
    }
    for field in ["reason", "exit_code", "signal", "agent_error", "message", "hint"] {
        assert!(
            finished["outcome"].get(field).is_some(),
            "no outcome.{field} in {finished:#}"
        );
    }
    assert_eq!(finished["chain"], id);
    assert_eq!(finished["attempt"], 1);
    assert_eq!(finished["max_attempts"], 1);
    assert!(finished["stopping"].is_null() && finished["retry_of"].is_null());
}

#[test]
fn times_are_told_in_order_and_before_the_first_attempt_there_are_none() {
    let world = World::new();
    let held = world.submit(&["--hold"], &["true"]);
    let waiting = world.task(held);
    assert_eq!(waiting["state"], "waiting");
    assert_eq!(waiting["waiting_for"][0]["kind"], "held");
    assert_eq!(waiting["attempt"], 0);
    assert!(waiting["started_at"].is_null() && waiting["duration_ms"].is_null());
    world.longhaul(["release", &held.to_string()]).run().ok();
    let task = world.finish(held);
    let time = |field: &str| {
        task[field]
            .as_str()
            .unwrap_or_else(|| panic!("no {field}: {task:#}"))
            .to_owned()
    };
    let (created, started, ended) = (time("created_at"), time("started_at"), time("ended_at"));
    assert!(created <= started && started <= ended, "{created} {started} {ended}");
    assert!(created.contains('T') && created.ends_with('Z'), "{created}");
}

#[test]
fn queue_time_and_run_time_are_told_apart() {
    let world = World::new();
    world.longhaul(["limit", "default", "1"]).run().ok();
    let first = world.submit(&[], &["sleep", "0.6"]);
    let second = world.submit(&[], &["true"]);
    world.finish(first);
    let (first, second) = (world.task(first), world.finish(second));
    let length = |task: &Value, field: &str| task[field].as_u64().unwrap_or_else(|| panic!("no {field}: {task:#}"));
    assert!(length(&first, "duration_ms") >= 590, "{first:#}");
    assert!(length(&second, "queue_ms") >= 300, "{second:#}");
    assert!(
        length(&second, "duration_ms") < length(&second, "queue_ms"),
        "{second:#}"
    );
}

#[test]
fn the_history_tells_time_event_and_actor_of_every_step() {
    let world = World::new();
    let id = world.submit(&[], &["true"]);
    world.finish(id);
    let history = world.history(id);
    let steps: Vec<_> = history
        .iter()
        .map(|step| step["to"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(steps, ["queued", "running", "completed"], "{history:#?}");
    assert!(
        history
            .iter()
            .all(|step| step["at"].as_str().is_some_and(|at| at.ends_with('Z')))
    );
    let actors: Vec<_> = history.iter().map(|step| step["actor"].to_string()).collect();
    assert!(actors[0].contains("user") && actors[1].contains("daemon"), "{actors:?}");
    world.check_truth();
}

#[test]
fn the_history_tells_who_canceled_and_why() {
    let world = World::new();
    let id = world.submit(&["--hold"], &["true"]);
    world
        .longhaul(["cancel", &id.to_string(), "--reason", "wrong branch"])
        .run()
        .ok();
    let history = world.history(id);
    let last = history.last().expect("it has a history");
    assert_eq!(last["to"], "canceled");
    assert!(last["actor"].to_string().contains("user"), "{last:#}");
    assert!(last.to_string().contains("wrong branch"), "{last:#}");
    assert!(
        world.task(id)["outcome"]["message"]
            .as_str()
            .is_some_and(|message| message.contains("wrong branch"))
    );
}

#[test]
fn a_run_past_its_timeout_is_stopped_and_failed() {
    let world = World::new();
    let ran = world
        .longhaul(["run", "--timeout", "300ms", "--", "sleep", "100"])
        .run();
    ran.expect(1);
    let task = world.task(1);
    assert_eq!(task["state"], "failed");
    assert_eq!(task["outcome"]["reason"], "timeout");
    assert!(world.processes_of(1).is_empty());
}

#[test]
fn a_silent_run_past_its_idle_timeout_is_stopped_and_a_talking_one_is_not() {
    let world = World::new();
    let silent = world.submit(&["--idle-timeout", "400ms"], &["sleep", "100"]);
    let talking = world.submit_script(
        &["--idle-timeout", "1s"],
        "for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.2; done",
    );
    assert_eq!(world.finish(silent)["outcome"]["reason"], "idle-timeout");
    assert_eq!(world.finish(talking)["state"], "completed");
}

#[test]
fn a_task_whose_supervisor_was_killed_is_interrupted_and_never_guessed() {
    let world = World::new();
    let id = world.submit_agent(&[], &["--escape", "pid", "--forever"]);
    wait_until("the tree is up", PATIENCE, || world.path("pid").exists());
    processes::send(world.supervisor(id), Signal::KILL);
    let task = world.finish(id);
    assert_eq!(task["state"], "interrupted");
    assert_eq!(task["outcome"]["reason"], "lost");
    assert!(task["outcome"]["exit_code"].is_null() && task["outcome"]["signal"].is_null());
    assert!(world.processes_of(id).is_empty());
    world.longhaul(["await", &id.to_string()]).run().expect(75);
    world.check_truth();
}

#[test]
fn a_supervisor_that_is_told_to_end_by_a_stranger_stops_its_tree_and_records_lost() {
    let world = World::new();
    let id = world.submit_agent(&[], &["--child", "child", "--escape", "pid", "--forever"]);
    wait_until("the tree is up", PATIENCE, || world.path("pid").exists());
    processes::send(world.supervisor(id), Signal::TERM);
    let task = world.finish(id);
    assert_eq!(task["state"], "interrupted");
    assert_eq!(task["outcome"]["reason"], "lost");
    world.check_truth();
}

#[test]
fn what_a_program_leaves_running_is_gone_before_it_is_over() {
    let world = World::new();
    let id = world.submit_agent(&[], &["--child", "child", "--escape", "escapee"]);
    assert_eq!(world.finish(id)["state"], "completed");
    for file in ["child", "escapee"] {
        let pid = std::fs::read_to_string(world.path(file)).expect("it wrote its pid");
        assert!(
            !processes::is_alive(pid.trim().parse().expect("a pid is a number")),
            "{file}"
        );
    }
    world.check_truth();
}

#[test]
fn leftovers_are_kept_on_request() {
    let world = World::new();
    world.leaves_processes();
    let id = world.submit_agent(&["--leftovers", "keep"], &["--escape", "escapee"]);
    let task = world.finish(id);
    assert_eq!(task["state"], "completed");
    let pid = std::fs::read_to_string(world.path("escapee")).expect("it wrote its pid");
    let pid: u32 = pid.trim().parse().expect("a pid is a number");
    assert!(processes::is_alive(pid));
    let shown = world.longhaul(["status", &id.to_string()]).run().ok().text();
    assert!(shown.contains(&pid.to_string()), "{shown}");
}

#[test]
fn a_task_may_have_a_terminal() {
    let world = World::new();
    let ran = world
        .longhaul([
            "run",
            "--pty",
            "--",
            "sh",
            "-c",
            "test -t 1 && test -t 2 && : > /dev/tty && echo yes",
        ])
        .run();
    assert!(ran.ok().text().contains("yes"), "{}", ran.text());
    world.longhaul(["run", "--", "sh", "-c", "test -t 1"]).run().expect(1);
}

#[test]
fn both_spellings_of_canceled_are_understood() {
    let world = World::new();
    let id = world.submit(&["--hold"], &["true"]);
    world.longhaul(["cancel", &id.to_string()]).run().ok();
    for spelling in ["canceled", "cancelled"] {
        let listed = world.longhaul(["list", "--state", spelling, "--json"]).run().json();
        assert_eq!(listed["tasks"][0]["id"], id, "{spelling}");
        assert_eq!(listed["tasks"][0]["state"], "canceled");
    }
}

#[test]
fn a_running_task_says_who_asked_it_to_end() {
    let world = World::new();
    let id = world.submit_agent(&[], &["--ignore", "TERM", "--touch", "up", "--forever"]);
    wait_until("the program is up", PATIENCE, || world.path("up").exists());
    world
        .api()
        .post(&format!("/api/v1/tasks/{id}/cancel"), &Value::Null)
        .expect(202);
    let task = world.task(id);
    assert_eq!(task["state"], "running");
    assert!(task["stopping"]["since"].is_string(), "{task:#}");
    assert!(task["stopping"]["by"].to_string().contains("user"), "{task:#}");
    assert_eq!(world.finish(id)["state"], "canceled");
    world.check_truth();
}
