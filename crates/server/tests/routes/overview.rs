//! Counts, queues, and all that only looks.

use serde_json::{Value, json};

use crate::world::{World, header, json_of, problem, text};

#[test]
fn the_daemon_tells_what_it_is() {
    let world = World::new();
    let status = json_of(&world.api.get("/api/v1/daemon"));
    assert_eq!(
        (&status["running"], &status["pid"]),
        (&json!(true), &json!(std::process::id()))
    );
    assert_eq!(
        (&status["version"], &status["http"]),
        (&json!("0.0.0-test"), &Value::Null)
    );
    assert!(status["schema"].as_u64().is_some_and(|schema| schema > 0), "{status}");
    assert!(
        status["socket"]
            .as_str()
            .is_some_and(|socket| socket.ends_with("longhaul.sock")),
        "{status}"
    );
}

#[test]
fn counts_agree_with_the_tasks() {
    let world = World::new();
    world.submit(&world.held());
    world.done(&world.script("exit 1"));
    let stats = json_of(&world.api.get("/api/v1/stats"));
    assert_eq!(
        (&stats["states"]["waiting"], &stats["states"]["failed"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        (&stats["states"]["running"], &stats["needs_attention"]),
        (&json!(0), &json!(1))
    );
    let metrics = world.api.get("/metrics");
    let page = text(&metrics);
    for line in [
        "longhaul_tasks{state=\"waiting\"} 1",
        "longhaul_build_info{version=\"0.0.0-test\"} 1",
        "# TYPE",
    ] {
        assert!(page.contains(line), "{line} is not in {page}");
    }
    let workspaces = json_of(&world.api.get("/api/v1/workspaces"));
    assert_eq!(workspaces["workspaces"][0]["tasks"], json!([1]), "{workspaces}");
    assert_eq!(json_of(&world.api.get("/api/v1/agents"))["agents"][0]["name"], "codex");
    assert_eq!(
        json_of(&world.api.get("/api/v1/nodes"))["nodes"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    assert!(json_of(&world.api.get("/api/v1/doctor"))["findings"].is_array());
}

#[test]
fn a_limit_is_set_and_taken_away() {
    let world = World::new();
    let named = |queues: &Value, name: &str| -> Value {
        let queues = queues["queues"].as_array().expect("queues");
        queues
            .iter()
            .find(|queue| queue["name"] == name)
            .cloned()
            .unwrap_or_default()
    };
    let queues = json_of(&world.api.get("/api/v1/queues"));
    assert_eq!(named(&queues, "default")["limit"], 4, "{queues}");
    assert_eq!(
        (&queues["total_limit"], &queues["paused"]),
        (&Value::Null, &json!(false))
    );
    let change = |name: &str, change: Value| {
        let answer = world.api.patch(&format!("/api/v1/queues/{name}"), &change);
        assert_eq!(answer.status, 200, "{}", text(&answer));
        json_of(&answer)
    };
    assert_eq!(
        named(&change("nightly/builds", json!({ "limit": 2 })), "nightly/builds")["limit"],
        2
    );
    let queues = change("nightly/builds", json!({ "paused": true }));
    assert_eq!(named(&queues, "nightly/builds")["limit"], 2, "what is not there stays");
    assert_eq!(
        named(&change("nightly/builds", json!({ "limit": null })), "nightly/builds")["limit"],
        Value::Null
    );
    assert_eq!(change("total", json!({ "limit": 9, "paused": true }))["total_limit"], 9);
    assert_eq!(json_of(&world.api.get("/api/v1/queues"))["paused"], true);
    assert_eq!(
        change("total", json!({ "limit": null, "paused": false }))["total_limit"],
        Value::Null
    );
    problem(
        &world.api.patch("/api/v1/queues/two%20words", &json!({ "limit": 1 })),
        400,
        "bad-request",
    );
    problem(
        &world.api.patch("/api/v1/queues/default", &json!({ "limit": -1 })),
        400,
        "bad-request",
    );
    problem(
        &world.api.patch("/api/v1/queues/default", &json!({ "limits": 1 })),
        400,
        "bad-request",
    );
}

#[test]
fn pruning_forgets_finished_tasks_and_keeps_the_rest() {
    let world = World::new();
    world.done(&world.script("exit 0"));
    let open = world.submit(&world.held());
    let answer = world
        .api
        .post("/api/v1/prune", &json!({ "older_than_ms": 0, "keep": 0 }));
    assert_eq!((answer.status, json_of(&answer)), (200, json!({ "tasks": 1 })));
    problem(&world.api.get("/api/v1/tasks/1"), 404, "task-not-found");
    assert_eq!(world.task(open)["state"], "waiting");
    let answer = world.api.post("/api/v1/prune", &Value::Null);
    assert_eq!((answer.status, json_of(&answer)), (200, json!({ "tasks": 0 })));
}

#[test]
fn the_api_describes_itself_completely() {
    let world = World::new();
    let answer = world.api.get("/api/v1/openapi.json");
    assert_eq!(
        (answer.status, header(&answer, "content-type")),
        (200, Some("application/json"))
    );
    let document = json_of(&answer);
    assert_eq!(
        document,
        serde_json::from_str::<Value>(&longhaul_server::openapi_document()).expect("JSON")
    );
    let paths = document["paths"].as_object().expect("paths");
    for path in [
        "/api/v1/tasks",
        "/api/v1/tasks/{id}/await",
        "/api/v1/events",
        "/api/v1/queues/{name}",
        "/healthz",
    ] {
        assert!(paths.contains_key(path), "{path}");
    }
    for (path, methods) in paths {
        let methods = methods.as_object().expect("methods");
        for method in methods.keys() {
            let address = path.replace("{id}", "999").replace("{name}", "default");
            if method == "get" && !address.ends_with("events") {
                let status = world.api.get(&address).status;
                assert!(
                    status == 200 || (status == 404 && address.contains("999")),
                    "{address}: {status}"
                );
            }
        }
    }
}
