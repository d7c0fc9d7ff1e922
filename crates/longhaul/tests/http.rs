//! The HTTP API: every status of the contract's table that the Unix socket can give, and shapes that stay.

use longhaul_testkit::{World, first_list};
use serde_json::{Value, json};

#[test]
fn a_submit_is_201_with_the_task() {
    let world = World::new();
    let answer = world
        .api()
        .post("/api/v1/tasks", &world.spec(json!({"command": ["true"]})));
    let task = answer.expect(201);
    assert_eq!(task["id"], 1);
    assert!(
        ["queued", "running", "completed"]
            .iter()
            .any(|state| task["state"] == *state),
        "{task:#}"
    );
    assert!(
        answer
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("application/json"))
    );
    world.finish(1);
}

#[test]
fn a_bad_body_is_400_and_creates_nothing() {
    let world = World::new();
    let api = world.api();
    let cwd = world.path("").display().to_string();
    let bad = [
        json!({}),
        json!([]),
        json!("text"),
        json!({"kind": "command", "cwd": cwd}),
        json!({"kind": "command", "cwd": cwd, "command": []}),
        json!({"kind": "command", "cwd": cwd, "command": [""]}),
        json!({"kind": "command", "cwd": cwd, "command": "true"}),
        json!({"kind": "command", "cwd": cwd, "command": ["a\u{0}b"]}),
        json!({"kind": "command", "cwd": "relative", "command": ["true"]}),
        json!({"kind": "command", "command": ["true"]}),
        json!({"kind": "command", "cwd": cwd, "command": ["true"], "colour": "red"}),
        json!({"kind": "command", "cwd": cwd, "command": ["true"], "priority": "high"}),
        json!({"kind": "command", "cwd": cwd, "command": ["true"], "timeout_ms": -1}),
        json!({"kind": "command", "cwd": cwd, "command": ["true"], "retries": -1}),
        json!({"kind": "command", "cwd": cwd, "command": ["true"], "queue": "no spaces\n"}),
        json!({"kind": "command", "cwd": cwd, "command": ["true"], "access": "root"}),
        json!({"kind": "command", "cwd": cwd, "command": ["true"], "requires": ["disk:x"]}),
        json!({"kind": "command", "cwd": cwd, "command": ["true"], "after": [999]}),
        json!({"kind": "command", "cwd": cwd, "command": ["true"], "at": "tomorrow"}),
        json!({"kind": "command", "cwd": cwd, "command": ["true"], "labels": {"": "x"}}),
        json!({"kind": "dance", "cwd": cwd, "command": ["true"]}),
        json!({"kind": "clone", "cwd": cwd, "url": "", "dir": "/x"}),
    ];
    for body in bad {
        let answer = api.post("/api/v1/tasks", &body);
        assert_eq!(answer.status, 400, "{body}: {}", answer.text());
        answer.expect_problem(400);
    }
    let request = api
        .request("POST", "/api/v1/tasks")
        .header("Content-Type", "application/json");
    for text in ["", "{", "{\"kind\":", "\u{0}\u{0}"] {
        request
            .clone()
            .body(text.as_bytes().to_vec())
            .send()
            .expect_problem(400);
    }
    request.body(b"{\"kind\":\"\xff\"}".to_vec()).send().expect_problem(400);
    assert!(world.tasks().is_empty());
}

#[test]
fn an_unknown_field_is_named() {
    let world = World::new();
    let answer = world.api().post(
        "/api/v1/tasks",
        &world.spec(json!({"command": ["true"], "colour": "red"})),
    );
    answer.expect_problem(400);
    assert!(answer.text().contains("colour"), "{}", answer.text());
}

#[test]
fn what_is_not_there_is_404() {
    let world = World::new();
    let api = world.api();
    for part in ["", "/result", "/history", "/output", "/await?timeout_ms=0"] {
        api.get(&format!("/api/v1/tasks/999{part}")).expect_problem(404);
    }
    for act in ["cancel", "retry", "redispatch", "hold", "release", "wake", "top", "ack"] {
        api.post(&format!("/api/v1/tasks/999/{act}"), &Value::Null)
            .expect_problem(404);
    }
    api.patch("/api/v1/tasks/999", &json!({"priority": 1}))
        .expect_problem(404);
    for target in ["/api/v1/no-such-thing", "/api/v2/tasks", "/api/v1/tasks/1/dance"] {
        api.get(target).expect_problem(404);
    }
    for id in ["0", "-1", "one", "1.5", "99999999999999999999"] {
        let status = api.get(&format!("/api/v1/tasks/{id}")).status;
        assert!([400, 404].contains(&status), "{id}: {status}");
    }
}

