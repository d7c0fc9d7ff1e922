//! Lines of the contract that were found broken by hand, through the command line.

use std::os::unix::ffi::OsStrExt as _;

use longhaul_testkit::{PATIENCE, Signal, World, wait_until};

/// Refused with this code, a word of what was wrong, and no task.
#[track_caller]
fn refused(world: &World, arguments: &[&str], names: &str) {
    let ran = world.longhaul(arguments).run();
    ran.expect(2);
    assert!(ran.talk().contains(names), "{arguments:?}: {}", ran.talk());
    assert!(!ran.talk().contains("-- -"), "a tip that leads astray: {}", ran.talk());
    assert!(world.tasks().is_empty());
}

#[test]
fn a_limit_of_nothing_is_a_mistake_and_not_a_limit() {
    let world = World::new();
    refused(&world, &["run", "--timeout", "0", "--", "true"], "leave it out");
    refused(&world, &["run", "--idle-timeout", "0s", "--", "true"], "leave it out");
    refused(&world, &["edit", "1", "--timeout", "0"], "leave it out");
}

#[test]
fn a_negative_length_is_named_and_not_taken_for_an_option() {
    let world = World::new();
    refused(
        &world,
        &["run", "--timeout", "-5", "--", "true"],
        "`-5` is not a length of time",
    );
    refused(
        &world,
        &["run", "--in", "-5", "--", "true"],
        "`-5` is not a length of time",
    );
    refused(
        &world,
        &["await", "1", "--timeout", "-1"],
        "`-1` is not a length of time",
    );
    refused(&world, &["await", "1", "--timeout-ms", "-1"], "whole number");
    refused(&world, &["run", "--retries", "-1", "--", "true"], "-1");
}

#[test]
fn from_a_folder_that_is_gone_a_task_can_be_sent_to_another() {
    let world = World::new();
    let script = format!(
        "mkdir gone && cd gone && rmdir ../gone && {0} run -- pwd; {0} run -C / -- pwd",
        world.binary().display()
    );
    let ran = world.program("sh").args(["-c", &script]).run();
    ran.ok();
    assert_eq!(ran.text(), "/\n");
    assert!(ran.talk().contains("-C"), "{}", ran.talk());
}

#[test]
fn a_variable_that_cannot_travel_is_named_and_the_rest_does() {
    let world = World::new();
    let ran = world
        .longhaul(["run", "--", "sh", "-c", "echo ${ODD-none} $EVEN"])
        .env("ODD", std::ffi::OsStr::from_bytes(b"\xff"))
        .env("EVEN", "2")
        .run();
    assert_eq!(ran.ok().text(), "none 2\n");
    assert!(ran.talk().contains("ODD is not UTF-8"), "{}", ran.talk());
}

#[test]
fn input_that_cannot_be_given_is_refused_before_there_is_a_task() {
    let world = World::new();
    world.program("mkfifo").arg("pipe").run().ok();
    refused(&world, &["run", "--stdin", "/", "--", "cat"], "folder");
    refused(&world, &["run", "--stdin", "pipe", "--", "cat"], "--stdin - <");
    let ran = world
        .longhaul(["run", "--stdin", "-", "--", "cat"])
        .stdin(vec![0; 12 << 20])
        .run();
    ran.expect(2);
    assert!(ran.talk().contains("--stdin FILE"), "{}", ran.talk());
    assert!(world.tasks().is_empty());
}

#[test]
fn the_tasks_of_a_folder_outlive_it() {
    let world = World::new();
    std::fs::create_dir(world.path("shop")).expect("the world can be written");
    world.longhaul(["run", "-C", "shop", "--", "true"]).run().ok();
    std::fs::remove_dir(world.path("shop")).expect("it is empty");
    let listed = world
        .longhaul(["list", "--json", "--workspace", "shop"])
        .run()
        .ok()
        .json();
    assert_eq!(listed["tasks"].as_array().map(Vec::len), Some(1), "{listed}");
}

#[test]
fn a_wait_shows_when_it_begins_and_when_it_is_given_up() {
    let world = World::new();
    let arguments = ["run", "-d", "--in", "1h", "--wait-deadline", "2h", "--", "true"];
    let id = world.longhaul(arguments).run().ok().id().to_string();
    let page = world.longhaul(["status", &id]).run().ok().text();
    assert!(
        page.contains("why          not before ") && page.contains("start by     "),
        "{page}"
    );
    assert!(world.task(1)["wait_deadline"].is_string());
    world.longhaul(["edit", &id, "--wait-deadline", "none"]).run().ok();
    assert!(world.task(1)["wait_deadline"].is_null());
    world.longhaul(["cancel", &id]).run().ok();
}

