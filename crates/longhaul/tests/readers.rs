//! Whoever reads along may go at any moment: what was started to be read leaves too, and the task goes on.

use longhaul_testkit::{PATIENCE, Ran, World};

/// Runs a line of shell in which `$0` is longhaul, and fails if it does not end by itself.
#[track_caller]
fn shell(world: &World, line: &str) -> Ran {
    let longhaul = world.binary().display().to_string();
    let mut call = world.program("sh").args(["-c", line, &longhaul]).spawn();
    let ended = call.wait_within(PATIENCE);
    ended.unwrap_or_else(|| panic!("`{line}` stays; stderr: {}", call.stderr_so_far()))
}

fn read(world: &World, name: &str) -> String {
    let text = std::fs::read_to_string(world.path(name)).expect("the shell wrote it");
    text.trim().to_owned()
}

#[test]
fn a_follower_leaves_with_its_reader_though_nothing_more_is_printed() {
    let world = World::new();
    let id = world.submit_agent(&[], &["--say", "ready", "--wait-for", "gate"]);
    for options in ["", "--timestamps", "--json", "--stdout", "--attempt 1", "--tail 5"] {
        for reader in ["head -1", "grep -m1 ."] {
            let line = format!("{{ \"$0\" logs -f {options} {id}; echo $? >code; }} | {reader}");
            let ran = shell(&world, &line);
            assert!(!ran.text().is_empty(), "{line}");
            assert_eq!(
                (read(&world, "code").as_str(), ran.talk().as_str()),
                ("0", ""),
                "{line}"
            );
        }
    }
    assert_eq!(world.task(id)["state"], "running");
    world.open_gate("gate");
    assert_eq!(world.finish(id)["state"], "completed");
}

#[test]
fn an_attached_run_leaves_with_its_reader_and_says_how_to_come_back() {
    let world = World::new();
    let agent = world.agent(&["--say", "ready", "--wait-for", "gate"]).join(" ");
    for (id, reader) in [(1, "head -1"), (2, "grep -m1 ready")] {
        let line = format!("{{ \"$0\" run -- {agent}; echo $? >code; }} | {reader}");
        let ran = shell(&world, &line);
        world.acknowledge(id);
        assert_eq!((ran.text().as_str(), read(&world, "code").as_str()), ("ready\n", "130"));
        assert_eq!(ran.talk(), format!("task {id} goes on\nhint: longhaul await {id}\n"));
        assert_eq!(world.task(id)["state"], "running");
    }
    world.open_gate("gate");
    for id in [1, 2] {
        assert_eq!(world.finish(id)["state"], "completed");
    }
}

#[test]
fn a_flood_whose_reader_is_gone_is_not_followed_and_gaps_are_told_to_nobody() {
    let world = World::new();
    let ran = shell(&world, "{ \"$0\" run -- yes; echo $? >code; } | head -1");
    assert_eq!((ran.text().as_str(), read(&world, "code").as_str()), ("y\n", "130"));
    // What came in while somebody read may have had gaps; what came after may not be told of.
    let lines = ran.talk().lines().count();
    assert!(
        lines < 10 && ran.talk().ends_with("task 1 goes on\nhint: longhaul await 1\n"),
        "{}",
        ran.talk()
    );
    world.acknowledge(1);
    world.longhaul(["cancel", "1"]).run().ok();
}

#[test]
fn a_program_that_is_over_when_its_reader_goes_keeps_its_code() {
    let world = World::new();
    let ran = shell(
        &world,
        "{ \"$0\" run -- sh -c 'seq 100000; exit 7'; echo $? >code; } | head -1",
    );
    assert_eq!((ran.text().as_str(), read(&world, "code").as_str()), ("1\n", "7"));
    assert!(!ran.talk().contains("goes on"), "{}", ran.talk());
    // The same for whoever waits and prints at the end: the wait said how it ended.
    shell(&world, "{ \"$0\" await 1; echo $? >code; } | head -1");
    assert_eq!(read(&world, "code"), "7");
}

#[test]
fn a_waiter_leaves_when_nobody_can_read_what_it_says() {
    let world = World::new();
    let id = world.submit_agent(&[], &["--say", "ready", "--wait-for", "gate"]);
    let other = world.submit_agent(&[], &["--wait-for", "gate"]);
    for line in [
        format!("{{ \"$0\" await {id}; echo $? >code; }} | true"),
        format!("{{ \"$0\" await {id} {other} --any --json; echo $? >code; }} | true"),
        // Progress is told on standard error, and here nothing else is told.
        format!("{{ \"$0\" await {id} --progress 500ms; echo $? >code; }} 2>&1 >/dev/null | head -1"),
        format!("{{ \"$0\" run -d --after {id} --await -- true; echo $? >code; }} | true"),
    ] {
        shell(&world, &line);
        assert_eq!(read(&world, "code"), "130", "{line}");
    }
    // A file has no reader who could go.
    let line = format!("\"$0\" await {id} --progress 500ms 2>&1 >result | head -1 >progress; echo over >>progress");
    let longhaul = world.binary().display().to_string();
    let waiting = world.program("sh").args(["-c", &line, &longhaul]).spawn();
    longhaul_testkit::wait_until("it was told of once", PATIENCE, || {
        std::fs::read_to_string(world.path("progress")).is_ok_and(|told| told.contains("running"))
    });
    world.open_gate("gate");
    waiting.wait().ok();
    assert_eq!(read(&world, "result"), "ready");
    world.acknowledge(3);
    for id in [id, other, 3] {
        assert_eq!(world.finish(id)["state"], "completed");
    }
}

#[test]
fn the_id_of_a_new_task_is_told_though_standard_output_is_full_or_gone() {
    let world = World::new();
    for (id, line, code) in [
        (1, "run -d -- true >/dev/full", "125"),
        (2, "run -d --json -- true >/dev/full", "125"),
        (3, "run -d -- true | true", "0"),
        (4, "retry 1 --force >/dev/full", "125"),
        (5, "redispatch 1 --force --json >/dev/full", "125"),
    ] {
        // Without a reader that is gone first, a short line would still fit into the pipe.
        let line = match line.strip_suffix(" | true") {
            None => format!("\"$0\" {line}; echo $? >code"),
            Some(call) => format!(
                "{{ until [ -e gone{id} ]; do sleep 0.01; done; \"$0\" {call}; echo $? >code; }} | {{ exec <&-; : >gone{id}; }}"
            ),
        };
        let ran = shell(&world, &line);
        world.acknowledge(id);
        assert_eq!(read(&world, "code"), code, "{line}: {}", ran.talk());
        let told = format!("task {id} is submitted\nhint: longhaul await {id}\n");
        assert!(ran.talk().contains(&told), "{line}: {}", ran.talk());
        world.finish(id);
    }
    let ran = shell(&world, "\"$0\" run -- echo x >/dev/full; echo $? >code");
    world.acknowledge(6);
    world.finish(6);
    assert_eq!(read(&world, "code"), "125");
    assert!(
        ran.talk().contains("cannot write to standard output") && ran.talk().contains("longhaul logs 6"),
        "{}",
        ran.talk()
    );
}
