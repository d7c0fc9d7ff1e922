//! Submitting, listing, showing, editing.

use serde_json::{Value, json};

use crate::world::{World, header, json_of, problem, text};

#[test]
fn a_submit_is_answered_with_the_task_and_where_it_is() {
    let world = World::new();
    let answer = world.api.post("/api/v1/tasks", &world.held());
    assert_eq!(answer.status, 201, "{}", text(&answer));
    let task = json_of(&answer);
    assert_eq!(
        header(&answer, "location"),
        Some(&*format!("/api/v1/tasks/{}", task["id"]))
    );
    assert_eq!(task["state"], "waiting");
    assert_eq!(task["waiting_for"][0]["kind"], "held");
    assert_eq!(world.task(1), task);
}

#[test]
fn a_task_has_every_field_of_the_contract() {
    let world = World::new();
    let task = world.done(&world.script("echo out; echo err >&2; exit 3"));
    for field in [
        "id name kind state waiting_for blocked_by command prompt agent workspace cwd access isolation enforcement",
        "queue priority created_at started_at ended_at queue_ms duration_ms attempt max_attempts outcome session",
        "origin parent retry_of retried_by chain usage summary output_bytes output_truncated stopping labels",
        "payload data trigger",
    ]
    .iter()
    .flat_map(|fields| fields.split(' '))
    {
        assert!(task.get(field).is_some(), "`{field}` is missing in {task}");
    }
    assert_eq!(task["state"], "failed");
    assert_eq!(task["outcome"]["reason"], "exit");
    assert_eq!(task["outcome"]["exit_code"], 3);
    assert_eq!(task["output_bytes"], 8);
    assert_eq!(task["access"], "unmanaged");
    assert_eq!(task["isolation"], Value::Null);
    assert_eq!(task["needs_attention"], true);
}

#[test]
fn the_same_key_and_body_give_the_same_task_and_another_body_is_refused() {
    let world = World::new();
    let send = |body: &Value| {
        world
            .api
            .request("POST", "/api/v1/tasks")
            .header("Idempotency-Key", "k-1")
            .json(body)
            .send()
    };
    let mut body = world.held();
    body["environment"] = json!({ "A": "1" });
    let first = send(&body);
    assert_eq!(first.status, 201, "{}", text(&first));
    body["environment"] = json!({ "A": "2" });
    body["umask"] = json!(0o22);
    let second = send(&body);
    assert_eq!(second.status, 200, "{}", text(&second));
    assert_eq!(json_of(&first)["id"], json_of(&second)["id"]);
    body["priority"] = json!(1);
    problem(&send(&body), 409, "key-reused");
}