#[test]
fn a_completed_task_has_a_summary_and_no_why() {
    let world = World::new();
    world.longhaul(["run", "--", "echo", "all is well"]).run().ok();
    let page = world.longhaul(["status", "1"]).run().ok().text();
    assert!(
        page.contains("summary      all is well") && !page.contains("  why "),
        "{page}"
    );
}

#[test]
fn an_unknown_key_is_refused_with_the_ones_there_are() {
    let world = World::new();
    std::fs::create_dir_all(world.home()).expect("the world can be written");
    std::fs::write(world.home().join("config.toml"), "[children]\ndepht = 3\n").expect("it can be written");
    let ran = world.longhaul(["run", "--", "true"]).run();
    ran.expect(125);
    let talk = ran.talk();
    assert!(talk.contains("line 2") && talk.contains("max_depth"), "{talk}");
}

#[test]
fn a_home_that_is_a_file_is_named_as_such() {
    let world = World::new();
    let file = world.path("file");
    std::fs::write(&file, "").expect("the world can be written");
    let ran = world.longhaul(["run", "--", "true"]).env("LONGHAUL_HOME", &file).run();
    ran.expect(125);
    assert!(ran.talk().contains("cannot use the folder"), "{}", ran.talk());
}

#[test]
fn the_front_of_a_queue_is_before_every_priority() {
    let world = World::new();
    world.longhaul(["limit", "default", "1"]).run().ok();
    world.longhaul(["pause"]).run().ok();
    let ids: Vec<_> = ["0", "9", "0"]
        .iter()
        .map(|priority| {
            let arguments = ["run", "-d", "--priority", priority, "--", "sh", "-c"];
            let call = world.longhaul(arguments).arg("echo $LONGHAUL_TASK_ID >> order");
            call.run().ok().id()
        })
        .collect();
    world.longhaul(["top", &ids[0].to_string()]).run().ok();
    world.longhaul(["top", &ids[2].to_string()]).run().ok();
    world.longhaul(["resume"]).run().ok();
    for id in &ids {
        world.finish(*id);
    }
    let order = std::fs::read_to_string(world.path("order")).expect("all have run");
    assert_eq!(order, format!("{}\n{}\n{}\n", ids[2], ids[0], ids[1]));
}

#[test]
fn a_wait_ends_at_its_limit_even_if_the_daemon_does_not_answer() {
    let world = World::new();
    let daemon = world.daemon().start();
    let id = world.longhaul(["run", "-d", "--", "true"]).run().ok().id().to_string();
    world.finish(1);
    daemon.signal(Signal::STOP);
    let one = world.longhaul(["await", &id, "--timeout", "100ms"]).spawn();
    let several = world.longhaul(["await", &id, "1", "2", "--timeout", "100ms"]).spawn();
    let status = world.longhaul(["daemon", "status"]).spawn();
    let (one, several, status) = (one.wait(), several.wait(), status.wait());
    daemon.signal(Signal::CONT);
    for ran in [one.expect(124), several.expect(124), status.expect(125)] {
        assert!(ran.talk().contains("answer"), "{}", ran.talk());
    }
    daemon.stop();
}

#[test]
fn nothing_of_ours_stands_between_the_bytes_of_an_attached_program() {
    let world = World::new();
    std::fs::create_dir_all(world.home()).expect("the world can be written");
    let config = "[output]\nhead_bytes = 65536\ntail_bytes = 65536\n";
    std::fs::write(world.home().join("config.toml"), config).expect("it can be written");
    let script = "echo go; until [ -e flood ]; do sleep 0.01; done; yes | head -c 9000000";
    let call = world.longhaul(["run", "--", "sh", "-c", script]).spawn();
    wait_until("it runs", PATIENCE, || call.stdout_so_far() == "go\n");
    // Whoever reads along too slowly misses the middle.
    call.signal(Signal::STOP);
    std::fs::write(world.path("flood"), "").expect("the world can be written");
    world.finish(1);
    call.signal(Signal::CONT);
    let ran = call.wait();
    let text = ran.ok().text();
    let flood = text.strip_prefix("go\n").expect("it was seen");
    assert!(
        flood.chars().all(|c| c == 'y' || c == '\n'),
        "more than the program's own bytes"
    );
    assert!(
        text.len() < 9_000_000 && ran.talk().contains("not kept"),
        "{}",
        ran.talk()
    );
}
