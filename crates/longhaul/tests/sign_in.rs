//! Who gets in over TCP: the token, one-time codes, sessions of pages, and `longhaul open` and `token`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use longhaul_testkit::{Answer, PATIENCE, World, wait_until};
use serde_json::{Value, json};

/// Asserts that the answer carries the headers every answer carries.
fn is_sealed(answer: &Answer) {
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("x-frame-options"), Some("DENY"));
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    let policy = answer.header("content-security-policy").expect("a policy");
    assert!(
        policy.contains("default-src") && policy.contains("frame-ancestors 'none'"),
        "{policy}"
    );
}

#[test]
fn the_token_is_private_and_lets_programs_in() {
    let world = World::new();
    let token = world.token();
    assert!(token.len() >= 32, "{token}");
    let facts = fs::metadata(world.home().join("state/token")).expect("the file is there");
    assert_eq!(facts.permissions().mode() & 0o777, 0o600);
    let task = world
        .with_token()
        .post("/api/v1/tasks", &world.spec(json!({"command": ["echo", "over tcp"]})));
    let id = task.expect(201)["id"].as_u64().expect("an id");
    world.acknowledge(id);
    world.finish(id);
    let output = world.with_token().get(&format!("/api/v1/tasks/{id}/result"));
    assert!(output.text().contains("over tcp"), "{}", output.text());
    is_sealed(&output);
    assert!(!world.longhaul(["export"]).run().ok().text().contains(&token));
    let log = fs::read_to_string(world.home().join("state/daemon.log")).expect("a log");
    assert!(!log.contains(&token), "the token stands in the log");
}

#[test]
fn without_a_token_everything_is_401_but_health_and_the_pages_files() {
    let world = World::new();
    let id = world.submit(&["--hold"], &["true"]);
    let stranger = world.stranger();
    let document = world.api().get("/api/v1/openapi.json").expect(200);
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for method in methods.as_object().expect("methods").keys() {
            let target = path.replace("{id}", &id.to_string()).replace("{name}", "default");
            let answer = stranger.request(&method.to_uppercase(), &target).send();
            match path.as_str() {
                "/healthz" | "/readyz" => assert_eq!(answer.status, 200, "{path}"),
                // It wants a body first.
                "/api/v1/sign-in" => assert_eq!(answer.status, 415, "{path}"),
                _ => {
                    assert_eq!(answer.expect_problem(401), "not-signed-in", "{method} {path}");
                    assert!(answer.header("www-authenticate").is_some());
                }
            }
        }
    }
    for target in ["/api/v1/no-such-thing", "/api", "/api/v2/x", "/metrics"] {
        stranger.get(target).expect_problem(401);
    }
    let index = stranger.get("/");
    assert_eq!(index.status, 200);
    assert!(
        index
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("text/html"))
    );
    is_sealed(&index);
    let policy = index.header("content-security-policy").unwrap_or_default();
    let scripts = policy.split(';').find(|part| part.trim().starts_with("script-src"));
    assert!(policy.contains("default-src 'self'"), "{policy}");
    assert!(
        scripts.is_some_and(|scripts| !scripts.contains("unsafe-inline")),
        "{policy}"
    );
    assert_eq!(world.task(id)["state"], "waiting", "nothing was changed");
    world.longhaul(["cancel", &id.to_string()]).run().ok();
}

#[test]
fn a_wrong_token_is_401_and_many_wrong_ones_are_429_but_the_right_one_still_gets_in() {
    let world = World::new();
    let wrong = world.stranger().with_header("Authorization", "Bearer wrong");
    wrong.get("/api/v1/stats").expect_problem(401);
    let bearerless = world.stranger().with_header("Authorization", "Basic dXNlcjpwYXNz");
    bearerless.get("/api/v1/stats").expect_problem(401);
    wait_until("so many are refused with a time to wait", PATIENCE, || {
        let answer = world.stranger().post("/api/v1/sign-in", &json!({"code": "guess"}));
        if answer.status == 401 {
            return false;
        }
        assert_eq!(answer.expect_problem(429), "too-many-attempts");
        let wait_s: u64 = answer
            .header("retry-after")
            .and_then(|text| text.parse().ok())
            .expect("a time");
        assert!((1..=60).contains(&wait_s), "{wait_s}");
        true
    });
    assert_eq!(wrong.get("/api/v1/stats").expect_problem(429), "too-many-attempts");
    assert_eq!(world.with_token().get("/api/v1/stats").status, 200);
    // Without anything presented it is no attempt.
    world.stranger().get("/api/v1/stats").expect_problem(401);
}

