//! The API and the page's files on TCP, at the door of the built binary: where it listens, and every status of the contract.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use longhaul_testkit::{Api, World};
use serde_json::{Value, json};

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
    assert_eq!(world.opened().0, address);
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
    let api = world.with_token();
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
fn every_status_of_the_contract_is_given_on_tcp() {
    let world = World::new();
    let api = world.with_token();
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
    world.stranger().get("/api/v1/tasks").expect_problem(401);
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
    world
        .stranger()
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
    let api = world.with_token();
    fs::create_dir(world.path("gone")).expect("writable");
    let failed = world.post_task(json!({"command": ["false"]}));
    let lost = world.post_task(json!({"command": ["false"], "cwd": world.path("gone")}));
    world.finish(failed);
    world.finish(lost);
    world
        .stranger()
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
fn who_waits_on_tcp_when_the_daemon_stops_gets_503() {
    let world = World::new();
    world.leaves_open_tasks();
    let id = world.submit(&["--hold"], &["true"]);
    let status = world.api().get("/api/v1/daemon").expect(200);
    let host = status["http"]
        .as_str()
        .map(|url| &url["http://".len()..])
        .expect("an address");
    let mut stream = TcpStream::connect(host).expect("a connection");
    // Both requests arrive in one piece, so the answer to the first says that the second was heard.
    let head = format!(
        "HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\n\r\n",
        world.token()
    );
    // Formatted first: written bit by bit, the second could be held back until the first is acknowledged.
    let both = format!("GET /healthz {head}GET /api/v1/tasks/{id}/await {head}");
    stream.write_all(both.as_bytes()).expect("it is sent");
    let mut answers = String::new();
    let mut buffer = [0; 4_096];
    while !answers.ends_with("ok\n") {
        let count = stream.read(&mut buffer).expect("an answer");
        assert_ne!(count, 0, "{answers}");
        answers += &String::from_utf8_lossy(&buffer[..count]);
    }
    world.longhaul(["daemon", "stop"]).run().ok();
    stream.read_to_string(&mut answers).expect("the other answer");
    assert!(
        answers.contains("HTTP/1.1 503 ") && answers.contains("daemon-stopping"),
        "{answers}"
    );
}

#[test]
fn the_files_of_the_page_do_not_lead_out() {
    let world = World::new();
    let stranger = world.stranger();
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
    let api = world.with_token();
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
