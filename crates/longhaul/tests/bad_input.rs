//! Bad input: one clear message with a cure, the right code, and nothing changed.

use longhaul_testkit::{PATIENCE, World};

/// Runs, and asserts the code, silence on stdout, and a message that names what was wrong.
#[track_caller]
fn refused(world: &World, code: i32, arguments: &[&str], names: &str) {
    let ran = world.longhaul(arguments).run();
    ran.expect(code);
    let talk = ran.talk();
    assert!(ran.text().is_empty(), "{arguments:?} wrote to stdout: {}", ran.text());
    assert!(talk.contains(names), "{arguments:?} does not name {names:?}: {talk}");
    assert!(
        !talk.contains("panicked") && !talk.contains("Error {") && !talk.contains("RUST_BACKTRACE"),
        "{talk}"
    );
}

#[test]
fn usage_errors_are_2_and_name_what_was_wrong() {
    let world = World::new();
    refused(&world, 2, &["dance"], "dance");
    refused(&world, 2, &["run", "--colour", "--", "true"], "--colour");
    refused(&world, 2, &["run", "--timeout", "soon", "--", "true"], "soon");
    refused(&world, 2, &["run", "--timeout=-5s", "--", "true"], "-5s");
    refused(&world, 2, &["run", "--in", "whenever", "--", "true"], "whenever");
    refused(&world, 2, &["run", "--at", "tomorrowish", "--", "true"], "tomorrowish");
    refused(&world, 2, &["run", "--priority", "high", "--", "true"], "high");
    refused(&world, 2, &["run", "--retries=-1", "--", "true"], "-1");
    refused(&world, 2, &["run", "--after", "first", "--", "true"], "first");
    refused(&world, 2, &["run", "--label", "no-value", "--", "true"], "no-value");
    refused(&world, 2, &["run", "--leftovers", "eat", "--", "true"], "eat");
    refused(&world, 2, &["run", "--notify", "everyone", "--", "true"], "everyone");
    refused(&world, 2, &["run", "--queue", "two words", "--", "true"], "two words");
    refused(&world, 2, &["run"], "");
    refused(&world, 2, &["run", "--"], "");
    refused(&world, 2, &["run", "two", "words"], "--");
    refused(&world, 2, &["run", "a prompt without an agent"], "agent");
    refused(&world, 2, &["await", "abc"], "abc");
    refused(&world, 2, &["status", "-1"], "");
    refused(&world, 2, &["list", "--state", "dancing"], "dancing");
    refused(&world, 2, &["list", "--limit", "many"], "many");
    refused(&world, 2, &["limit", "default", "many"], "many");
    refused(&world, 2, &["limit", "default", "-1"], "");
    refused(&world, 2, &["logs"], "");
    refused(&world, 2, &["completions", "klingon"], "klingon");
    refused(&world, 2, &["daemon", "dance"], "dance");
    refused(&world, 2, &["clone"], "");
    assert!(world.tasks().is_empty());
}

#[test]
fn unknown_ids_are_125_and_named() {
    let world = World::new();
    for command in [
        "status",
        "logs",
        "result",
        "cancel",
        "retry",
        "redispatch",
        "hold",
        "release",
        "top",
        "wake",
        "ack",
        "await",
    ] {
        refused(&world, 125, &[command, "4711"], "4711");
    }
    refused(&world, 125, &["edit", "4711", "--priority", "1"], "4711");
    refused(&world, 125, &["run", "-d", "--after", "4711", "--", "true"], "4711");
    assert!(world.tasks().is_empty());
}

#[test]
fn an_error_is_one_line_and_a_hint() {
    let world = World::new();
    let shown = world.longhaul(["await", "4711"]).run().shown();
    let lines: Vec<_> = shown.lines().collect();
    assert_eq!(lines[..3], ["code: 125", "--- stdout", "--- stderr"], "{shown}");
    assert!(lines[3].starts_with("error: ") && lines[3].contains("4711"), "{shown}");
    assert!(lines[4].starts_with("hint: ") && lines.len() == 5, "{shown}");
}

#[test]
fn a_stdin_file_that_is_missing_is_refused_before_anything_is_submitted() {
    let world = World::new();
    let ran = world.longhaul(["run", "--stdin", "no-such-file", "--", "cat"]).run();
    assert!([Some(2), Some(125)].contains(&ran.code), "{:?}", ran.code);
    assert!(ran.talk().contains("no-such-file"), "{}", ran.talk());
    assert!(world.tasks().is_empty());
}

#[test]
fn a_home_that_cannot_be_used_is_said_so() {
    let world = World::new();
    std::fs::write(world.path("file"), "").expect("the world can be written");
    let home = world.path("file");
    let ran = world
        .longhaul(["run", "-d", "--", "true"])
        .env("LONGHAUL_HOME", &home)
        .run();
    assert!(
        ran.expect(125).talk().contains(&home.display().to_string()),
        "{}",
        ran.talk()
    );
    assert_eq!(std::fs::read(&home).expect("it is still there"), b"");
}