#[test]
fn a_wrong_method_is_405() {
    let world = World::new();
    let api = world.api();
    for (method, target) in [
        ("DELETE", "/api/v1/tasks/1"),
        ("PUT", "/api/v1/tasks"),
        ("GET", "/api/v1/tasks/1/cancel"),
        ("POST", "/api/v1/events"),
        ("POST", "/healthz"),
    ] {
        api.request(method, target)
            .json(&Value::Null)
            .send()
            .expect_problem(405);
    }
}

#[test]
fn what_the_state_forbids_is_409() {
    let world = World::new();
    let id = world.submit(&[], &["true"]);
    world.finish(id);
    let api = world.api();
    for act in ["hold", "release", "top", "retry"] {
        api.post(&format!("/api/v1/tasks/{id}/{act}"), &Value::Null)
            .expect_problem(409);
    }
    api.patch(&format!("/api/v1/tasks/{id}"), &json!({"priority": 1}))
        .expect_problem(409);
}

#[test]
fn a_body_above_16_mib_is_413_and_one_below_is_taken() {
    let world = World::new();
    let api = world.api();
    let body = |size_bytes: usize| {
        let label = "x".repeat(size_bytes);
        world.spec(json!({"command": ["true"], "labels": {"long": label}}))
    };
    api.post("/api/v1/tasks", &body(17 * 1024 * 1024)).expect_problem(413);
    assert!(world.tasks().is_empty());
    let status = api.post("/api/v1/tasks", &body(4 * 1024 * 1024)).status;
    assert!([201, 400].contains(&status), "{status}");
    if status == 201 {
        world.finish(1);
    }
}

#[test]
fn a_body_that_is_not_json_is_415() {
    let world = World::new();
    let api = world.api();
    let body = world.spec(json!({"command": ["true"]})).to_string().into_bytes();
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/jsonx",
    ] {
        let request = api
            .request("POST", "/api/v1/tasks")
            .header("Content-Type", kind)
            .body(body.clone());
        request.send().expect_problem(415);
    }
    api.request("POST", "/api/v1/tasks")
        .body(body.clone())
        .send()
        .expect_problem(415);
    assert!(world.tasks().is_empty());
    let request = api
        .request("POST", "/api/v1/tasks")
        .header("Content-Type", "application/json; charset=utf-8");
    request.body(body).send().expect(201);
    world.finish(1);
}

#[test]
fn a_foreign_host_or_origin_is_403() {
    let world = World::new();
    let api = world.api();
    for host in ["evil.example", "localhost.evil.example", "169.254.169.254"] {
        api.request("GET", "/api/v1/tasks")
            .header("Host", host)
            .send()
            .expect_problem(403);
    }
    let submit = api
        .request("POST", "/api/v1/tasks")
        .json(&world.spec(json!({"command": ["true"]})));
    for origin in ["https://evil.example", "null", "http://localhost.evil.example"] {
        submit.clone().header("Origin", origin).send().expect_problem(403);
        api.request("GET", "/api/v1/events")
            .header("Origin", origin)
            .send()
            .expect_problem(403);
    }
    assert!(world.tasks().is_empty());
}

#[test]
fn acts_take_an_empty_body() {
    let world = World::new();
    let api = world.api();
    let id = world.submit(&["--hold"], &["true"]);
    let act = |act: &str, body: &Value| api.post(&format!("/api/v1/tasks/{id}/{act}"), body);
    assert!((200..300).contains(&act("wake", &Value::Null).status));
    assert!((200..300).contains(&act("hold", &json!({})).status));
    assert!((200..300).contains(&act("release", &Value::Null).status));
    world.finish(id);
    assert!((200..300).contains(&act("ack", &Value::Null).status));
}

/// All that a request could change: the tasks with what happened to them, the queues, the daemon and its token.
fn everything(world: &World) -> Value {
    let tasks = world.tasks().into_iter().map(|mut task| {
        let history = world.history(task["id"].as_u64().expect("an id"));
        // These grow by themselves.
        let fields = task.as_object_mut().expect("a task is an object");
        fields.retain(|name, _| !["queue_ms", "duration_ms"].contains(&name.as_str()));
        json!([task, history])
    });
    let tasks: Vec<Value> = tasks.collect();
    let queues = world.api().get("/api/v1/queues").expect(200);
    json!([tasks, queues, world.daemons(), world.token()])
}

