//! Submitting: an acknowledged task is there, is what was asked, and belongs to who asked.

use longhaul_testkit::{PATIENCE, World, wait_until};
use serde_json::json;

#[test]
fn fifty_parallel_submits_are_all_there_and_all_run() {
    let world = World::new();
    let calls: Vec<_> = (0..50)
        .map(|_| world.longhaul(["run", "-d", "--", "true"]).spawn())
        .collect();
    let mut ids: Vec<u64> = calls.into_iter().map(|call| call.wait().ok().id()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 50, "{ids:?}");
    for id in ids {
        world.acknowledge(id);
        assert_eq!(world.finish(id)["state"], "completed");
    }
    world.check_truth();
}

#[test]
fn clients_that_find_no_daemon_at_the_same_time_start_one() {
    let world = World::new();
    let calls: Vec<_> = (0..8).map(|_| world.longhaul(["run", "--", "true"]).spawn()).collect();
    for call in calls {
        call.wait().ok();
    }
    wait_until("only one is left", PATIENCE, || world.daemons().len() == 1);
    assert_eq!(world.tasks().len(), 8);
}

#[test]
fn the_id_is_alone_on_stdout_and_the_hint_on_stderr() {
    let world = World::new();
    let ran = world.longhaul(["run", "-d", "--", "true"]).run();
    let id = ran.ok().id();
    assert_eq!(ran.text(), format!("{id}\n"));
    assert!(ran.talk().contains(&format!("longhaul await {id}")), "{}", ran.talk());
    world.finish(id);
}

#[test]
fn a_daemon_that_was_started_on_the_way_does_not_hold_the_callers_pipe() {
    let world = World::new();
    let script = format!("{} run -d -- true | cat", world.binary().display());
    let ran = world.program("sh").args(["-c", &script]).run();
    assert_eq!(ran.ok().id(), 1);
    world.finish(1);
}

#[test]
fn an_attached_run_gives_the_output_and_the_exit_code_of_the_program() {
    let world = World::new();
    let ran = world
        .longhaul(["run", "--", "sh", "-c", "echo out; echo err >&2; exit 7"])
        .run();
    ran.expect(7);
    assert!(ran.text().starts_with("out\n"), "{}", ran.text());
    assert!(
        world
            .longhaul(["task", "--", "echo", "alias"])
            .run()
            .ok()
            .text()
            .contains("alias")
    );
}

#[test]
fn a_background_await_tells_the_id_first_and_then_gives_the_result() {
    let world = World::new();
    let ran = world.longhaul(["run", "-d", "--await", "--", "echo", "result"]).run();
    assert_eq!(ran.ok().text(), "result\n");
    assert!(
        ran.talk().lines().next().is_some_and(|line| line.contains('1')),
        "{}",
        ran.talk()
    );
    let gate = world.path("gate");
    let script = format!("until [ -e {} ]; do sleep 0.02; done", gate.display());
    for limit in [["--wait-timeout", "100ms"], ["--timeout-ms", "100"]] {
        let arguments = ["run", "-d", "--await"]
            .into_iter()
            .chain(limit)
            .chain(["--", "sh", "-c", &script]);
        world.longhaul(arguments).run().expect(124);
    }
    world.open_gate("gate");
    for id in [2, 3] {
        assert_eq!(world.finish(id)["state"], "completed");
    }
}

#[test]
fn a_program_that_cannot_be_started_fails_with_the_reason() {
    let world = World::new();
    std::fs::write(world.path("plain"), "no program").expect("the world can be written");
    let plain = world.path("plain").display().to_string();
    for program in ["no-such-program-at-all", "./missing", &plain] {
        let ran = world.longhaul(["run", "--", program]).run();
        ran.expect(1);
        let tasks = world.tasks();
        let task = tasks.last().expect("it was submitted");
        assert_eq!(task["state"], "failed");
        assert_eq!(task["outcome"]["reason"], "spawn-error", "{task:#}");
        assert!(task["outcome"]["exit_code"].is_null());
        let message = task["outcome"]["message"].as_str().expect("a failure has a message");
        assert!(message.contains(program.trim_start_matches("./")), "{message}");
        assert!(ran.talk().contains(program.trim_start_matches("./")), "{}", ran.talk());
    }
    world.check_truth();
}

