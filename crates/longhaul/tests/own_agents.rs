//! Agents of the user's own, from the configuration, through the front door.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use longhaul_testkit::World;

/// A world with a program `mine` and this about it in the configuration.
fn world(script: &str, table: &str) -> World {
    let world = World::new();
    let folder = world.path("programs");
    fs::create_dir(&folder).expect("a folder");
    let program = folder.join("mine");
    fs::write(&program, format!("#!/bin/sh\n{script}")).expect("a program");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("its mode");
    world.set_env("PATH", format!("{}:/usr/bin:/bin", folder.display()));
    let config = format!("default_agent = \"mine\"\n[agents.mine]\n{table}");
    fs::write(world.home().join("config.toml"), config).expect("the configuration");
    world
}

#[test]
fn what_it_prints_is_the_result_byte_for_byte() {
    let world = world(
        "echo \"$@\" >&2; cat; printf ' grün\\r\\n'",
        "command = [\"mine\", \"--ask\"]\nwrite = [\"--yes\"]\nmodel_arguments = [\"--model\", \"{model}\"]\n",
    );
    let prompt = "--weird \"quoted\" $HOME `x` {model}\n@file /cmd 🚀";
    let ran = world
        .longhaul(["run", "--agent", "mine", "--write", "--model", "big one", "--", prompt])
        .run();
    assert_eq!(ran.ok().text(), format!("{prompt} grün\r\n"));
    assert_eq!(
        world.longhaul(["result", "1"]).run().ok().text(),
        format!("{prompt} grün\r\n")
    );
    let stderr = world.longhaul(["logs", "1", "--stderr"]).run().ok().text();
    assert_eq!(stderr, "--ask --yes --model big one\n");
    assert_eq!(world.task(1)["agent"], "mine");
}

#[test]
fn a_prompt_can_come_in_a_file_and_a_session_goes_on() {
    let world = world(
        "case $1 in --go-on) echo \"{\\\"id\\\":\\\"$2\\\",\\\"say\\\":\\\"on with $2\\\"}\";; *) \
         printf '{\"id\":\"s-7\"}\\n{\"say\":\"first\"}\\n{\"say\":\"%s\"}\\n' \"$(cat \"$2\")\";; esac",
        "command = [\"mine\", \"--file\", \"{prompt_file}\"]\nresume = [\"mine\", \"--go-on\", \"{session}\"]\n\
         output = \"json-lines\"\nmessage = \"/say\"\nsession = \"/id\"\n",
    );
    assert_eq!(
        world.longhaul(["run", "--write", "hello there"]).run().ok().text(),
        "hello there"
    );
    let task = world.task(1);
    assert_eq!(task["session"]["id"], "s-7");
    assert_eq!(task["session"]["resume_command"], "mine --go-on s-7");
    let again = world.longhaul(["run", "--write", "--resume", "1", "more"]).run();
    assert_eq!(again.ok().text(), "on with s-7");
}

#[test]
fn it_completes_only_with_exit_0_and_words() {
    let script =
        "case $(cat) in none) ;; fails) echo half; exit 3;; error) echo '{\"error\":\"not logged in\"}'; exit 1;; esac";
    let text = world(script, "command = [\"mine\"]\n");
    assert_eq!(text.longhaul(["run", "--write", "none"]).run().expect(1).text(), "");
    assert_eq!(text.task(1)["outcome"]["reason"], "no-final-message");
    text.longhaul(["run", "--write", "fails"]).run().expect(3);
    assert_eq!(text.task(2)["outcome"]["exit_code"], 3);
    let lines = world(
        script,
        "command = [\"mine\"]\noutput = \"json-lines\"\nmessage = \"/say\"\nerror = \"/error\"\n",
    );
    lines.longhaul(["run", "--write", "error"]).run().expect(1);
    let outcome = &lines.task(1)["outcome"];
    assert_eq!(
        (&outcome["reason"], &outcome["agent_error"]),
        (&"agent-error".into(), &"not-signed-in".into())
    );
}

#[test]
fn settings_that_make_no_agent_stop_the_daemon_with_their_name() {
    for (table, told) in [
        ("read_only = [\"--ro\"]\n", "there is no `command`"),
        (
            "command = [\"mine\", \"{modle}\"]\n",
            "`{modle}` in `command` is no placeholder",
        ),
        ("command = [\"mine\"]\ncolour = \"red\"\n", "unknown key `colour`"),
    ] {
        let world = world("", table);
        let ran = world.longhaul(["daemon", "run"]).run();
        assert_eq!(ran.expect(125).text(), "");
        let talk = ran.talk();
        assert!(talk.contains(told), "{talk}");
        assert!(talk.contains("agents.mine") || talk.contains("line 4"), "{talk}");
    }
}

#[test]
fn a_program_that_comes_with_longhaul_can_be_another_one() {
    let world = world(
        "printf '{\"type\":\"thread.started\",\"thread_id\":\"t\"}\\n'; printf '%s ' \"$@\" >&2",
        "command = [\"mine\"]\n[agents.codex]\nprogram = \"mine\"\nmodel = \"small\"\narguments = [\"--extra\"]\n",
    );
    world
        .longhaul(["run", "--write", "--agent", "codex", "hello"])
        .run()
        .expect(1);
    let stderr = world.longhaul(["logs", "1", "--stderr"]).run().ok().text();
    assert!(
        stderr.contains("exec --json") && stderr.contains("--model=small"),
        "{stderr}"
    );
    assert!(stderr.contains("--extra"), "{stderr}");
}
