//! Every other command, as a person or a script meets it: streams, codes, `--json`.

use longhaul_testkit::{PATIENCE, World, first_list, wait_until};
use serde_json::{Value, json};

fn held(world: &World) -> u64 {
    world.submit(&["--hold"], &["true"])
}

fn cancel_all(world: &World) {
    for task in world.tasks() {
        world
            .api()
            .post(&format!("/api/v1/tasks/{}/cancel", task["id"]), &Value::Null);
    }
    for task in world.tasks() {
        world.finish(task["id"].as_u64().expect("an id"));
    }
}

#[test]
fn alone_it_prints_a_short_overview() {
    let world = World::new();
    let ran = world.longhaul([] as [&str; 0]).run();
    let shown = format!("{}{}", ran.text(), ran.talk());
    assert!(shown.contains("run") && shown.contains("await"), "{shown}");
    assert!(world.daemons().is_empty(), "an overview needs no daemon");
}

#[test]
fn the_hidden_supervisor_is_not_advertised() {
    let world = World::new();
    let ran = world.longhaul(["--help"]).run();
    assert!(!ran.ok().text().contains("supervise"), "{}", ran.text());
}

#[test]
fn the_version_is_told_in_both_ways() {
    let world = World::new();
    let version = world.longhaul(["version"]).run().ok().text();
    assert!(version.contains(env!("CARGO_PKG_VERSION")), "{version}");
    assert!(
        world
            .longhaul(["--version"])
            .run()
            .ok()
            .text()
            .contains(env!("CARGO_PKG_VERSION"))
    );
    assert!(world.daemons().is_empty());
}

#[test]
fn completions_are_given_for_every_shell() {
    let world = World::new();
    for shell in ["bash", "zsh", "fish"] {
        let ran = world.longhaul(["completions", shell]).run();
        assert!(ran.ok().text().contains("redispatch"), "{shell}");
    }
    assert!(world.daemons().is_empty());
}

#[test]
fn the_daemons_status_never_starts_one() {
    let world = World::new();
    let ran = world.longhaul(["daemon", "status", "--json"]).run();
    assert_eq!(ran.expect(3).json(), json!({"running": false}));
    world.longhaul(["daemon", "status"]).run().expect(3);
    assert!(world.daemons().is_empty());
    world.api();
    let status = world.longhaul(["daemon", "status", "--json"]).run().ok().json();
    assert_eq!(status["running"], true);
    assert_eq!(json!([status["pid"]]), json!(world.daemons()));
    assert_eq!(
        status["socket"],
        world.socket().expect("it listens").display().to_string()
    );
    let http = status["http"].as_str().unwrap_or_default();
    assert!(http.starts_with("http://127.0.0.1:"), "{status}");
    assert_eq!(status["version"], env!("CARGO_PKG_VERSION"));
    assert!(status["schema"].as_u64().is_some_and(|schema| schema > 0), "{status}");
    world.longhaul(["daemon", "stop"]).run().ok();
    assert!(world.daemons().is_empty());
    let again = world.longhaul(["daemon", "stop"]).run();
    assert!([Some(0), Some(3)].contains(&again.code), "{:?}", again.code);
}

#[test]
fn an_empty_list_is_empty_in_json_and_in_words() {
    let world = World::new();
    assert_eq!(
        world.longhaul(["list", "--json"]).run().ok().json(),
        json!({"tasks": [], "next": null})
    );
    world.longhaul(["list"]).run().ok();
    world.longhaul(["status"]).run().ok();
}

#[test]
fn lists_are_newest_first_and_filtered() {
    let world = World::new();
    let folder = world.path("other");
    std::fs::create_dir(&folder).expect("the world can be written");
    let a = world.submit(&["--hold", "--label", "team=core", "--name", "alpha build"], &["true"]);
    let b = world.submit(&["--hold", "-C", "other"], &["echo", "needle"]);
    let c = held(&world);
    let ids = |options: &[&str]| {
        let page = world.longhaul(["list", "--json"]).args(options).run().ok().json();
        first_list(&page)
            .iter()
            .filter_map(|task| task["id"].as_u64())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&[]), [c, b, a]);
    assert_eq!(ids(&["--limit", "2"]), [c, b]);
    assert_eq!(ids(&["--label", "team=core"]), [a]);
    assert_eq!(ids(&["--search", "needle"]), [b]);
    assert_eq!(ids(&["--search", "alpha"]), [a]);
    assert_eq!(ids(&["--workspace", "other"]), [b]);
    assert_eq!(ids(&["--workspace", "other/../other/"]), [b]);
    assert_eq!(ids(&["--state", "running,completed"]), [0_u64; 0]);
    assert_eq!(ids(&["--state", "waiting", "--all"]), [c, b, a]);
    let table = world.longhaul(["list"]).run().ok().text();
    let place = |text: &str| table.find(text).unwrap_or_else(|| panic!("no {text} in {table}"));
    assert!(place("echo needle") < place("alpha build"), "{table}");
    // Never silently scoped by the folder it is called in.
    let elsewhere = world.longhaul(["list", "--json"]).cwd("/").run().json();
    assert_eq!(first_list(&elsewhere).len(), 3);
    cancel_all(&world);
}