#[test]
fn a_page_signs_in_once_per_code_and_needs_cookie_and_secret() {
    let world = World::new();
    let (_, code) = world.opened();
    let stranger = world.stranger();
    let sign_in = |body: &Value| stranger.post("/api/v1/sign-in", body);
    let signed_in = sign_in(&json!({ "code": code }));
    assert_eq!(signed_in.status, 200);
    let cookie = signed_in.header("set-cookie").expect("a cookie");
    for property in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(property), "{cookie}");
    }
    sign_in(&json!({ "code": code })).expect_problem(401);
    sign_in(&json!({})).expect_problem(400);
    sign_in(&json!({"code": "a", "token": "b"})).expect_problem(400);
    sign_in(&json!({"password": "a"})).expect_problem(400);
    // Whoever has proved nothing is not read at length.
    sign_in(&json!({"code": "x".repeat(5_000)})).expect_problem(413);
    assert_eq!(sign_in(&json!({ "token": world.token() })).status, 200);

    let session = world.signed_in();
    let page = world.as_page(&session);
    assert_eq!(page.get("/api/v1/stats").status, 200);
    let id = page
        .post("/api/v1/tasks", &world.spec(json!({"command": ["true"]})))
        .expect(201)["id"]
        .as_u64();
    world.finish(id.expect("an id"));
    let cookie_alone = stranger.clone().with_header("Cookie", &session.cookie);
    cookie_alone.get("/api/v1/stats").expect_problem(401);
    cookie_alone.get("/api/v1/events").expect_problem(401);
    stranger
        .clone()
        .with_header("x-longhaul-page", &session.secret)
        .get("/api/v1/stats")
        .expect_problem(401);
    let other = world.signed_in();
    let mixed = stranger
        .clone()
        .with_header("Cookie", &session.cookie)
        .with_header("x-longhaul-page", &other.secret);
    mixed.get("/api/v1/stats").expect_problem(401);

    let out = page.post("/api/v1/sign-out", &Value::Null);
    assert_eq!(out.status, 204);
    assert!(
        out.header("set-cookie")
            .is_some_and(|cookie| cookie.contains("Max-Age=0"))
    );
}

#[test]
fn open_names_the_task_and_refuses_one_that_is_not_there() {
    let world = World::new();
    let id = world.submit(&[], &["true"]);
    world.finish(id);
    let address = world.longhaul(["open", "--print", &id.to_string()]).run().ok().text();
    assert!(address.trim().ends_with(&format!("&task={id}")), "{address}");
    world.longhaul(["open", "--print", "99"]).run().expect(125);
    // Without a display the address is printed, and that is said.
    let opened = world.longhaul(["open"]).run();
    opened.ok();
    assert!(
        opened.text().contains("/#code=") && opened.talk().contains("display"),
        "{}",
        opened.talk()
    );
}

#[test]
fn keys_are_handed_out_at_the_socket_only() {
    let world = World::new();
    for target in ["/api/v1/sign-in/codes", "/api/v1/token/rotate"] {
        world.with_token().post(target, &Value::Null).expect_problem(403);
        let page = world.as_page(&world.signed_in());
        page.post(target, &Value::Null).expect_problem(403);
    }
}

#[test]
fn sessions_survive_the_daemon_and_die_with_the_token() {
    let world = World::new();
    let session = world.signed_in();
    let before = world.token();
    world.longhaul(["daemon", "restart"]).run().ok();
    assert_eq!(world.as_page(&session).get("/api/v1/stats").status, 200);
    assert_eq!(world.token(), before);
    let mut events = world.as_page(&session).events(None);
    let (_, code) = world.opened();

    let after = world.longhaul(["token", "rotate"]).run().ok().text().trim().to_owned();
    assert_ne!(after, before);
    assert_eq!(world.token(), after);
    world.as_page(&session).get("/api/v1/stats").expect_problem(401);
    let old = world
        .stranger()
        .with_header("Authorization", &format!("Bearer {before}"));
    old.get("/api/v1/stats").expect_problem(401);
    world
        .stranger()
        .post("/api/v1/sign-in", &json!({ "code": code }))
        .expect_problem(401);
    assert_eq!(world.with_token().get("/api/v1/stats").status, 200);
    // The stream that was open is cut: it ends long before its deadline.
    let began = std::time::Instant::now();
    assert_eq!(events.next(Duration::from_secs(60)), None);
    assert!(began.elapsed() < Duration::from_secs(50));
}
