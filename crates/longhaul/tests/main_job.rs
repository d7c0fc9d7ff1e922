//! The main job on real input: a repository that a `clone` task fetched, a long program of an agent's shape in it, the
//! daemon killed in the middle, and the true result afterwards.

use longhaul_testkit::{PATIENCE, World, marks, wait_until};
use serde_json::json;

const MIB: usize = 1024 * 1024;

/// A repository of a few hundred files in many folders, with some history.
fn repository(world: &World) -> String {
    let script = "git init -q -b main upstream && cd upstream && \
        for d in $(seq 1 20); do mkdir -p src/part$d; for f in $(seq 1 15); do \
        echo \"file $f of part $d\" > src/part$d/file$f.txt; done; done && \
        git add . && git -c user.name=n -c user.email=e@x.example commit -qm first && echo more >> src/part1/file1.txt && \
        git -c user.name=n -c user.email=e@x.example commit -qam second";
    world.program("sh").args(["-c", script]).run().ok();
    format!("file://{}", world.path("upstream").display())
}

#[test]
fn a_long_agent_shaped_run_in_a_cloned_repository_survives_the_daemons_death_and_tells_the_truth() {
    let world = World::new();
    let url = repository(&world);
    world.longhaul(["clone", &url, "project"]).run().ok();
    let files = world
        .program("git")
        .args(["-C", "project", "ls-files"])
        .run()
        .ok()
        .text();
    assert_eq!(files.lines().count(), 300);

    let (gate, up) = (
        world.path("gate").display().to_string(),
        world.path("up").display().to_string(),
    );
    let escapee = world.path("escapee").display().to_string();
    let holder = world.path("holder").display().to_string();
    let script = [
        "--say",
        "working",
        "--escape",
        &escapee,
        "--hold-pipe",
        &holder,
        "--print-mib",
        "3",
        "--touch",
        &up,
        "--wait-for",
        &gate,
        "--print-mib",
        "3",
        "--touch",
        "written-by-the-agent",
        "--say",
        "final line",
        "--exit",
        "7",
    ];
    let id = world.submit_agent(&["-C", "project", "--name", "long work"], &script);
    // Another one stands behind it and depends on a good end that does not come.
    let dependent = world.submit(&["--after", &id.to_string()], &["true"]);
    let waiter = world
        .longhaul(["await", &id.to_string(), "--progress", "100ms"])
        .spawn();
    wait_until("half of its work is done", PATIENCE, || world.path("up").exists());
    wait_until("the waiter waits", PATIENCE, || !waiter.stderr_so_far().is_empty());
    let (program, supervisor) = (world.program_of(id), world.supervisor(id));

    world.crash_daemon();
    // Nobody but the waiter is there to bring it back.
    wait_until("the waiter brought the daemon back", PATIENCE, || world.is_answering());
    assert_eq!((world.program_of(id), world.supervisor(id)), (program, supervisor));
    world.crash_daemon();
    world.open_gate("gate");
    waiter.wait().expect(7);

    let task = world.task(id);
    assert_eq!(task["state"], "failed");
    assert_eq!(task["outcome"]["reason"], "exit");
    assert_eq!(task["outcome"]["exit_code"], 7);
    assert_eq!(task["attempt"], 1);
    assert_eq!(task["workspace"], world.path("project").display().to_string());
    assert!(world.path("project/written-by-the-agent").exists());

    let out = world.longhaul(["logs", &id.to_string(), "--stdout"]).run().ok().text();
    assert!(
        out.len() > 6 * MIB && out.starts_with("working\n") && out.ends_with("final line\n"),
        "{} bytes",
        out.len()
    );
    let numbers: Vec<u64> = out
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok()?["number"].as_u64())
        .collect();
    let half = numbers.len() / 2;
    let counts_up = |part: &[u64]| part.iter().enumerate().all(|(place, number)| *number == place as u64);
    assert!(
        counts_up(&numbers[..half]) && counts_up(&numbers[half..]),
        "a line is missing or doubled"
    );
    let err = world.longhaul(["logs", &id.to_string(), "--stderr"]).run().ok().text();
    assert_eq!(err.lines().filter(|line| line.starts_with("chatter")).count(), 6);
    assert_eq!(marks::read(&world.marks(), id).len(), 2, "it ran once");

    assert_eq!(world.finish(dependent)["outcome"]["reason"], "dependency");
    assert!(world.processes_of(id).is_empty());
    world.check_truth();

    let again = world.longhaul(["retry", &id.to_string(), "--json"]).run().ok().json()["task_id"].clone();
    assert_eq!(world.finish(again.as_u64().expect("an id"))["outcome"]["exit_code"], 7);
    assert_eq!(world.task(id)["retried_by"], json!(again));
    world.check_truth();
}