#[test]
fn the_overview_counts_and_names_what_needs_me() {
    let world = World::new();
    let failed = world.submit(&["--name", "broken thing"], &["false"]);
    world.finish(failed);
    let running = world.submit_agent(&["--name", "busy thing"], &["--wait-for", "gate"]);
    world.reach(running, "running");
    world.longhaul(["pause", "--queue", "q"]).run().ok();
    let queued = world.submit(&["--queue", "q", "--name", "queued thing"], &["true"]);
    let shown = world.longhaul(["status"]).run().ok().text();
    for word in [
        "broken thing",
        "busy thing",
        "queued thing",
        "1 queued",
        "1 running",
        "1 failed",
    ] {
        assert!(shown.contains(word), "no {word:?} in {shown}");
    }
    world.longhaul(["ack", &failed.to_string()]).run().ok();
    let shown = world.longhaul(["status"]).run().ok().text();
    let needs_me = shown
        .lines()
        .take_while(|line| !line.contains("busy thing"))
        .any(|line| line.contains("broken thing"));
    assert!(!needs_me, "{shown}");
    world.open_gate("gate");
    world.finish(running);
    world.longhaul(["cancel", &queued.to_string()]).run().ok();
}

#[test]
fn one_task_is_shown_in_full_and_several_as_a_list() {
    let world = World::new();
    let id = world.submit(&["--name", "the name"], &["sh", "-c", "exit 5"]);
    world.finish(id);
    let other = world.submit(&[], &["true"]);
    world.finish(other);
    let shown = world.longhaul(["status", &id.to_string()]).run().ok().text();
    for word in ["the name", "failed", "5", "sh -c", "default"] {
        assert!(shown.contains(word), "no {word:?} in {shown}");
    }
    let one = world.longhaul(["status", &id.to_string(), "--json"]).run().json();
    assert_eq!(one["id"], id);
    let both = world
        .longhaul(["status", &id.to_string(), &other.to_string(), "--json"])
        .run()
        .json();
    let ids: Vec<_> = first_list(&both).iter().map(|task| task["id"].clone()).collect();
    assert_eq!(ids, [json!(id), json!(other)]);
}

#[test]
fn talk_never_comes_on_stdout_nor_colour_into_a_file() {
    let world = World::new();
    let id = world.submit(&[], &["false"]);
    world.finish(id);
    for arguments in [
        vec!["list"],
        vec!["status"],
        vec!["status", "1"],
        vec!["limit"],
        vec!["doctor"],
    ] {
        let ran = world.longhaul(&arguments).run();
        assert!(
            !ran.text().contains('\u{1b}') && !ran.talk().contains('\u{1b}'),
            "{arguments:?} colours a file"
        );
    }
    for arguments in [
        vec!["list", "--json"],
        vec!["status", "--json"],
        vec!["status", "1", "--json"],
        vec!["limit", "--json"],
        vec!["doctor", "--json"],
        vec!["result", "1", "--json"],
    ] {
        let ran = world.longhaul(&arguments).run();
        let value = ran.json();
        assert!(value.is_object() || value.is_array(), "{arguments:?}: {value}");
    }
}

#[test]
fn limits_are_shown_and_set() {
    let world = World::new();
    assert!(world.longhaul(["limit"]).run().ok().text().contains("default"));
    world.longhaul(["limit", "builds", "7"]).run().ok();
    let shown = world.longhaul(["limit"]).run().ok().text();
    assert!(
        shown.lines().any(|line| line.contains("builds") && line.contains('7')),
        "{shown}"
    );
    world.longhaul(["limit", "default", "0"]).run();
    world.longhaul(["limit", "default", "4"]).run().ok();
}

#[test]
fn holding_and_releasing_twice_is_refused_or_nothing() {
    let world = World::new();
    let id = held(&world).to_string();
    for (command, state) in [("hold", "waiting"), ("release", "completed")] {
        let ran = world.longhaul([command, &id]).run();
        assert!([Some(0), Some(1)].contains(&ran.code), "{:?}", ran.code);
        world.reach(1, state);
    }
    for command in ["hold", "release", "top"] {
        let ran = world.longhaul([command, &id]).run();
        assert!(ran.expect(1).talk().contains("completed"), "{}", ran.talk());
    }
}

