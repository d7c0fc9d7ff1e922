//! Lanes of a workspace through the front door: who writes, who waits, and what a process inside a writer may ask for.

use std::path::Path;

use longhaul_testkit::World;
use serde_json::json;

fn folder(world: &World, name: &str) -> String {
    let path = world.path(name);
    std::fs::create_dir_all(path.join(".git")).expect("the world is ours");
    path.display().to_string()
}

fn longhaul(world: &World) -> String {
    world.binary().display().to_string()
}

#[test]
fn writers_of_one_workspace_go_one_after_the_other_whatever_they_call_it() {
    let world = World::new();
    let shop = folder(&world, "shop");
    std::fs::create_dir_all(world.path("shop/src")).expect("the world is ours");
    std::os::unix::fs::symlink(&shop, world.path("link")).expect("the world is ours");
    let gate = world.path("gate").display().to_string();
    let first = world.submit_agent(&["--write", "-C", &shop], &["--wait-for", &gate]);
    world.reach(first, "running");
    let others: Vec<u64> = ["link", "shop/src", "shop/../shop/", "shop/."]
        .iter()
        .map(|name| {
            let name = world.path(name).display().to_string();
            world.submit(&["--write", "-C", &name], &["true"])
        })
        .collect();
    let elsewhere = world.submit(&["--write", "-C", &folder(&world, "other")], &["true"]);
    assert_eq!(world.finish(elsewhere)["state"], "completed");
    for id in &others {
        let task = world.task(*id);
        assert_eq!(task["state"], "queued", "{task:#}");
        assert_eq!(task["blocked_by"][0]["kind"], "lane", "{task:#}");
        assert_eq!(task["blocked_by"][0]["task"], first, "{task:#}");
        assert_eq!(task["workspace"], shop.as_str());
    }
    let roads = world.api().get("/api/v1/workspaces").expect(200);
    let road = roads["workspaces"]
        .as_array()
        .and_then(|roads| roads.iter().find(|road| road["path"] == shop.as_str()).cloned())
        .expect("the workspace has active tasks");
    assert_eq!(
        (&road["writer"], &road["readers"]),
        (&json!(first), &json!([])),
        "{road:#}"
    );
    let behind = json!({"task": others[0], "behind": first, "is_writer": true});
    assert_eq!(road["waiting"][0], behind, "{road:#}");
    world.open_gate("gate");
    for id in &others {
        assert_eq!(world.finish(*id)["state"], "completed");
    }
    world.check_truth();
}

#[test]
fn a_writer_in_the_workspace_of_a_writer_above_it_is_refused_with_a_way_out() {
    let world = World::new();
    let shop = folder(&world, "shop");
    let script = format!("{} run --write -- true 2>said; echo $?", longhaul(&world));
    let parent = world.submit_script(&["--write", "-C", &shop], &script);
    assert_eq!(world.finish(parent)["state"], "completed");
    assert_eq!(world.output(parent), b"125\n");
    let said = std::fs::read_to_string(Path::new(&shop).join("said")).expect("it was written");
    assert!(said.contains("--worktree"), "{said}");
    assert_eq!(world.tasks().len(), 1);
}

#[test]
fn a_process_inside_a_writer_may_do_no_more_than_look_after_its_own() {
    let world = World::new();
    let shop = folder(&world, "shop");
    let other = folder(&world, "other");
    let stranger = world.submit(&["--hold"], &["true"]);
    let refused = [
        "run -d -- true".to_owned(),
        format!("run -d --write -C {other} -- true"),
        format!("status {stranger}"),
        format!("result {stranger}"),
        format!("cancel {stranger}"),
        format!("edit {stranger} --priority 3"),
        format!("release {stranger}"),
        format!("retry {stranger}"),
        format!("redispatch {stranger}"),
        "list".to_owned(),
        "limit default 9".to_owned(),
        "pause".to_owned(),
        "prune".to_owned(),
        "daemon stop".to_owned(),
    ];
    let script = format!(
        "for words in {}; do {} $words >/dev/null 2>>refusals && echo \"allowed: $words\"; done; true",
        refused
            .iter()
            .map(|words| format!("'{words}'"))
            .collect::<Vec<_>>()
            .join(" "),
        longhaul(&world)
    );
    let writer = world.submit_script(&["--write", "-C", &shop], &script);
    assert_eq!(world.finish(writer)["state"], "completed");
    assert_eq!(String::from_utf8_lossy(&world.output(writer)), "");
    let refusals = std::fs::read_to_string(Path::new(&shop).join("refusals")).expect("it was written");
    assert!(refusals.matches("may ").count() >= refused.len(), "{refusals}");
    assert_eq!(world.tasks().len(), 2);
    assert_eq!(world.state(stranger), "waiting");
    world.acknowledge(stranger);
    world.longhaul(["cancel", &stranger.to_string()]).run().ok();
}

#[test]
fn an_unmanaged_task_has_its_users_rights() {
    let world = World::new();
    let stranger = world.submit(&["--hold"], &["true"]);
    let script = format!("{} cancel {stranger}", longhaul(&world));
    let task = world.submit_script(&[], &script);
    assert_eq!(world.finish(task)["state"], "completed");
    assert_eq!(world.state(stranger), "canceled");
}
