//! The API and the page on TCP, at the door of the built binary: who gets in, and every status of the contract.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use longhaul_testkit::{Answer, Api, PATIENCE, World, wait_until};
use serde_json::{Value, json};

/// The API on TCP, with nothing to present.
fn stranger(world: &World) -> Api {
    let status = world.api().get("/api/v1/daemon").expect(200);
    Api::on_tcp(status["http"].as_str().expect("it listens on TCP"))
}

fn token(world: &World) -> String {
    world.longhaul(["token", "show"]).run().ok().text().trim().to_owned()
}

/// The API on TCP with the token.
fn program(world: &World) -> Api {
    let bearer = format!("Bearer {}", token(world));
    stranger(world).with_header("Authorization", &bearer)
}

/// What `longhaul open --print` prints: the address of the page, and the code.
fn opened(world: &World, arguments: &[&str]) -> (String, String) {
    let address = world.longhaul(["open", "--print"]).args(arguments).run().ok().text();
    let (page, fragment) = address.trim().split_once("/#code=").expect("a code in the fragment");
    (
        page.to_owned(),
        fragment.split('&').next().unwrap_or_default().to_owned(),
    )
}

/// A page that is signed in: its cookie and its secret.
fn signed_in(world: &World) -> (String, String) {
    let (_, code) = opened(world, &[]);
    let answer = stranger(world).post("/api/v1/sign-in", &json!({ "code": code }));
    let secret = answer.expect(200)["page_secret"].as_str().expect("a secret").to_owned();
    let cookie = answer.header("set-cookie").expect("a cookie").to_owned();
    for property in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(property), "{cookie}");
    }
    (cookie.split(';').next().unwrap_or_default().to_owned(), secret)
}

fn page(world: &World, (cookie, secret): &(String, String)) -> Api {
    stranger(world)
        .with_header("Cookie", cookie)
        .with_header("x-longhaul-page", secret)
}

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
fn a_taken_port_is_no_obstacle_and_an_open_page_finds_the_daemon_again() {
    let world = World::new();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let taken_address = taken.local_addr().expect("it is bound").to_string();
    let list = world.longhaul(["list"]).env("LONGHAUL_LISTEN", &taken_address);
    list.run().ok();
    let status: Value = world.longhaul(["daemon", "status", "--json"]).run().ok().json();
    let address = status["http"].as_str().expect("an address").to_owned();
    assert!(
        address.starts_with("http://127.0.0.1:") && !address.contains(&taken_address),
        "{address}"
    );
    assert_eq!(opened(&world, &[]).0, address);
    let shown = world.longhaul(["daemon", "status"]).run().ok().text();
    assert!(shown.contains(&address), "{shown}");
    world.longhaul(["daemon", "restart"]).run().ok();
    let again = world.api().get("/api/v1/daemon").expect(200);
    assert_eq!(again["http"], address);
}

#[test]
fn listening_is_configured_overridden_and_turned_off() {
    let world = World::new();
    world.longhaul(["list"]).run().ok();
    let status = world.api().get("/api/v1/daemon").expect(200);
    let by_default = status["http"].as_str().expect("an address").to_owned();
    assert!(by_default.starts_with("http://127.0.0.1:"), "{by_default}");
    world.longhaul(["daemon", "stop"]).run().ok();
    let config = world.home().join("config.toml");
    fs::write(&config, "listen = \"off\"\n").expect("writable");
    world.longhaul(["list"]).run().ok();
    assert!(world.api().get("/api/v1/daemon").expect(200)["http"].is_null());
    let refused = world.longhaul(["open", "--print"]).run();
    refused.expect(1);
    world.longhaul(["daemon", "stop"]).run().ok();
    world.longhaul(["list"]).env("LONGHAUL_LISTEN", "[::1]:0").run().ok();
    let status = world.api().get("/api/v1/daemon").expect(200);
    let address = status["http"].as_str().expect("an address").to_owned();
    assert!(address.starts_with("http://[::1]:"), "{address}");
    assert_eq!(Api::on_tcp(&address).get("/healthz").status, 200);
}