#[test]
fn a_queued_task_is_held_and_released() {
    let world = World::new();
    world.longhaul(["pause"]).run().ok();
    let id = world.submit(&[], &["true"]);
    assert_eq!(world.state(id), "queued");
    world.longhaul(["hold", &id.to_string()]).run().ok();
    assert_eq!(world.state(id), "waiting");
    world.longhaul(["resume"]).run().ok();
    world.longhaul(["release", &id.to_string()]).run().ok();
    assert_eq!(world.finish(id)["state"], "completed");
}

#[test]
fn a_task_is_edited_until_it_starts() {
    let world = World::new();
    let id = held(&world).to_string();
    world
        .longhaul(["edit", &id, "--name", "edited", "--priority", "3", "--queue", "other"])
        .run()
        .ok();
    let task = world.task(1);
    assert_eq!(
        (&task["name"], &task["priority"], &task["queue"]),
        (&json!("edited"), &json!(3), &json!("other"))
    );
    assert_eq!(task["state"], "waiting", "an edit does not release");
    world.longhaul(["release", &id]).run().ok();
    world.finish(1);
    world.longhaul(["edit", &id, "--priority", "1"]).run().expect(1);
}

#[test]
fn pruning_takes_old_records_and_never_active_ones() {
    let world = World::new();
    let finished = world.submit(&[], &["echo", "kept"]);
    world.finish(finished);
    let active = held(&world);
    world.longhaul(["prune"]).run().ok();
    // At least the last thousand finished tasks are kept.
    assert_eq!(world.tasks().len(), 2);
    assert_eq!(world.output(finished), b"kept\n");
    world.longhaul(["cancel", &active.to_string()]).run().ok();
}

#[test]
fn pruning_on_request_takes_finished_tasks_their_output_and_never_their_numbers() {
    let world = World::new();
    let finished = world.submit(&[], &["echo", "gone"]);
    world.finish(finished);
    let active = held(&world);
    world
        .longhaul(["prune", "--older-than", "0s", "--keep", "0"])
        .run()
        .ok();
    let left: Vec<_> = world.tasks().iter().map(|task| task["id"].clone()).collect();
    assert_eq!(left, [json!(active)]);
    wait_until("its output is gone", PATIENCE, || !world.attempts(finished).exists());
    world.longhaul(["cancel", &active.to_string()]).run().ok();
    world
        .longhaul(["prune", "--older-than", "0s", "--keep", "0"])
        .run()
        .ok();
    assert!(world.tasks().is_empty());
    let next = world.submit(&[], &["true"]);
    assert!(next > active, "the number {next} was given before");
    world.finish(next);
}

#[test]
fn the_export_is_one_json_object_per_line() {
    let world = World::new();
    for script in ["true", "false", "echo x"] {
        let id = world.submit_script(&[], script);
        world.finish(id);
    }
    let ran = world.longhaul(["export"]).run();
    let lines: Vec<Value> = ran
        .ok()
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).expect("it is JSON"))
        .collect();
    assert!(lines.len() >= 3, "{}", ran.text());
    let ids: Vec<_> = lines.iter().filter_map(|line| line["id"].as_u64()).collect();
    for id in 1..=3 {
        assert!(ids.contains(&id), "{id} is missing in {ids:?}");
    }
}

#[test]
fn the_doctor_names_the_kill_mode_and_every_finding_its_cure() {
    let world = World::new();
    let ran = world.longhaul(["doctor"]).run();
    assert!([Some(0), Some(1)].contains(&ran.code), "{:?}: {}", ran.code, ran.talk());
    let shown = ran.text().to_lowercase();
    assert!(shown.contains("cgroup") || shown.contains("sweep"), "{shown}");
}

#[test]
fn a_paused_daemon_says_so_in_the_overview() {
    let world = World::new();
    world.longhaul(["pause"]).run().ok();
    let id = world.submit(&[], &["true"]);
    let shown = world.longhaul(["status"]).run().ok().text();
    assert!(shown.contains("paused"), "{shown}");
    world.longhaul(["resume"]).run().ok();
    world.finish(id);
}

#[test]
fn progress_lines_are_sparse_and_on_stderr() {
    let world = World::new();
    let id = world.submit_agent(&[], &["--wait-for", "gate"]);
    let call = world.longhaul(["await", &id.to_string(), "--progress", "50ms"]).spawn();
    wait_until("three lines came", PATIENCE, || {
        call.stderr_so_far().lines().count() >= 3
    });
    world.open_gate("gate");
    let ran = call.wait();
    assert_eq!(ran.ok().text(), "");
    assert!(
        ran.talk().lines().next().is_some_and(|line| line.contains("running")),
        "{}",
        ran.talk()
    );
}