#[test]
fn get_never_changes_anything() {
    let world = World::new();
    world.longhaul(["limit", "default", "1"]).run().ok();
    let [retried, redispatched] = [(); 2].map(|()| world.submit_script(&[], "exit 1"));
    world.finish(retried);
    world.finish(redispatched);
    let running = world.submit_agent(&[], &["--wait-for", "gate"]);
    world.reach(running, "running");
    let first = world.submit(&[], &["true"]);
    let second = world.submit(&[], &["true"]);
    let held = world.submit(&["--hold"], &["true"]);
    // Each of them changes something when it is posted.
    let acts = [
        (retried, "ack"),
        (retried, "retry"),
        (redispatched, "redispatch"),
        (second, "top"),
        (second, "hold"),
        (held, "release"),
        (first, "cancel"),
        (running, "cancel"),
    ];
    for (id, act) in acts {
        let before = everything(&world);
        let target = format!("/api/v1/tasks/{id}/{act}");
        let code = world.api().get(&target).expect_problem(405);
        assert_eq!(code, "method-not-allowed", "{act}");
        assert_eq!(everything(&world), before, "GET {act} changed something");
        let posted = world.api().post(&target, &Value::Null);
        assert!((200..300).contains(&posted.status), "{act}: {}", posted.text());
        assert_ne!(
            everything(&world),
            before,
            "POST {act} changed nothing, so it proves nothing"
        );
    }
    world.longhaul(["release", &second.to_string()]).run().ok();
    for task in world.tasks() {
        world.finish(task["id"].as_u64().expect("an id"));
    }
    // And every other request that is only ever posted.
    let document = world.longhaul(["internal", "openapi"]).run().ok().json();
    let paths = document["paths"].as_object().expect("the document lists paths");
    let before = everything(&world);
    let posted = paths.iter().filter(|(_, methods)| methods.get("get").is_none());
    let mut count = 0;
    for (path, _) in posted {
        let target = path.replace("{id}", &held.to_string()).replace("{name}", "default");
        world.api().get(&target).expect_problem(405);
        count += 1;
    }
    assert!(count >= 20, "only {count} requests were tried");
    assert_eq!(everything(&world), before);
}

#[test]
fn lists_are_filtered_and_paged() {
    let world = World::new();
    let api = world.api();
    for number in 0..7 {
        let label = if number % 2 == 0 { "even" } else { "odd" };
        world.post_task(json!({"command": ["echo", format!("needle{number}")], "labels": {"is": label}, "hold": true}));
    }
    let get = |query: &str| api.get(&format!("/api/v1/tasks?{query}")).expect(200);
    let ids = |page: &Value| {
        first_list(page)
            .iter()
            .filter_map(|task| task["id"].as_u64())
            .collect::<Vec<_>>()
    };
    let first = get("limit=3");
    assert_eq!(ids(&first), [7, 6, 5]);
    let cursor = first["next"].as_str().expect("there is more").to_owned();
    // A new task does not move the pages that follow.
    world.post_task(json!({"command": ["true"], "hold": true}));
    let second = get(&format!("limit=3&cursor={cursor}"));
    assert_eq!(ids(&second), [4, 3, 2]);
    let last = get(&format!(
        "limit=3&cursor={}",
        second["next"].as_str().expect("there is more")
    ));
    assert_eq!(ids(&last), [1]);
    assert!(last["next"].is_null());
    assert_eq!(ids(&get("label=is=even")), [7, 5, 3, 1]);
    assert_eq!(ids(&get("q=needle4")), [5]);
    assert_eq!(ids(&get("state=waiting&limit=2")), [8, 7]);
    assert_eq!(ids(&get("state=completed,failed")), [0_u64; 0]);
    assert_eq!(ids(&get("kind=clone")), [0_u64; 0]);
    for bad in ["state=dancing", "limit=x", "limit=-1", "cursor=garbage", "parent=x"] {
        api.get(&format!("/api/v1/tasks?{bad}")).expect_problem(400);
    }
    for id in 1..=8 {
        api.post(&format!("/api/v1/tasks/{id}/cancel"), &Value::Null);
    }
}

