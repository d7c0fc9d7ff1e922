//! Lines of the contract that were found broken by hand, over HTTP.

use longhaul_testkit::World;
use serde_json::{Value, json};

/// Refused with 400 and a word of what was wrong.
#[track_caller]
fn refused(world: &World, change: Value, names: &str) {
    let mut body = json!({"command": ["true"]});
    let fields = body.as_object_mut().expect("it is one");
    fields.extend(change.as_object().expect("it is one").clone());
    let answer = world.api().post("/api/v1/tasks", &world.spec(body));
    answer.expect_problem(400);
    assert!(answer.text().contains(names), "{change}: {}", answer.text());
}

#[test]
fn what_could_not_be_kept_is_refused_and_not_dropped() {
    let world = World::new();
    refused(&world, json!({"isolation": "worktree"}), "isolation");
    refused(&world, json!({"timeout_ms": 0}), "timeout_ms");
    refused(&world, json!({"idle_timeout_ms": 0}), "idle_timeout_ms");
    assert!(world.tasks().is_empty());
}

#[test]
fn an_environment_that_no_program_can_have_is_refused_without_its_values() {
    let world = World::new();
    refused(&world, json!({"environment": {"A=B": "x"}}), "A=B");
    refused(&world, json!({"environment": {"": "x"}}), "variable");
    let body = json!({"command": ["true"], "environment": {"TOKEN": "s3cr3t\u{0}"}});
    let answer = world.api().post("/api/v1/tasks", &world.spec(body));
    answer.expect_problem(400);
    assert!(
        answer.text().contains("TOKEN") && !answer.text().contains("s3cr3t"),
        "{}",
        answer.text()
    );
    assert!(world.tasks().is_empty());
}

#[test]
fn an_edit_cannot_set_a_limit_of_nothing() {
    let world = World::new();
    let id = world.post_task(json!({"command": ["true"], "hold": true}));
    let target = format!("/api/v1/tasks/{id}");
    world
        .api()
        .patch(&target, &json!({"timeout_ms": 0}))
        .expect_problem(400);
    world
        .api()
        .patch(&target, &json!({"idle_timeout_ms": 0}))
        .expect_problem(400);
    world.api().patch(&target, &json!({"timeout_ms": null})).expect(200);
    world.longhaul(["cancel", &id.to_string()]).run().ok();
}

#[test]
fn a_relative_workspace_is_refused_and_never_an_empty_list() {
    let world = World::new();
    world.longhaul(["run", "--", "true"]).run().ok();
    world.api().get("/api/v1/tasks?workspace=shop").expect_problem(400);
}

#[test]
fn a_parameter_in_the_address_of_an_act_is_refused_and_not_ignored() {
    let world = World::new();
    world.longhaul(["run", "--", "true"]).run().ok();
    for target in ["/api/v1/tasks/1/retry?force=true", "/api/v1/prune?keep=5"] {
        world.api().request("POST", target).send().expect_problem(400);
    }
    assert_eq!(world.tasks().len(), 1);
}