#[test]
fn an_address_others_can_reach_needs_leave_and_says_why() {
    let world = World::new();
    let config = world.home().join("config.toml");
    fs::write(&config, "listen = \"0.0.0.0:0\"\n").expect("writable");
    let refused = world.longhaul(["list"]).run();
    refused.expect(125);
    let said = refused.talk();
    assert!(
        said.contains("allow_remote") && said.contains("not encrypted"),
        "{said}"
    );
    fs::write(&config, "listen = \"nonsense\"\n").expect("writable");
    let refused = world.longhaul(["list"]).run();
    refused.expect(125);
    assert!(refused.talk().contains("nonsense"), "{}", refused.talk());
    fs::write(
        &config,
        "listen = \"0.0.0.0:0\"\nallow_remote = true\nallowed_hosts = [\"box.example\"]\n",
    )
    .expect("writable");
    world.longhaul(["list"]).run().ok();
    let api = program(&world);
    assert_eq!(api.get("/api/v1/stats").status, 200);
    let named = api.clone().with_header("Host", "box.example");
    assert_eq!(named.get("/api/v1/stats").status, 200);
    let sealed = named.with_header("Origin", "https://box.example");
    assert_eq!(sealed.get("/api/v1/stats").status, 200);
    api.with_header("Host", "other.example")
        .get("/api/v1/stats")
        .expect_problem(403);
}