#[test]
fn a_search_text_is_data() {
    let world = World::new();
    world.submit(&[], &["echo", "it's 100% \"quoted\" AND done*"]);
    world.finish(1);
    for text in [
        "%22", "'", "AND", "*", "NEAR(", "-", "a%22b", "%25", "%00", "it's", "done*",
    ] {
        let answer = world.api().get(&format!("/api/v1/tasks?q={text}"));
        assert!([200, 400].contains(&answer.status), "{text}: {}", answer.text());
    }
    assert_eq!(
        first_list(&world.api().get("/api/v1/tasks?q=quoted").expect(200)).len(),
        1
    );
}

#[test]
fn queues_are_listed_and_changed() {
    let world = World::new();
    let api = world.api();
    api.patch("/api/v1/queues/builds", &json!({"limit": 2, "paused": true}))
        .expect(200);
    let queues = first_list(&api.get("/api/v1/queues").expect(200));
    let named = |name: &str| {
        queues
            .iter()
            .find(|queue| queue["name"] == name)
            .cloned()
            .unwrap_or_default()
    };
    assert_eq!(named("default")["limit"], 4);
    assert_eq!(
        (&named("builds")["limit"], &named("builds")["paused"]),
        (&json!(2), &json!(true))
    );
    api.patch("/api/v1/queues/builds", &json!({"limit": -1}))
        .expect_problem(400);
    api.patch("/api/v1/queues/builds", &json!({"colour": "red"}))
        .expect_problem(400);
    api.patch("/api/v1/queues/bad%20name", &json!({"limit": 1}))
        .expect_problem(400);
}

#[test]
fn machines_are_told_how_it_goes() {
    let world = World::new();
    let id = world.submit(&[], &["true"]);
    world.finish(id);
    let api = world.api();
    assert_eq!(api.get("/healthz").status, 200);
    assert_eq!(api.get("/readyz").status, 200);
    let metrics = api.get("/metrics");
    assert_eq!(metrics.status, 200);
    assert!(metrics.text().contains("longhaul"), "{}", metrics.text());
    for target in [
        "/api/v1/stats",
        "/api/v1/workspaces",
        "/api/v1/agents",
        "/api/v1/nodes",
        "/api/v1/doctor",
    ] {
        api.get(target).expect(200);
    }
}

#[test]
fn the_openapi_document_names_every_route_of_the_contract() {
    let world = World::new();
    let document = world.api().get("/api/v1/openapi.json").expect(200);
    assert!(
        document["openapi"]
            .as_str()
            .is_some_and(|version| version.starts_with("3.")),
        "{document}"
    );
    let paths = document["paths"].as_object().expect("it has paths");
    for path in [
        "/api/v1/tasks",
        "/api/v1/tasks/{id}",
        "/api/v1/tasks/{id}/await",
        "/api/v1/tasks/{id}/output",
        "/api/v1/tasks/{id}/cancel",
        "/api/v1/tasks/{id}/retry",
        "/api/v1/queues",
        "/api/v1/events",
    ] {
        assert!(
            paths.contains_key(path),
            "no {path}: {:?}",
            paths.keys().collect::<Vec<_>>()
        );
    }
}

#[test]
fn paths_do_not_lead_out() {
    let world = World::new();
    let id = world.submit(&[], &["true"]);
    world.finish(id);
    for target in [
        "/api/v1/tasks/../../../../etc/passwd",
        "/api/v1/tasks/1/../../../../../etc/passwd",
        "/api/v1/tasks/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/..%2f..%2fetc/passwd",
        "//etc/passwd",
    ] {
        let answer = world.api().get(target);
        assert!((400..500).contains(&answer.status), "{target}: {}", answer.status);
        assert!(!answer.text().contains("root:"), "{target}");
    }
}

#[test]
fn a_task_is_edited_before_it_starts_and_not_after() {
    let world = World::new();
    let id = world.submit(&["--hold"], &["echo", "old"]);
    let api = world.api();
    let target = format!("/api/v1/tasks/{id}");
    api.patch(
        &target,
        &json!({"priority": 9, "name": "new name", "command": ["echo", "new"]}),
    )
    .expect(200);
    let task = world.task(id);
    assert_eq!((&task["priority"], &task["name"]), (&json!(9), &json!("new name")));
    api.patch(&target, &json!({"colour": 1})).expect_problem(400);
    api.patch(&target, &json!({"command": []})).expect_problem(400);
    api.post(&format!("{target}/release"), &Value::Null);
    world.finish(id);
    assert_eq!(world.output(id), b"new\n");
    api.patch(&target, &json!({"priority": 1})).expect_problem(409);
}