#[test]
fn a_folder_that_is_missing_or_a_file_fails_with_the_reason() {
    let world = World::new();
    std::fs::write(world.path("file"), "").expect("the world can be written");
    for folder in ["missing", "file"] {
        let cwd = world.path(folder).display().to_string();
        let id = world.post_task(json!({"command": ["true"], "cwd": cwd}));
        let task = world.finish(id);
        assert_eq!(task["state"], "failed");
        assert!(
            ["spawn-error", "setup"]
                .iter()
                .any(|reason| task["outcome"]["reason"] == *reason),
            "{task:#}"
        );
        assert!(
            task["outcome"]["message"]
                .as_str()
                .is_some_and(|message| message.contains(&cwd)),
            "{task:#}"
        );
    }
}

#[test]
fn arguments_arrive_byte_for_byte() {
    let world = World::new();
    let long = "x".repeat(100_000);
    let arguments = [
        "\"quotes\" 'and' `ticks`",
        "two\nlines\r\n",
        "--write",
        "--help",
        "-d",
        "-",
        "",
        "héllo 🚚",
        "$HOME *",
        &long,
    ];
    for argument in arguments {
        let ran = world.longhaul(["run", "--", "printf", "%s", argument]).run();
        assert_eq!(ran.ok().text(), argument);
    }
}

#[test]
fn a_mebibyte_arrives_byte_for_byte_over_stdin_and_over_a_file() {
    let world = World::new();
    let bytes: Vec<u8> = (0..1024 * 1024_u32)
        .map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let ran = world
        .longhaul(["run", "--stdin", "-", "--", "cat"])
        .stdin(bytes.clone())
        .run();
    assert!(ran.ok().stdout == bytes, "{} bytes came back", ran.stdout.len());
    std::fs::write(world.path("input"), &bytes).expect("the world can be written");
    let ran = world.longhaul(["run", "--stdin", "input", "--", "cat"]).run();
    assert!(ran.ok().stdout == bytes, "{} bytes came back", ran.stdout.len());
}

#[test]
fn a_program_that_reads_stdin_does_not_hang() {
    let world = World::new();
    let ran = world
        .longhaul(["run", "--", "sh", "-c", "cat; echo end"])
        .stdin("not for the task")
        .run();
    assert_eq!(ran.ok().text(), "end\n");
}

#[test]
fn an_unknown_flag_creates_nothing() {
    let world = World::new();
    let ran = world.longhaul(["run", "--no-such-flag", "--", "true"]).run();
    assert!(ran.expect(2).talk().contains("--no-such-flag"), "{}", ran.talk());
    assert!(ran.text().is_empty());
    assert!(world.tasks().is_empty());
}

#[test]
fn the_same_key_gives_the_same_task_and_another_body_a_conflict() {
    let world = World::new();
    let submit = |script: &str| {
        let spec = world.spec(json!({"command": ["sh", "-c", script]}));
        world
            .api()
            .request("POST", "/api/v1/tasks")
            .header("Idempotency-Key", "k-1")
            .json(&spec)
            .send()
    };
    let first = submit("echo one").expect(201);
    let again = submit("echo one").expect(200);
    assert_eq!(first["id"], again["id"]);
    submit("echo two").expect_problem(409);
    assert_eq!(world.tasks().len(), 1);
    world.finish(1);
    assert_eq!(submit("echo one").expect(200)["id"], 1, "a key outlives its task's end");
}

#[test]
fn the_command_line_takes_a_key_and_another_environment_is_still_the_same_request() {
    let world = World::new();
    let submit = |value: &str| {
        world
            .longhaul(["run", "-d", "--key", "k", "--", "true"])
            .env("SOMETHING", value)
            .run()
            .ok()
            .id()
    };
    assert_eq!(submit("one"), submit("two"));
    world
        .longhaul(["run", "-d", "--key", "k", "--", "false"])
        .run()
        .expect(125);
    assert_eq!(world.tasks().len(), 1);
    world.finish(1);
}

#[test]
fn simultaneous_submits_with_one_key_make_one_task() {
    let world = World::new();
    world.api();
    let calls: Vec<_> = (0..10)
        .map(|_| world.longhaul(["run", "-d", "--key", "k", "--", "true"]).spawn())
        .collect();
    for call in calls {
        assert_eq!(call.wait().ok().id(), 1);
    }
    assert_eq!(world.tasks().len(), 1);
    world.finish(1);
}

