//! Whoever's command happens to start the daemon leaves nothing of its own behind for everybody's tasks.

#![cfg(target_os = "linux")]

use longhaul_testkit::{Invocation, PATIENCE, Signal, World, wait_until};
use serde_json::Value;

/// A call of `longhaul` by a shell that does something to itself first; `done` ends with what starts it.
fn after(world: &World, done: &str, arguments: &[&str]) -> Invocation {
    let script = format!("{done} \"$0\" \"$@\"");
    let shell = world.program("/bin/sh").args(["-c", &script]).arg(world.binary());
    shell.args(arguments)
}

#[test]
fn tasks_end_although_the_first_command_ignored_the_end_of_children() {
    let world = World::new();
    let first = after(
        &world,
        "exec env --ignore-signal",
        &["run", "--", "sh", "-c", "echo first; exit 3"],
    )
    .run();
    assert_eq!(first.expect(3).text(), "first\n");
    let second = world.submit(&[], &["sh", "-c", "kill -TERM $$"]);
    assert_eq!(world.finish(second)["outcome"]["signal"], "SIGTERM");
}

#[test]
fn a_client_that_ignores_the_end_of_children_sees_how_its_own_ended() {
    let world = World::new();
    let doctor = after(&world, "exec env --ignore-signal=CHLD", &["doctor", "--json"]);
    let doctor = doctor
        .env("LONGHAUL_SOCKET", world.path("nobody"))
        .env("LONGHAUL_PATIENCE_MS", "50");
    let found = doctor.run().json();
    assert_eq!(finding(&found, "git")["level"], "ok", "{found}");
}

#[test]
fn a_daemon_in_the_foreground_hears_what_its_starter_had_blocked() {
    let world = World::new();
    let daemon = world
        .program("/usr/bin/env")
        .args(["--block-signal", "--ignore-signal=CHLD"])
        .arg(world.binary())
        .args(["daemon", "run"])
        .spawn();
    wait_until("the daemon answers", PATIENCE, || world.is_answering());
    let ran = world.longhaul(["run", "--", "sh", "-c", "exit 3"]).run();
    assert_eq!(ran.code, Some(3), "{}", ran.talk());
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.wait().code, Some(0));
}

#[test]
fn a_limit_on_the_size_of_files_kills_neither_supervisor_nor_daemon() {
    let world = World::new();
    // Beyond the limit of whichever unit the shell counts in.
    let script = "head -c 9000000 /dev/zero; exit 3";
    let first = after(&world, "ulimit -f 8192; exec", &["run", "-d", "--", "sh", "-c", script]).run();
    let id = first.ok().id();
    let task = world.finish(id);
    assert_eq!(
        (&task["state"], &task["outcome"]["exit_code"]),
        (&"failed".into(), &3.into()),
        "{task}"
    );
    let daemons = world.daemons();
    let long = "x".repeat(90_000);
    for _ in 0..45 {
        world.longhaul(["run", "-d", "--hold", "--", "echo", &long]).run();
    }
    assert_eq!(world.daemons(), daemons, "the same daemon goes on");
    world.leaves_open_tasks();
}

#[test]
fn soft_limits_niceness_and_scheduling_of_the_first_command_hold_nobody() {
    let world = World::new();
    let ask = "ulimit -S -n; ulimit -S -f; ulimit -S -s; nice; nproc; chrt -p $$ | head -1 | sed s/.*:.//; ionice";
    let hard = world
        .program("/bin/sh")
        .args(["-c", "ulimit -H -n; ulimit -H -f"])
        .run();
    let hard = hard.ok().text();
    let usual = world.program("/bin/sh").args(["-c", "nproc"]).run().ok().text();
    let poor =
        "ulimit -S -n 200; ulimit -S -f 4096; ulimit -S -s 4096; exec nice -n 0 chrt -b 0 taskset -c 0 ionice -c3";
    after(&world, poor, &["run", "--", "true"]).run().ok();
    let told = world.longhaul(["run", "--", "sh", "-c", ask]).run().ok().text();
    assert_eq!(told, format!("{hard}8192\n0\n{usual}SCHED_OTHER\nnone: prio 0\n"));
    let found = doctor(&world, "limits");
    assert_eq!(found["level"], "ok", "{found}");
}

#[test]
fn the_doctor_names_what_the_daemon_could_not_throw_off() {
    let world = World::new();
    after(&world, "ulimit -n 300; ulimit -f 20480; exec", &["run", "--", "true"])
        .run()
        .ok();
    let found = doctor(&world, "limits");
    let message = found["message"].as_str().unwrap_or_default();
    assert_eq!(found["level"], "warning", "{found}");
    assert!(
        message.contains("300 open files") && message.contains("files of at most"),
        "{found}"
    );
    assert!(found["cure"].is_string(), "{found}");
}

#[test]
fn variables_of_git_and_a_poor_path_of_the_first_command_lead_no_diff_astray() {
    let world = World::new();
    let shop = world.repository();
    world
        .longhaul(["list"])
        .env("PATH", "/poor")
        .env("GIT_LITERAL_PATHSPECS", "1")
        .env("GIT_QUARANTINE_PATH", "/tmp")
        .run()
        .ok();
    let shop = shop.display().to_string();
    let script = "mkdir deep && echo one >deep/one && echo two >two";
    let task = world.submit_script(&["--worktree", "-C", &shop], script);
    assert_eq!(world.finish(task)["state"], "completed");
    let diff = world.longhaul(["diff", &task.to_string()]).run().ok().text();
    assert!(diff.contains("deep/one") && diff.contains("two"), "{diff}");
    world.longhaul(["discard", &task.to_string()]).run().ok();
}

fn doctor(world: &World, code: &str) -> Value {
    finding(&world.longhaul(["doctor", "--json"]).run().json(), code)
}

fn finding(found: &Value, code: &str) -> Value {
    let mut findings = found["findings"].as_array().expect("a list").iter();
    findings
        .find(|finding| finding["code"] == code)
        .expect("it was looked at")
        .clone()
}