#[test]
fn what_cannot_be_understood_is_refused_and_nothing_is_created() {
    let world = World::new();
    let post = |body: &Value| world.api.post("/api/v1/tasks", body);
    let with = |field: &str, value: Value| {
        let mut body = world.held();
        body[field] = value;
        body
    };
    let refused = problem(&post(&with("colour", json!("red"))), 400, "bad-request");
    assert!(
        refused["detail"]
            .as_str()
            .is_some_and(|detail| detail.contains("colour")),
        "{refused}"
    );
    let refused = problem(&post(&with("kind", json!("dream"))), 400, "bad-spec");
    assert!(
        refused["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("command, clone, agent")),
        "{refused}"
    );
    for (field, value) in [
        ("cwd", json!("relative")),
        ("command", json!([])),
        ("command", json!(["a\u{0}b"])),
        ("url", json!("https://x/y")),
        ("dir", json!("y")),
        ("queue", json!("total")),
        ("access", json!("everything")),
        ("requires", json!(["moon"])),
        ("after", json!([0])),
        ("parent", json!(0)),
        ("stdin_base64", json!("%%%")),
        ("umask", json!(4096)),
        ("labels", json!({ "": "x" })),
    ] {
        problem(&post(&with(field, value)), 400, "bad-spec");
    }
    problem(&post(&with("after", json!([999]))), 400, "unknown-dependency");
    problem(&post(&with("parent", json!(999))), 400, "unknown-dependency");
    problem(&post(&with("command", json!("true"))), 400, "bad-request");
    assert_eq!(json_of(&world.api.get("/api/v1/tasks"))["tasks"], json!([]));
}

#[test]
fn a_payload_is_another_way_to_say_the_same() {
    let world = World::new();
    let send = |body: &Value| {
        world
            .api
            .request("POST", "/api/v1/tasks")
            .header("Idempotency-Key", "k-1")
            .json(body)
            .send()
    };
    let flat = json!({ "kind": "command", "command": ["true"], "cwd": world.cwd(), "hold": true });
    let folded = json!({ "kind": "command", "payload": { "command": ["true"] }, "cwd": world.cwd(), "hold": true });
    let first = send(&flat);
    assert_eq!(first.status, 201, "{}", text(&first));
    let second = send(&folded);
    assert_eq!(second.status, 200, "{}", text(&second));
    assert_eq!(json_of(&second)["payload"], json!({ "command": ["true"] }));
    let both =
        json!({ "kind": "command", "payload": { "command": ["true"] }, "command": ["true"], "cwd": world.cwd() });
    let refused = problem(&world.api.post("/api/v1/tasks", &both), 400, "bad-spec");
    assert!(
        refused["detail"]
            .as_str()
            .is_some_and(|detail| detail.starts_with("payload.command:"))
    );
    let wrong = json!({ "kind": "command", "payload": { "command": "hunter2, expected" }, "cwd": world.cwd() });
    let refused = problem(&world.api.post("/api/v1/tasks", &wrong), 400, "bad-spec");
    assert_eq!(refused["detail"], "payload.command: expected a sequence");
}

#[test]
fn what_set_a_task_off_is_derived_and_only_a_system_or_a_policy_is_stated() {
    let world = World::new();
    let trigger = |change: Value| {
        let mut body = world.held();
        for (field, value) in change.as_object().expect("fields") {
            body[field] = value.clone();
        }
        json_of(&world.api.post("/api/v1/tasks", &body))["trigger"].clone()
    };
    let by = |source: &str| trigger(json!({ "origin": { "source": source } }))["by"].clone();
    assert_eq!(by("shell"), "user");
    assert_eq!(by("mcp"), "agent");
    assert_eq!(by("schedule"), "schedule");
    let unnamed = trigger(json!({}));
    assert_eq!((&unnamed["by"], &unnamed["detail"]), (&json!("api"), &Value::Null));
    let stated = trigger(json!({ "trigger": { "by": "policy", "detail": "nightly" } }));
    assert_eq!(
        (&stated["by"], &stated["detail"]),
        (&json!("policy"), &json!("nightly"))
    );
    for trigger in [
        json!({ "by": "user", "detail": "me" }),
        json!({ "by": "moon", "detail": "full" }),
        json!({ "by": "policy", "detail": " " }),
    ] {
        let mut body = world.held();
        body["trigger"] = trigger;
        problem(&world.api.post("/api/v1/tasks", &body), 400, "bad-spec");
    }
}

#[test]
fn an_environment_is_in_no_answer() {
    let world = World::new();
    let mut body = world.script("exit 0");
    body["environment"] = json!({ "PATH": "/usr/bin:/bin", "SECRET": "hunter2" });
    let task = world.done(&body);
    let id = &task["id"];
    for address in ["", "/history", "/result"] {
        let answer = world.api.get(&format!("/api/v1/tasks/{id}{address}"));
        assert!(!text(&answer).contains("hunter2"), "{}", text(&answer));
    }
    body["environment"] = json!({ "SECRET": { "a": "hunter2" } });
    let refused = problem(&world.api.post("/api/v1/tasks", &body), 400, "bad-request");
    assert!(!refused.to_string().contains("hunter2"), "{refused}");
    body["environment"] = json!("hunter2");
    let refused = problem(&world.api.post("/api/v1/tasks", &body), 400, "bad-request");
    assert!(!refused.to_string().contains("hunter2"), "{refused}");
}

#[test]
fn the_credentials_of_a_clone_are_in_no_answer() {
    let world = World::new();
    let body = json!({
        "kind": "clone", "url": "http://me:hunter2@127.0.0.1:9/a/b.git", "cwd": world.cwd(),
    });
    let task = world.done(&body);
    assert_eq!(task["state"], "failed", "{task}");
    assert_eq!(task["url"], "http://127.0.0.1:9/a/b.git");
    assert_eq!(task["dir"], format!("{}/b", world.cwd()));
    for address in ["", "/history", "/result", "/output"] {
        let answer = world.api.get(&format!("/api/v1/tasks/{}{address}", task["id"]));
        assert!(!text(&answer).contains("hunter2"), "{}", text(&answer));
    }
}

#[test]
fn a_list_is_filtered_and_paged() {
    let world = World::new();
    for number in 0..5 {
        let mut body = world.held();
        body["labels"] = json!({ "n": number.to_string() });
        body["queue"] = json!(if number % 2 == 0 { "even" } else { "odd" });
        world.submit(&body);
    }
    world.done(&world.script("exit 0"));
    let ids = |query: &str| -> Vec<u64> {
        let answer = world.api.get(&format!("/api/v1/tasks?{query}"));
        assert_eq!(answer.status, 200, "{}", text(&answer));
        let page = json_of(&answer);
        page["tasks"]
            .as_array()
            .expect("tasks")
            .iter()
            .map(|task| task["id"].as_u64().expect("an id"))
            .collect()
    };
    assert_eq!(ids(""), [6, 5, 4, 3, 2, 1]);
    assert_eq!(ids("state=completed"), [6]);
    assert_eq!(ids("state=waiting,cancelled&queue=odd"), [4, 2]);
    assert_eq!(ids("label=n"), [5, 4, 3, 2, 1]);
    assert_eq!(ids("label=n=3"), [4]);
    assert_eq!(ids("kind=clone"), [0; 0]);
    assert_eq!(ids("chain=2"), [2]);
    let first = json_of(&world.api.get("/api/v1/tasks?limit=4"));
    let next = first["next"].as_str().expect("there is a next page");
    assert_eq!(ids(&format!("limit=4&cursor={next}")), [2, 1]);
    assert_eq!(
        json_of(&world.api.get(&format!("/api/v1/tasks?limit=2&cursor={next}")))["next"],
        Value::Null
    );
    for query in [
        "limit=0",
        "limit=1001",
        "limit=x",
        "state=done",
        "cursor=x",
        "sate=failed",
        "kind=a&kind=b",
    ] {
        problem(&world.api.get(&format!("/api/v1/tasks?{query}")), 400, "bad-request");
    }
}

#[test]
fn a_task_that_has_not_started_is_edited_and_any_other_is_not() {
    let world = World::new();
    let id = world.submit(&world.held());
    let change =
        json!({ "priority": 7, "name": "better", "command": ["false"], "timeout_ms": 5_000, "labels": { "a": "b" } });
    let answer = world.api.patch(&format!("/api/v1/tasks/{id}"), &change);
    assert_eq!(answer.status, 200, "{}", text(&answer));
    let task = json_of(&answer);
    assert_eq!((&task["priority"], &task["name"]), (&json!(7), &json!("better")));
    assert_eq!(
        (&task["command"], &task["timeout_ms"]),
        (&json!(["false"]), &json!(5_000))
    );
    assert_eq!(task["waiting_for"][0]["kind"], "held", "an edit releases nothing");
    let answer = world.api.patch(
        &format!("/api/v1/tasks/{id}"),
        &json!({ "timeout_ms": null, "name": null }),
    );
    assert_eq!(
        (&json_of(&answer)["timeout_ms"], &json_of(&answer)["name"]),
        (&Value::Null, &json!("false"))
    );
    let edit = |change: Value| world.api.patch(&format!("/api/v1/tasks/{id}"), &change);
    problem(&edit(json!({ "after": [id] })), 409, "dependency-cycle");
    problem(&edit(json!({ "after": [999] })), 400, "unknown-dependency");
    problem(&edit(json!({ "command": [] })), 400, "bad-spec");
    problem(&edit(json!({ "cwd": "/" })), 400, "bad-request");
    let over = world.done(&world.script("exit 0"))["id"].clone();
    problem(
        &world
            .api
            .patch(&format!("/api/v1/tasks/{over}"), &json!({ "priority": 1 })),
        409,
        "state-forbids",
    );
}

#[test]
fn a_history_tells_the_whole_life() {
    let world = World::new();
    let task = world.done(&world.script("exit 0"));
    let page = json_of(&world.api.get(&format!("/api/v1/tasks/{}/history", task["id"])));
    let events: Vec<_> = page["history"]
        .as_array()
        .expect("steps")
        .iter()
        .map(|step| step["event"].clone())
        .collect();
    assert_eq!(events, ["submitted", "claimed", "attempt-ended"]);
}
