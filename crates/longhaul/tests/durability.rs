//! Durability stories: something is killed at a named point, started again, and the seven rules hold.

use std::fs;
use std::path::Path;
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

/// Every supervisor dies at `point`; so does the daemon, a little later.
fn supervisors_die_at(point: &str) {
    let world = World::new();
    let daemon = world.daemon().armed(point).start();
    for number in 0..3 {
        let escapee = format!("escapee{number}");
        let command = world.agent(&["--say", "up", "--escape", &escapee, "--wait-for", "gate", "--exit", "0"]);
        world.post_task(json!({"command": command}));
    }
    world.open_gate("gate");
    // Two points lie before the program, so that a claim is given back and made again for as long as it is armed.
    let has_died = |id: u64| world.attempts(id).exists() && world.supervisors_of(id).is_empty();
    wait_until("every supervisor has died once", PATIENCE, || (1..=3).all(has_died));
    daemon.crash();
    settle(&world);
    for task in world.tasks().iter().take(3) {
        let is_true = ["completed", "interrupted"].iter().any(|state| task["state"] == *state);
        assert!(is_true, "{task:#}");
        if point == "supervisor.receipt" {
            assert_eq!(task["state"], "completed", "the receipt was written: {task:#}");
        }
    }
}

macro_rules! supervisors_die_at {
    ($($name:ident: $point:literal,)*) => {
        $(#[test]
        fn $name() {
            supervisors_die_at($point);
        })*
    };
}

supervisors_die_at! {
    a_supervisor_may_die_when_it_has_its_lock: "supervisor.locked",
    a_supervisor_may_die_when_it_has_told_that_it_started: "supervisor.started",
    a_supervisor_may_die_when_it_has_spawned_the_program: "supervisor.spawned",
    a_supervisor_may_die_between_the_exit_and_the_receipt: "supervisor.exited",
    a_supervisor_may_die_when_it_has_written_the_receipt: "supervisor.receipt",
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
fn when_all_are_killed_at_once_the_task_is_interrupted_and_its_tree_swept() {
    let world = World::new();
    let id = world.submit_agent(&[], &["--escape", "escapee", "--forever"]);
    wait_until("the tree is up", PATIENCE, || world.path("escapee").exists());
    let pids = [world.daemons()[0], world.supervisor(id), world.program_of(id)];
    for pid in pids {
        processes::send(pid, Signal::KILL);
    }
    wait_until("all are gone", PATIENCE, || {
        pids.iter().all(|pid| !processes::is_alive(*pid))
    });
    let _daemon = world.daemon().start();
    assert_eq!(world.finish(id)["state"], "interrupted");
    assert!(world.processes_of(id).is_empty());
    world.check_truth();
}

/// Every attempt file named `name` of a task.
fn attempt_files(world: &World, id: u64, name: &str) -> Vec<std::path::PathBuf> {
    let folders = fs::read_dir(world.attempts(id)).expect("the task was attempted");
    folders
        .flatten()
        .map(|folder| folder.path().join(name))
        .filter(|file| file.exists())
        .collect()
}

/// Rewrites a text within a file, in every place.
fn rewrite(file: &Path, change: impl FnOnce(Value) -> Value) {
    let text = fs::read(file).expect("it is there");
    let value = serde_json::from_slice(&text).expect("it is JSON");
    fs::write(file, change(value).to_string()).expect("it can be written");
}

/// Replaces every value of a field of this name, however deep.
fn replace(value: &mut Value, field: &str, new: &Value) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                if name == field {
                    *inner = new.clone()
                } else {
                    replace(inner, field, new)
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|inner| replace(inner, field, new)),
        _ => {}
    }
}

