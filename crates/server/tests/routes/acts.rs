//! Cancel, retry, hold, release, top, wake, acknowledge.

use serde_json::{Value, json};

use crate::world::{World, json_of, problem, text};

#[test]
fn a_cancel_is_accepted_and_one_of_a_finished_task_changes_nothing() {
    let world = World::new();
    let id = world.submit(&world.until_go());
    world.becomes(id, "running");
    let answer = world
        .api
        .post(&format!("/api/v1/tasks/{id}/cancel"), &json!({ "reason": "enough" }));
    assert_eq!(answer.status, 202, "{}", text(&answer));
    let task = world.end_of(id);
    assert_eq!(task["state"], "canceled");
    assert!(
        task["outcome"]["message"]
            .as_str()
            .is_some_and(|message| message.contains("enough")),
        "{task}"
    );
    let again = world.act(id, "cancel");
    assert_eq!(again.status, 200, "{}", text(&again));
    assert_eq!(json_of(&again), world.task(id));
}

#[test]
fn a_waiting_task_is_canceled_at_once() {
    let world = World::new();
    let id = world.submit(&world.held());
    assert_eq!(world.act(id, "cancel").status, 202);
    assert_eq!(world.task(id)["state"], "canceled");
}

#[test]
fn only_a_task_that_is_over_and_did_not_complete_is_repeated_without_force() {
    let world = World::new();
    let active = world.submit(&world.held());
    problem(&world.act(active, "retry"), 409, "state-forbids");
    let completed = world.done(&world.script("exit 0"))["id"].as_u64().expect("an id");
    problem(&world.act(completed, "redispatch"), 409, "state-forbids");
    let answer = world.api.post(
        &format!("/api/v1/tasks/{completed}/redispatch"),
        &json!({ "force": true }),
    );
    assert_eq!(answer.status, 202, "{}", text(&answer));
    let failed = world.done(&world.script("test -e go || exit 1"))["id"]
        .as_u64()
        .expect("an id");
    let answer = world.act(failed, "retry");
    assert_eq!(answer.status, 202, "{}", text(&answer));
    let id = json_of(&answer)["task_id"].as_u64().expect("an id");
    let repeated = world.end_of(id);
    assert_eq!(
        (&repeated["retry_of"], &repeated["chain"]),
        (&json!(failed), &json!(failed))
    );
    assert_eq!(world.task(failed)["retried_by"], json!(id));
}

#[test]
fn a_chain_has_one_active_task_at_most() {
    let world = World::new();
    let failed = world.done(&world.script("test -e again && sleep 60; exit 1"))["id"]
        .as_u64()
        .expect("an id");
    std::fs::write(world.folder.path().join("again"), "").expect("a file");
    let again = world.act(failed, "retry");
    assert_eq!(again.status, 202, "{}", text(&again));
    problem(&world.act(failed, "retry"), 409, "chain-active");
}

#[test]
fn a_task_whose_folder_is_gone_is_not_repeated() {
    let world = World::new();
    let folder = world.folder.path().join("work");
    std::fs::create_dir(&folder).expect("a folder");
    let mut body = world.script("exit 1");
    body["cwd"] = json!(folder.to_str());
    let failed = world.done(&body)["id"].as_u64().expect("an id");
    std::fs::remove_dir(&folder).expect("it is empty");
    let refused = problem(&world.act(failed, "retry"), 410, "source-gone");
    assert!(refused["hint"].is_string(), "{refused}");
}

#[test]
fn what_is_held_starts_when_it_is_released() {
    let world = World::new();
    let id = world.submit(&world.held());
    assert_eq!(world.act(id, "hold").status, 200, "it is held already");
    let answer = world.act(id, "release");
    assert_eq!(answer.status, 200, "{}", text(&answer));
    assert_eq!(world.end_of(id)["state"], "completed");
    for act in ["hold", "release", "top"] {
        problem(&world.act(id, act), 409, "state-forbids");
    }
}

#[test]
fn what_is_moved_to_the_front_comes_first() {
    let world = World::new();
    let answer = world
        .api
        .patch("/api/v1/queues/default", &json!({ "limit": 1, "paused": true }));
    assert_eq!(answer.status, 200, "{}", text(&answer));
    let append = |word: &str| world.script(&format!("echo {word} >> order"));
    let first = world.submit(&append("first"));
    let second = world.submit(&append("second"));
    assert_eq!(world.task(first)["blocked_by"][0]["kind"], "paused");
    let answer = world.act(second, "top");
    assert_eq!(answer.status, 200, "{}", text(&answer));
    world.api.patch("/api/v1/queues/default", &json!({ "paused": false }));
    world.end_of(first);
    world.end_of(second);
    let order = std::fs::read_to_string(world.folder.path().join("order")).expect("both ran");
    assert_eq!(order, "second\nfirst\n");
}

#[test]
fn a_wake_probes_at_once() {
    let world = World::new();
    let mut body = world.script("exit 0");
    body["requires"] = json!(["file:there"]);
    let id = world.submit(&body);
    assert_eq!(world.task(id)["waiting_for"][0]["kind"], "prerequisite");
    std::fs::write(world.folder.path().join("there"), "").expect("a file");
    let answer = world.act(id, "wake");
    assert_eq!(answer.status, 200, "{}", text(&answer));
    assert_eq!(world.end_of(id)["state"], "completed");
    let all = world.api.post("/api/v1/wake", &Value::Null);
    assert_eq!(all.status, 202, "{}", text(&all));
}

#[test]
fn an_acknowledged_failure_needs_nobody() {
    let world = World::new();
    let id = world.done(&world.script("exit 1"))["id"].as_u64().expect("an id");
    assert_eq!(json_of(&world.api.get("/api/v1/stats"))["needs_attention"], 1);
    let needing = || json_of(&world.api.get("/api/v1/tasks?needs_attention=true"))["tasks"].clone();
    assert_eq!(needing()[0]["id"], id);
    let answer = world.act(id, "ack");
    assert_eq!(needing(), json!([]));
    assert_eq!(answer.status, 200, "{}", text(&answer));
    assert_eq!(json_of(&answer)["needs_attention"], false);
    assert_eq!(json_of(&world.api.get("/api/v1/stats"))["needs_attention"], 0);
}

#[test]
fn an_act_takes_no_body_or_its_own_and_nothing_else() {
    let world = World::new();
    let id = world.submit(&world.held());
    let post = |act: &str, body: Value| world.api.post(&format!("/api/v1/tasks/{id}/{act}"), &body);
    problem(&post("hold", json!({ "x": 1 })), 400, "bad-request");
    problem(&post("cancel", json!({ "x": 1 })), 400, "bad-request");
    problem(&post("retry", json!([])), 400, "bad-request");
    assert_eq!(post("release", json!({})).status, 200);
}

#[test]
fn an_unknown_task_is_not_found_by_any_act() {
    let world = World::new();
    for act in ["cancel", "retry", "redispatch", "hold", "release", "wake", "top", "ack"] {
        problem(&world.act(999, act), 404, "task-not-found");
    }
    for part in ["", "/history", "/result", "/output", "/await?timeout_ms=0"] {
        for id in ["999", "x", "0", "-1", "99999999999999999999", "%2f", "1.5"] {
            problem(
                &world.api.get(&format!("/api/v1/tasks/{id}{part}")),
                404,
                "task-not-found",
            );
        }
    }
    problem(&world.api.patch("/api/v1/tasks/999", &json!({})), 404, "task-not-found");
}