#[test]
fn a_task_gets_its_submitters_environment_folder_and_umask() {
    let world = World::new();
    world.api();
    let folder = world.path("sub");
    std::fs::create_dir(&folder).expect("the world can be written");
    let longhaul = world.binary().display().to_string();
    let script = "umask 027; exec \"$0\" run --env ADDED=added --env TAKEN -- \
                  sh -c 'echo $GIVEN $ADDED $TAKEN; pwd; umask'";
    let call = world.program("sh").args(["-c", script, &longhaul]).cwd(&folder);
    let ran = call.env("GIVEN", "given").env("TAKEN", "taken").run();
    assert_eq!(
        ran.ok().text(),
        format!("given added taken\n{}\n0027\n", folder.display())
    );
}

#[test]
fn the_c_option_sets_the_folder() {
    let world = World::new();
    let folder = world.path("elsewhere");
    std::fs::create_dir(&folder).expect("the world can be written");
    let ran = world.longhaul(["run", "-C", "elsewhere", "--", "pwd"]).run();
    assert_eq!(ran.ok().text(), format!("{}\n", folder.display()));
}

#[test]
fn the_environment_is_never_shown() {
    let world = World::new();
    world
        .longhaul(["run", "--env", "API_KEY=s3cr3t-value", "--", "true"])
        .env("OTHER", "s3cr3t-value")
        .run()
        .ok();
    for arguments in [
        vec!["list", "--json"],
        vec!["status", "1", "--json"],
        vec!["export"],
        vec!["status", "1"],
    ] {
        let ran = world.longhaul(&arguments).run();
        assert!(!ran.ok().text().contains("s3cr3t-value"), "{arguments:?}");
    }
    let api = world.api();
    for target in [
        "/api/v1/tasks",
        "/api/v1/tasks/1",
        "/api/v1/tasks/1/history",
        "/metrics",
    ] {
        assert!(!api.get(target).text().contains("s3cr3t-value"), "{target}");
    }
}

#[test]
fn a_task_knows_who_it_is_and_where_the_api_is() {
    let world = World::new();
    let script =
        "echo $LONGHAUL_TASK_ID $LONGHAUL_ATTEMPT; test -S \"$LONGHAUL_SOCKET\" && test -n \"$LONGHAUL_TOKEN\"";
    let ran = world.longhaul(["run", "--", "sh", "-c", script]).run();
    assert_eq!(ran.ok().text(), "1 1\n");
}

#[test]
fn what_was_asked_is_what_the_task_shows() {
    let world = World::new();
    let options = [
        "--name",
        "my work",
        "--queue",
        "slow",
        "--priority",
        "-3",
        "--label",
        "team=core",
        "--label",
        "x=",
    ];
    let id = world.submit(&options, &["echo", "a b"]);
    let task = world.finish(id);
    assert_eq!(task["name"], "my work");
    assert_eq!(task["kind"], "command");
    assert_eq!(task["queue"], "slow");
    assert_eq!(task["priority"], -3);
    assert_eq!(task["labels"], json!({"team": "core", "x": ""}));
    assert_eq!(task["command"], json!(["echo", "a b"]));
    assert_eq!(task["access"], "unmanaged");
    assert!(task["prompt"].is_null() && task["agent"].is_null() && task["parent"].is_null());
}

#[test]
fn the_origin_is_kept() {
    let world = World::new();
    let options = [
        "--origin-session",
        "s1",
        "--origin-message",
        "m1",
        "--origin-url",
        "https://x.example/1",
        "--origin-key",
        "k1",
    ];
    let id = world.submit(&options, &["true"]);
    let origin = world.finish(id)["origin"].clone();
    assert_eq!(origin["session"], "s1");
    assert_eq!(origin["message"], "m1");
    assert_eq!(origin["url"], "https://x.example/1");
    assert_eq!(origin["key"], "k1");
}

#[test]
fn a_detached_run_survives_the_terminal_it_was_started_in() {
    let world = World::new();
    let script = "\"$0\" run -d -- sh -c 'until [ -e gate ]; do sleep 0.02; done; echo survived'; kill -HUP 0";
    let longhaul = world.binary().display().to_string();
    // A session of its own, as a terminal has, which then hangs up.
    world
        .program("setsid")
        .args(["-w", "sh", "-c", script, &longhaul])
        .run();
    let id = 1;
    wait_until("the task runs", PATIENCE, || world.state(id) == "running");
    world.open_gate("gate");
    assert_eq!(world.finish(id)["state"], "completed");
    assert_eq!(world.output(id), b"survived\n");
}