#[test]
fn after_a_reboot_what_ran_is_interrupted_and_no_stranger_is_touched() {
    let world = World::new();
    let mut daemon = world.daemon().start();
    let id = world.post_task(json!({"command": world.agent(&["--forever"])}));
    let supervisor = world.supervisor(id);
    world.program_of(id);
    daemon.signal(Signal::KILL);
    daemon.wait_for_death(PATIENCE);
    processes::send(supervisor, Signal::KILL);
    wait_until("nothing of it is left", PATIENCE, || world.processes_of(id).is_empty());
    // What a reboot looks like: another boot, and the old numbers belong to strangers.
    let stranger = world.program("sleep").arg("1000").spawn();
    for file in attempt_files(&world, id, "started.json") {
        rewrite(&file, |mut started| {
            replace(&mut started, "boot_id", &json!("00000000-0000-4000-8000-000000000000"));
            replace(&mut started, "boot", &json!("00000000-0000-4000-8000-000000000000"));
            replace(&mut started, "pid", &json!(stranger.pid()));
            started
        });
    }
    let _daemon = world.daemon().start();
    assert_eq!(world.finish(id)["state"], "interrupted");
    assert!(processes::is_alive(stranger.pid()));
}

#[test]
fn a_pid_that_now_belongs_to_a_stranger_is_never_signalled() {
    let world = World::new();
    let daemon = world.daemon().start();
    let id = world.post_task(json!({"command": world.agent(&["--forever"])}));
    let supervisor = world.supervisor(id);
    world.program_of(id);
    daemon.crash();
    processes::send(supervisor, Signal::KILL);
    wait_until("nothing of it is left", PATIENCE, || world.processes_of(id).is_empty());
    let stranger = world.program("sleep").arg("1000").without_env("TEST_WORLD").spawn();
    for file in attempt_files(&world, id, "started.json") {
        rewrite(&file, |mut started| {
            replace(&mut started, "pid", &json!(stranger.pid()));
            started
        });
    }
    let _daemon = world.daemon().start();
    assert_eq!(world.finish(id)["state"], "interrupted");
    assert!(processes::is_alive(stranger.pid()));
}

#[test]
fn a_damaged_receipt_is_never_taken_for_an_end_and_never_replaced() {
    for damage in [
        &b""[..],
        b"\0\0\0\0\0\0\0\0",
        b"{\"version\":1,\"end\":",
        b"not json",
        b"{\"version\":999}",
    ] {
        let world = World::new();
        let daemon = world.daemon().start();
        let id = world.post_task(json!({"command": world.agent(&["--wait-for", "gate"])}));
        let supervisor = world.supervisor(id);
        world.program_of(id);
        daemon.crash();
        world.open_gate("gate");
        wait_until("it is over", PATIENCE, || !processes::is_alive(supervisor));
        let files = attempt_files(&world, id, "receipt.json");
        assert_eq!(files.len(), 1, "it wrote a receipt");
        fs::write(&files[0], damage).expect("it can be written");
        let daemon = world.daemon().start();
        let task = world.finish(id);
        assert_eq!(task["state"], "interrupted", "{task:#}");
        daemon.stop();
        let kept = fs::read_dir(files[0].parent().expect("it lies in a folder")).expect("the folder is kept");
        let is_kept = kept
            .flatten()
            .any(|file| fs::read(file.path()).is_ok_and(|bytes| bytes == damage));
        assert!(is_kept, "the damaged receipt was thrown away");
    }
}

/// A home with one finished task in it, and no daemon; the database file.
fn with_history(world: &World) -> std::path::PathBuf {
    let daemon = world.daemon().start();
    let id = world.post_task(json!({"command": ["echo", "precious"]}));
    world.finish(id);
    daemon.stop();
    let mut look = vec![world.home().join("state")];
    while let Some(folder) = look.pop() {
        for entry in fs::read_dir(folder).expect("it can be read").flatten() {
            let path = entry.path();
            if path.is_dir() {
                look.push(path);
            } else if fs::read(&path).is_ok_and(|bytes| bytes.starts_with(b"SQLite format 3\0")) {
                return path;
            }
        }
    }
    panic!("there is no database");
}