#[test]
fn an_unknown_key_in_the_configuration_is_refused_with_line_and_nearest_name() {
    let world = World::new();
    std::fs::write(world.home().join("config.toml"), "# mine\n\nliste = \"127.0.0.1:1\"\n").expect("it can be written");
    let ran = world.daemon().start().wait_for_death(PATIENCE);
    assert_ne!(ran.code, Some(0));
    let talk = ran.talk();
    assert!(
        talk.contains("liste") && talk.contains("config.toml") && talk.contains('3'),
        "{talk}"
    );
    let ran = world.longhaul(["run", "-d", "--", "true"]).run();
    assert!(ran.expect(125).talk().contains("liste"), "{}", ran.talk());
}

#[test]
fn a_socket_path_that_is_too_long_still_works() {
    let world = World::new();
    let home = world.root().join("h".repeat(120));
    let call = |arguments: &[&str]| world.longhaul(arguments).env("LONGHAUL_HOME", &home);
    assert_eq!(call(&["run", "--", "echo", "works"]).run().ok().text(), "works\n");
    let status = call(&["daemon", "status", "--json"]).run().ok().json();
    assert!(
        status["socket"].as_str().is_some_and(|path| path.len() <= 100),
        "{status}"
    );
    call(&["daemon", "stop"]).run().ok();
}

#[test]
fn a_home_with_spaces_quotes_and_letters_of_all_kinds_works() {
    let world = World::new();
    let home = world.root().join("it's a \"home\" ünïcode 🚚");
    let call = |arguments: &[&str]| world.longhaul(arguments).env("LONGHAUL_HOME", &home);
    assert_eq!(call(&["run", "--", "echo", "works"]).run().ok().text(), "works\n");
    call(&["daemon", "stop"]).run().ok();
}

#[test]
fn without_longhaul_home_the_xdg_folders_are_used() {
    let world = World::new();
    let call = |arguments: &[&str]| world.longhaul(arguments).without_env("LONGHAUL_HOME");
    assert_eq!(call(&["run", "--", "echo", "works"]).run().ok().text(), "works\n");
    assert!(world.root().join("user/state/longhaul").is_dir());
    call(&["daemon", "stop"]).run().ok();
}

#[test]
fn a_closed_stdout_is_no_panic() {
    let world = World::new();
    for number in 0..5 {
        world.submit(&["--hold", "--name", &format!("n{number}")], &["true"]);
    }
    let script = "\"$0\" list | true; \"$0\" list --json >/dev/full; echo $?";
    let longhaul = world.binary().display().to_string();
    let ran = world.program("sh").args(["-c", script, &longhaul]).run();
    assert!(!ran.talk().contains("panicked"), "{}", ran.talk());
    world.longhaul(["cancel", "1", "2", "3", "4", "5"]).run().ok();
}

#[test]
fn a_home_that_is_another_one_in_every_folder_is_refused() {
    let world = World::new();
    for (variable, place) in [("LONGHAUL_HOME", "h"), ("LONGHAUL_HOME", "../h"), ("HOME", "u")] {
        for arguments in [
            &["run", "-d", "--", "true"] as &[&str],
            &["list"],
            &["daemon", "status"],
            &["daemon", "run"],
        ] {
            let call = world.longhaul(arguments).without_env("LONGHAUL_HOME");
            let call = call.without_env("XDG_STATE_HOME").without_env("XDG_CONFIG_HOME");
            let talk = call.env(variable, place).run().expect(125).talk();
            let said = format!(
                "{variable} is `{place}`, which is another folder wherever one stands\nhint: give it as an absolute path"
            );
            assert!(talk.contains(&said), "{talk}");
        }
        assert!(!world.path(place).exists());
    }
}

#[test]
fn a_first_start_under_a_umask_that_forbids_all_leaves_a_home_that_works() {
    use std::os::unix::fs::PermissionsExt;
    for start in [
        "\"$0\" list",
        "\"$0\" run -d --hold -- true",
        "\"$0\" daemon run & until \"$0\" daemon status; do sleep 0.05; done",
    ] {
        let world = World::new();
        let longhaul = world.binary().display().to_string();
        let line = format!("umask 0777; {{ {start}; }} >/dev/null 2>&1");
        world.program("sh").args(["-c", &line, &longhaul]).run().ok();
        let mut look = vec![world.home().join("state"), world.home().join("run")];
        let mut seen = 0;
        while let Some(path) = look.pop() {
            let facts = std::fs::symlink_metadata(&path).expect("it is there");
            let mode = facts.permissions().mode();
            let needed = if facts.is_dir() { 0o700 } else { 0o400 };
            assert_eq!(mode & needed, needed, "{}: {mode:o} by `{start}`", path.display());
            seen += 1;
            if facts.is_dir() {
                look.extend(
                    std::fs::read_dir(&path)
                        .expect("it is ours")
                        .flatten()
                        .map(|entry| entry.path()),
                );
            }
        }
        assert!(seen > 5, "{seen}");
        for id in world.tasks().iter().filter_map(|task| task["id"].as_u64()) {
            world.longhaul(["cancel", &id.to_string()]).run().ok();
        }
    }
}
