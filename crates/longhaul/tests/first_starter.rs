//! Whoever's command happens to start the daemon leaves nothing of its own behind for everybody's tasks.

#![cfg(target_os = "linux")]

use longhaul_testkit::{Invocation, PATIENCE, Signal, World, wait_until};

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
    let findings = found["findings"].as_array().expect("a list");
    let git = findings.iter().find(|finding| finding["code"] == "git");
    assert_eq!(git.expect("git was looked for")["level"], "ok", "{found}");
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