#[test]
fn a_damaged_database_is_refused_and_left_as_it_is() {
    let damages: [fn(&mut Vec<u8>); 3] = [
        |bytes| bytes.truncate(1000),
        |bytes| bytes.fill(0),
        |bytes| bytes.iter_mut().for_each(|byte| *byte ^= 0x5a),
    ];
    for damage in damages {
        let world = World::new();
        let database = with_history(&world);
        let mut bytes = fs::read(&database).expect("it can be read");
        damage(&mut bytes);
        fs::write(&database, &bytes).expect("it can be written");
        let mut daemon = world.daemon().start();
        let ran = daemon.wait_for_death(PATIENCE);
        assert_ne!(ran.code, Some(0));
        let talk = ran.talk();
        assert!(talk.contains(&database.display().to_string()), "which file? {talk}");
        assert!(
            fs::read(&database).expect("it is still there") == bytes,
            "the damaged database was touched"
        );
        let ran = world.longhaul(["run", "-d", "--", "true"]).run();
        assert!(ran.expect(125).text().is_empty());
        assert!(
            fs::read(&database).expect("it is still there") == bytes,
            "the damaged database was touched"
        );
    }
}

#[test]
fn a_newer_schema_is_refused_with_both_numbers_and_a_cure() {
    let world = World::new();
    let database = with_history(&world);
    // The user version is the four bytes at 60 of the file's head.
    let mut bytes = fs::read(&database).expect("it can be read");
    bytes[60..64].copy_from_slice(&9999_u32.to_be_bytes());
    fs::write(&database, &bytes).expect("it can be written");
    let ran = world.daemon().start().wait_for_death(PATIENCE);
    assert_ne!(ran.code, Some(0));
    assert!(ran.talk().contains("9999"), "{}", ran.talk());
    assert!(fs::read(&database).expect("it is still there") == bytes);
}

#[test]
fn a_second_daemon_on_the_same_home_is_refused_and_harms_nothing() {
    let world = World::new();
    let first = world.daemon().start();
    let ran = world.longhaul(["daemon", "run"]).run();
    assert_ne!(ran.code, Some(0));
    assert!(ran.talk().contains(&first.pid().to_string()), "{}", ran.talk());
    assert!(world.is_answering());
    assert_eq!(world.daemons(), [first.pid()]);
}

#[test]
fn a_stale_socket_and_lock_do_not_stop_a_new_daemon() {
    let world = World::new();
    world.daemon().start().crash();
    assert!(world.socket().is_some(), "a crash leaves the socket behind");
    let id = world.submit(&[], &["true"]);
    assert_eq!(world.finish(id)["state"], "completed");
}

#[test]
fn a_socket_that_vanishes_is_made_anew() {
    let world = World::new();
    let daemon = world.daemon().start();
    fs::remove_file(world.socket().expect("it listens")).expect("it can be removed");
    wait_until("the socket is back", PATIENCE, || world.is_answering());
    assert_eq!(world.daemons(), [daemon.pid()]);
}

#[test]
fn an_id_is_never_given_twice_even_if_the_database_is_lost() {
    let world = World::new();
    let database = with_history(&world);
    let folder = database.parent().expect("it lies in a folder");
    for entry in fs::read_dir(folder).expect("it can be read").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let stem = database
            .file_name()
            .expect("it has a name")
            .to_string_lossy()
            .into_owned();
        if name.starts_with(&stem) {
            fs::remove_file(entry.path()).expect("it can be removed");
        }
    }
    let _daemon = world.daemon().start();
    let id = world.post_task(json!({"command": ["true"]}));
    assert_eq!(id, 2, "attempt 1 has a folder");
    world.finish(id);
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
        !processes::is_alive(supervisor) || is_zombie(supervisor)
    });
    daemon.signal(Signal::CONT);
    assert_eq!(world.finish(id)["state"], "completed");
    world.check_truth();
}

fn is_zombie(pid: u32) -> bool {
    !processes::is_alive(pid)
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

#[test]
fn everything_in_the_home_is_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new();
    let id = world.submit(&[], &["echo", "private"]);
    world.finish(id);
    let mut look = vec![world.home()];
    while let Some(path) = look.pop() {
        let data = fs::symlink_metadata(&path).expect("it is there");
        let mode = data.permissions().mode() & 0o777;
        // The home itself was made by the test; what is in it was not.
        if data.is_dir() {
            assert!(
                mode == 0o700 || path == world.home(),
                "{} has mode {mode:o}",
                path.display()
            );
            look.extend(
                fs::read_dir(&path)
                    .expect("it can be read")
                    .flatten()
                    .map(|entry| entry.path()),
            );
        } else {
            assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", path.display());
        }
    }
}
