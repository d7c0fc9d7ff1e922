//! `longhaul agents`, what `doctor` says of them, and submits for an agent that is not there.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use longhaul_testkit::{PATIENCE, World, wait_until};
use serde_json::{Value, json};

/// A world whose PATH has a folder for agents, and nothing of this machine's own agents.
fn world() -> (World, PathBuf) {
    let world = World::new();
    let folder = world.path("agents");
    fs::create_dir(&folder).expect("a folder");
    world.set_env("PATH", format!("{}:/usr/bin:/bin", folder.display()));
    (world, folder)
}

/// Puts a program there that tells this version, and whether it is signed in by its exit code.
fn install(folder: &std::path::Path, name: &str, version: &str, sign_in_code: i32) {
    let script = format!("#!/bin/sh\ncase $1 in --version) echo '{version}';; *) exit {sign_in_code};; esac\n");
    fs::write(folder.join(name), script).expect("a program");
    fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o755)).expect("its mode");
}

fn agents(world: &World) -> Vec<Value> {
    let listed = world.longhaul(["agents", "--json"]).run().ok().json();
    listed["agents"].as_array().expect("a list").clone()
}

fn named<'a>(agents: &'a [Value], name: &str) -> &'a Value {
    agents
        .iter()
        .find(|agent| agent["name"] == name)
        .expect("an agent of that name")
}

#[test]
fn each_agent_is_told_with_what_is_known_of_it() {
    let (world, folder) = world();
    install(&folder, "codex", "codex-cli 0.169.0", 0);
    install(&folder, "claude", "2.1.197 (Claude Code)", 1);
    let listed = agents(&world);
    let names: Vec<&Value> = listed.iter().map(|agent| &agent["name"]).collect();
    assert_eq!(names, ["codex", "claude", "opencode", "gemini"]);

    let codex = named(&listed, "codex");
    assert_eq!(codex["installed"], true);
    assert_eq!(codex["version"], "0.169.0");
    assert_eq!(codex["path"], json!(folder.join("codex")));
    assert_eq!(codex["signed_in"], true);
    assert_eq!(codex["sessions"], json!(world.user().join(".codex/sessions")));
    assert_eq!(codex["findings"], json!([]));
    assert!(
        codex["capabilities"]
            .as_array()
            .expect("a list")
            .contains(&json!("read-only-sandbox"))
    );

    // Not signed in, and too old to go on with a session elsewhere: two findings, each with its cure.
    let claude = named(&listed, "claude");
    assert_eq!(
        (&claude["version"], &claude["signed_in"]),
        (&json!("2.1.197"), &json!(false))
    );
    let findings = claude["findings"].as_array().expect("a list");
    assert_eq!(findings.len(), 2, "{findings:?}");
    assert!(
        findings.iter().all(|finding| finding["level"] == "warning"),
        "{findings:?}"
    );
    assert_eq!(findings[1]["cure"], "claude auth login");

    let gemini = named(&listed, "gemini");
    assert_eq!(
        (&gemini["installed"], &gemini["version"], &gemini["path"]),
        (&json!(false), &Value::Null, &Value::Null)
    );
    assert_eq!(gemini["install_command"], "npm install -g @google/gemini-cli");

    let table = world.longhaul(["agents"]).run().ok().text();
    assert!(table.contains("AGENT     VERSION  SIGNED IN  PROGRAM\n"), "{table}");
    assert!(table.contains("claude    2.1.197  no         "), "{table}");
    assert!(
        table.contains("not installed: npm install -g @google/gemini-cli\n"),
        "{table}"
    );
    assert!(
        table.contains("claude: it is not signed in\n  → claude auth login\n"),
        "{table}"
    );
}

#[test]
fn an_update_is_seen_at_once() {
    let (world, folder) = world();
    install(&folder, "codex", "codex-cli 0.169.0", 0);
    assert_eq!(named(&agents(&world), "codex")["version"], "0.169.0");
    install(&folder, "codex", "codex-cli 0.170.0", 0);
    wait_until("the new version", PATIENCE, || {
        named(&agents(&world), "codex")["version"] == "0.170.0"
    });
}

#[test]
fn the_doctor_tells_of_what_is_there_and_of_nothing_at_all() {
    let (world, folder) = world();
    let told = |world: &World| {
        let findings = world.longhaul(["doctor", "--json"]).run().json()["findings"].clone();
        let findings = findings.as_array().expect("a list").clone();
        findings
            .into_iter()
            .filter(|finding| finding["code"] == "agent")
            .collect::<Vec<_>>()
    };
    let nothing = told(&world);
    assert_eq!(nothing.len(), 1, "{nothing:?}");
    assert_eq!(nothing[0]["level"], "warning");
    assert!(
        nothing[0]["cure"]
            .as_str()
            .expect("a cure")
            .contains("npm install -g @openai/codex"),
        "{nothing:?}"
    );

    install(&folder, "codex", "codex-cli 0.169.0", 0);
    wait_until("codex in the doctor's findings", PATIENCE, || {
        told(&world)
            .iter()
            .any(|finding| finding["message"] == "codex 0.169.0 is installed and signed in")
    });
}

#[test]
fn a_missing_agent_fails_the_submit_at_once_with_the_install_command() {
    let (world, folder) = world();
    let ran = world.longhaul(["run", "-d", "--agent", "codex", "mend it"]).run();
    ran.expect(125);
    assert_eq!(ran.text(), "");
    assert!(ran.talk().contains("codex is not installed"), "{}", ran.talk());
    assert!(ran.talk().contains("npm install -g @openai/codex"), "{}", ran.talk());
    assert!(world.tasks().is_empty());

    let body = json!({"kind": "agent", "agent": "codex", "prompt": "mend it", "cwd": world.path("work")});
    let answer = world.api().post("/api/v1/tasks", &body);
    assert_eq!(answer.status, 409);
    assert_eq!(answer.json()["code"], "agent-not-installed");

    // The PATH is the submitter's, and a file that may not be run is no program.
    fs::write(folder.join("codex"), "").expect("a file");
    world
        .longhaul(["run", "-d", "--agent", "codex", "mend it"])
        .run()
        .expect(125);
    install(&folder, "codex", "codex-cli 0.169.0", 0);
    let id = world
        .longhaul(["run", "-d", "--hold", "--agent", "codex", "mend it"])
        .run()
        .id();
    world.longhaul(["cancel", &id.to_string()]).run().ok();
}

#[test]
fn a_configured_program_that_is_not_there_is_a_problem_with_its_cure() {
    let (world, _folder) = world();
    fs::create_dir_all(world.home()).expect("a folder");
    fs::write(
        world.home().join("config.toml"),
        "[agents.codex]\nprogram = \"/nowhere/codex\"\n",
    )
    .expect("a file");
    let listed = agents(&world);
    let finding = &named(&listed, "codex")["findings"][0];
    assert_eq!(finding["level"], "problem");
    assert!(
        finding["message"].as_str().expect("words").contains("/nowhere/codex"),
        "{finding}"
    );
    assert!(
        finding["cure"].as_str().expect("words").contains("[agents.codex]"),
        "{finding}"
    );
}