#[test]
fn the_token_is_private_and_lets_programs_in() {
    let world = World::new();
    let token = token(&world);
    assert!(token.len() >= 32, "{token}");
    let facts = fs::metadata(world.home().join("state/token")).expect("the file is there");
    assert_eq!(facts.permissions().mode() & 0o777, 0o600);
    let task = program(&world).post("/api/v1/tasks", &world.spec(json!({"command": ["echo", "over tcp"]})));
    let id = task.expect(201)["id"].as_u64().expect("an id");
    world.acknowledge(id);
    world.finish(id);
    let output = program(&world).get(&format!("/api/v1/tasks/{id}/result"));
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
    let stranger = stranger(&world);
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
    let wrong = stranger(&world).with_header("Authorization", "Bearer wrong");
    wrong.get("/api/v1/stats").expect_problem(401);
    let bearerless = stranger(&world).with_header("Authorization", "Basic dXNlcjpwYXNz");
    bearerless.get("/api/v1/stats").expect_problem(401);
    wait_until("so many are refused with a time to wait", PATIENCE, || {
        let answer = stranger(&world).post("/api/v1/sign-in", &json!({"code": "guess"}));
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
    assert_eq!(program(&world).get("/api/v1/stats").status, 200);
    // Without anything presented it is no attempt.
    stranger(&world).get("/api/v1/stats").expect_problem(401);
}

#[test]
fn a_page_signs_in_once_per_code_and_needs_cookie_and_secret() {
    let world = World::new();
    let (_, code) = opened(&world, &[]);
    let stranger = stranger(&world);
    let sign_in = |body: &Value| stranger.post("/api/v1/sign-in", body);
    assert_eq!(sign_in(&json!({ "code": code })).status, 200);
    sign_in(&json!({ "code": code })).expect_problem(401);
    sign_in(&json!({})).expect_problem(400);
    sign_in(&json!({"code": "a", "token": "b"})).expect_problem(400);
    sign_in(&json!({"password": "a"})).expect_problem(400);
    assert_eq!(sign_in(&json!({ "token": token(&world) })).status, 200);

    let session = signed_in(&world);
    let page = page(&world, &session);
    assert_eq!(page.get("/api/v1/stats").status, 200);
    let id = page
        .post("/api/v1/tasks", &world.spec(json!({"command": ["true"]})))
        .expect(201)["id"]
        .as_u64();
    world.finish(id.expect("an id"));
    let cookie_alone = stranger.clone().with_header("Cookie", &session.0);
    cookie_alone.get("/api/v1/stats").expect_problem(401);
    cookie_alone.get("/api/v1/events").expect_problem(401);
    stranger
        .clone()
        .with_header("x-longhaul-page", &session.1)
        .get("/api/v1/stats")
        .expect_problem(401);
    let other = signed_in(&world);
    let mixed = stranger
        .clone()
        .with_header("Cookie", &session.0)
        .with_header("x-longhaul-page", &other.1);
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
        program(&world).post(target, &Value::Null).expect_problem(403);
        let page = page(&world, &signed_in(&world));
        page.post(target, &Value::Null).expect_problem(403);
    }
}

#[test]
fn sessions_survive_the_daemon_and_die_with_the_token() {
    let world = World::new();
    let session = signed_in(&world);
    let before = token(&world);
    world.longhaul(["daemon", "restart"]).run().ok();
    assert_eq!(page(&world, &session).get("/api/v1/stats").status, 200);
    assert_eq!(token(&world), before);
    let mut events = page(&world, &session).events(None);
    let (_, code) = opened(&world, &[]);

    let after = world.longhaul(["token", "rotate"]).run().ok().text().trim().to_owned();
    assert_ne!(after, before);
    assert_eq!(token(&world), after);
    page(&world, &session).get("/api/v1/stats").expect_problem(401);
    let old = stranger(&world).with_header("Authorization", &format!("Bearer {before}"));
    old.get("/api/v1/stats").expect_problem(401);
    stranger(&world)
        .post("/api/v1/sign-in", &json!({ "code": code }))
        .expect_problem(401);
    assert_eq!(program(&world).get("/api/v1/stats").status, 200);
    // The stream that was open is cut: it ends long before its deadline.
    let began = std::time::Instant::now();
    assert_eq!(events.next(Duration::from_secs(60)), None);
    assert!(began.elapsed() < Duration::from_secs(50));
}

#[test]
fn every_status_of_the_contract_is_given_on_tcp() {
    let world = World::new();
    let api = program(&world);
    let done = world.submit(&[], &["false"]);
    world.finish(done);
    let spec = world.spec(json!({"command": ["true"], "hold": true}));
    let keyed = |body: &Value| {
        let request = api.request("POST", "/api/v1/tasks").header("Idempotency-Key", "k");
        request.json(body).send()
    };
    let held = keyed(&spec).expect(201)["id"].as_u64().expect("an id");
    assert_eq!(keyed(&spec).status, 200);
    keyed(&world.spec(json!({"command": ["false"]}))).expect_problem(409);
    assert_eq!(api.get(&format!("/api/v1/tasks/{held}/await?timeout_ms=1")).status, 202);
    api.post("/api/v1/tasks", &json!({"kind": "command"}))
        .expect_problem(400);
    stranger(&world).get("/api/v1/tasks").expect_problem(401);
    let foreign = api.clone().with_header("Host", "evil.example");
    foreign.get("/api/v1/tasks").expect_problem(403);
    foreign.get("/").expect_problem(403);
    for origin in ["http://evil.example", "http://127.0.0.1:1", "null"] {
        let other = api.clone().with_header("Origin", origin);
        other.post("/api/v1/tasks", &spec).expect_problem(403);
        other.get("/api/v1/events").expect_problem(403);
    }
    api.get("/api/v1/tasks/999").expect_problem(404);
    api.get("/api/v1/nothing").expect_problem(404);
    api.request("DELETE", "/api/v1/tasks").send().expect_problem(405);
    stranger(&world)
        .request("POST", "/index.html")
        .send()
        .expect_problem(405);
    api.post(&format!("/api/v1/tasks/{held}/retry"), &Value::Null)
        .expect_problem(409);
    let large = vec![b' '; 17 * 1024 * 1024];
    let too_large = api
        .request("POST", "/api/v1/tasks")
        .header("Content-Type", "application/json");
    too_large.body(large).send().expect_problem(413);
    let text = api
        .request("POST", "/api/v1/tasks")
        .header("Content-Type", "text/plain");
    text.body(spec.to_string().into_bytes()).send().expect_problem(415);
    world.longhaul(["cancel", &held.to_string()]).run().ok();
}

#[test]
fn redispatch_over_http_gives_one_202_and_one_409_to_two_at_once() {
    let world = World::new();
    let api = program(&world);
    fs::create_dir(world.path("gone")).expect("writable");
    let failed = world.post_task(json!({"command": ["false"]}));
    let lost = world.post_task(json!({"command": ["false"], "cwd": world.path("gone")}));
    world.finish(failed);
    world.finish(lost);
    stranger(&world)
        .post(&format!("/api/v1/tasks/{failed}/redispatch"), &Value::Null)
        .expect_problem(401);
    api.post("/api/v1/tasks/999/redispatch", &Value::Null)
        .expect_problem(404);
    fs::remove_dir(world.path("gone")).expect("it is empty");
    let gone = api.post(&format!("/api/v1/tasks/{lost}/redispatch"), &Value::Null);
    assert_eq!(gone.expect_problem(410), "source-gone");
    assert!(gone.json()["hint"].is_string());
    world.longhaul(["pause"]).run().ok();
    let both = std::thread::scope(|scope| {
        let one = || api.post(&format!("/api/v1/tasks/{failed}/redispatch"), &Value::Null);
        let threads = [scope.spawn(one), scope.spawn(one)];
        threads.map(|thread| thread.join().expect("an answer"))
    });
    let mut statuses = both.each_ref().map(|answer| answer.status);
    statuses.sort_unstable();
    assert_eq!(statuses, [202, 409]);
    let given = both.iter().find(|answer| answer.status == 202).expect("one was taken");
    let new = given.json()["task_id"].as_u64().expect("an id");
    world.longhaul(["resume"]).run().ok();
    world.finish(new);
}

#[test]
fn the_files_of_the_page_do_not_lead_out() {
    let world = World::new();
    let stranger = stranger(&world);
    for target in [
        "/../../../../etc/passwd",
        "/..%2f..%2fetc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
        "/_app/../../../Cargo.toml",
        "/.git/config",
        "/no-such-file.js",
    ] {
        let answer = stranger.get(target);
        assert_eq!(answer.status, 404, "{target}: {}", answer.text());
    }
    // An address that only the page understands gives the page to a browser, and 404 to a program.
    let asking = |accept| stranger.clone().with_header("Accept", accept).get("/tasks/12");
    assert_eq!(asking("text/html,application/xhtml+xml,*/*;q=0.8").status, 200);
    asking("application/json").expect_problem(404);
}

#[test]
fn a_client_that_says_nothing_or_nonsense_costs_nothing_and_others_are_served() {
    let world = World::new();
    let api = program(&world);
    let host = world.api().get("/api/v1/daemon").expect(200)["http"]
        .as_str()
        .map(|url| url["http://".len()..].to_owned());
    let host = host.expect("an address");
    let silent: Vec<_> = (0..50)
        .map(|_| TcpStream::connect(&host).expect("a connection"))
        .collect();
    let mut garbage = TcpStream::connect(&host).expect("a connection");
    garbage
        .write_all(b"\x16\x03\x01 this is TLS\r\n\r\n")
        .expect("it is sent");
    let mut answer = Vec::new();
    let _ = garbage.read_to_end(&mut answer);
    assert!(
        answer.is_empty() || answer.starts_with(b"HTTP/1.1 400"),
        "{}",
        String::from_utf8_lossy(&answer)
    );
    assert_eq!(api.get("/api/v1/stats").status, 200);
    drop(silent);
}

#[test]
fn over_tcp_a_process_inside_a_writer_has_its_rights_whatever_it_presents() {
    let world = World::new();
    let address = world.api().get("/api/v1/daemon").expect(200)["http"]
        .as_str()
        .expect("it listens on TCP")
        .to_owned();
    let ask = |token: &str| {
        format!(
            "node -e 'fetch(\"{address}/api/v1/tasks\", {{headers: {{authorization: \"Bearer \" + {token}}}}})\
             .then(a => console.log(a.status))'"
        )
    };
    let script = format!(
        "{}; {}; {}",
        ask(&format!("\"{}\"", token(&world))),
        ask("process.env.LONGHAUL_TOKEN"),
        ask("\"0123456789abcdef\"")
    );
    let writer = world.submit_script(&["--write"], &script);
    assert_eq!(world.finish(writer)["state"], "completed");
    assert_eq!(String::from_utf8_lossy(&world.output(writer)), "403\n403\n401\n");
    let unmanaged = world.submit_script(&[], &script);
    assert_eq!(world.finish(unmanaged)["state"], "completed");
    assert_eq!(String::from_utf8_lossy(&world.output(unmanaged)), "200\n200\n401\n");
}

#[test]
fn a_tasks_own_token_gives_its_rights_to_whoever_holds_it_and_ends_with_it() {
    let world = World::new();
    let gate = world.path("gate").display().to_string();
    let told = world.path("token").display().to_string();
    let script =
        format!("echo $LONGHAUL_TOKEN > {told}.part; mv {told}.part {told}; while ! test -e {gate}; do :; done");
    let writer = world.submit_script(&["--write"], &script);
    wait_until("the token is told", PATIENCE, || std::path::Path::new(&told).exists());
    let token = fs::read_to_string(&told).expect("it was written");
    let holder = stranger(&world).with_header("Authorization", &format!("Bearer {}", token.trim()));
    assert_eq!(holder.get("/api/v1/tasks").status, 403);
    assert_eq!(holder.get(&format!("/api/v1/tasks/{writer}")).status, 200);
    world.open_gate("gate");
    world.finish(writer);
    assert_eq!(holder.get(&format!("/api/v1/tasks/{writer}")).status, 401);
}
