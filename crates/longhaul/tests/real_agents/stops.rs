//! Canceled in the middle, and the daemon killed in the middle.

use longhaul_testkit::{RealAgent, World, wait_until};

use crate::stage::{LONG, Stage, completed};

crate::with_each_agent!(
    canceled_in_the_middle_nothing_is_left_and_the_session_goes_on,
    a_killed_daemon_costs_nothing,
);

/// Processes of the world whose arguments name this file.
fn watchers(world: &World, file: &str) -> usize {
    let is_watcher = |arguments: &Vec<String>| {
        arguments.first().is_some_and(|name| name == "tail") && arguments.iter().any(|word| word.ends_with(file))
    };
    world
        .processes()
        .iter()
        .filter(|process| is_watcher(&process.arguments))
        .count()
}

fn canceled_in_the_middle_nothing_is_left_and_the_session_goes_on(agent: RealAgent) {
    let Some(stage) = Stage::set(agent) else { return };
    let folder = stage.world.path("");
    let folder = folder.to_string_lossy();
    // The first time it runs for ever, with a grandchild in a session of its own; the second time it is over at once.
    let command = format!(
        "test -e been && exit; touch been escapee child; \
         setsid tail -f {folder}escapee >/dev/null 2>&1 </dev/null & tail -f {folder}child"
    );
    let script = serde_json::json!([{"run": command}, "Finished after all."]);
    let id = stage.submit(&["--write"], &format!("remember alpha, stub: {script}"));
    wait_until("child and grandchild run", LONG, || {
        watchers(&stage.world, "child") == 1 && watchers(&stage.world, "escapee") == 1
    });

    stage.world.longhaul(["cancel", &id.to_string()]).run().ok();
    let left = watchers(&stage.world, "child") + watchers(&stage.world, "escapee");
    assert_eq!(left, 0, "processes outlived the cancel: {:#?}", stage.world.processes());
    let canceled = stage.world.task(id);
    assert_eq!(canceled["state"], "canceled", "{canceled:#}");
    let session = canceled["session"]["id"].as_str().expect("the session is known");

    let call = stage.world.longhaul(["redispatch", &id.to_string(), "--json"]);
    let again = call.run().ok().json()["task_id"].as_u64().expect("a new task");
    let task = stage.ended(again);
    completed(&task);
    assert_eq!(task["session"]["id"], session, "another session: {task:#}");
    assert!(String::from_utf8_lossy(&stage.result(again)).contains("Finished after all."));
    let last = stage.model.prompts().pop().expect("it asked again");
    assert!(
        last.prompts.len() > 1 && last.prompts[0].contains("remember alpha"),
        "{last:#?}"
    );
}

fn a_killed_daemon_costs_nothing(agent: RealAgent) {
    let Some(stage) = Stage::set(agent) else { return };
    let daemon = stage.world.daemon().start();
    let id = stage.submit(&[], "stub-midway=gate");
    stage.asked("midway");
    daemon.crash();
    // The agent ends while nobody looks.
    stage.model.open("gate");
    wait_until("the agent is gone", LONG, || {
        let is_agent = |name: &String| name.contains("node_modules");
        !stage
            .world
            .processes()
            .iter()
            .any(|process| process.arguments.iter().any(is_agent))
    });
    let daemon = stage.world.daemon().start();
    completed(&stage.ended(id));
    assert_eq!(
        String::from_utf8_lossy(&stage.result(id)).trim_end(),
        "First half, second half."
    );
    assert_eq!(stage.model.prompts().len(), 1, "it ran twice");
    daemon.stop();
}
