//! Lanes of a workspace through the front door: who writes, and who waits.

use std::path::Path;

use longhaul_testkit::World;
use serde_json::json;

fn folder(world: &World, name: &str) -> String {
    let path = world.path(name);
    std::fs::create_dir_all(path.join(".git")).expect("the world is ours");
    std::fs::write(path.join(".git/HEAD"), "ref: refs/heads/main\n").expect("the world is ours");
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
