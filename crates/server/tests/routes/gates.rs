//! Who and what is turned away.

use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream;

use serde_json::json;

use crate::world::{World, header, json_of, problem, socket, text, until};

#[test]
fn a_foreign_host_or_origin_is_forbidden_on_the_socket_too() {
    let world = World::new();
    for host in ["evil.example", "evil.example:80", "localhost.evil.example"] {
        let answer = world.api.request("GET", "/api/v1/tasks").header("Host", host).send();
        problem(&answer, 403, "forbidden");
    }
    for origin in ["https://evil.example", "null", "http://localhost:3000"] {
        let request = world.api.request("POST", "/api/v1/tasks").header("Origin", origin);
        problem(&request.json(&world.held()).send(), 403, "forbidden");
        problem(
            &world
                .api
                .request("GET", "/api/v1/events")
                .header("Origin", origin)
                .send(),
            403,
            "forbidden",
        );
    }
    let own = world
        .api
        .request("POST", "/api/v1/tasks")
        .header("Origin", "http://localhost")
        .json(&world.held());
    assert_eq!(own.send().status, 201);
    assert_eq!(
        json_of(&world.api.get("/api/v1/tasks"))["tasks"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
}

#[test]
fn a_write_that_is_not_json_is_refused() {
    let world = World::new();
    let body = world.held().to_string().into_bytes();
    let send = |kind: &str| {
        let request = world.api.request("POST", "/api/v1/tasks").body(body.clone());
        (if kind.is_empty() {
            request
        } else {
            request.header("Content-Type", kind)
        })
        .send()
    };
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "",
    ] {
        problem(&send(kind), 415, "not-json");
    }
    assert_eq!(send("Application/JSON; charset=utf-8").status, 201);
    let broken = world
        .api
        .request("POST", "/api/v1/tasks")
        .header("Content-Type", "application/json");
    problem(&broken.body(b"{".to_vec()).send(), 400, "bad-request");
    let id = 1;
    let act = world
        .api
        .request("POST", &format!("/api/v1/tasks/{id}/hold"))
        .header("Content-Type", "text/plain");
    problem(&act.body(b"{}".to_vec()).send(), 415, "not-json");
}

#[test]
fn a_body_above_the_limit_is_refused_and_one_at_the_limit_is_not() {
    let world = World::new();
    let mut body = world.held();
    body["stdin"] = json!("x".repeat(15 << 20));
    assert_eq!(world.api.post("/api/v1/tasks", &body).status, 201);
    body["stdin"] = json!("x".repeat(17 << 20));
    problem(&world.api.post("/api/v1/tasks", &body), 413, "too-large");
    assert_eq!(world.api.get("/healthz").status, 200);
}

#[test]
fn an_unknown_address_or_method_is_a_problem_too() {
    let world = World::new();
    for address in [
        "/nothing.js",
        "/api",
        "/api/v1/",
        "/api/v1/tasks/",
        "/api/v2/tasks",
        "/api/v1/tasks/1/x",
        "/../etc/passwd",
    ] {
        problem(&world.api.get(address), 404, "not-found");
    }
    for (method, address, allowed) in [
        ("DELETE", "/api/v1/tasks", "POST"),
        ("POST", "/healthz", "GET"),
        ("GET", "/api/v1/tasks/1/cancel", "POST"),
    ] {
        let answer = world.api.request(method, address).send();
        problem(&answer, 405, "method-not-allowed");
        let allow = header(&answer, "allow").unwrap_or_default();
        assert!(allow.contains(allowed), "{method} {address}: allow: {allow}");
    }
}

#[test]
fn a_head_has_no_body() {
    let world = World::new();
    let mut open = UnixStream::connect(socket(world.folder.path())).expect("a connection");
    let head = "HEAD /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    open.write_all(head.as_bytes()).expect("a request");
    let mut answer = String::new();
    open.read_to_string(&mut answer).expect("an answer");
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\n"),
        "{answer}"
    );
}

#[test]
fn the_socket_is_private_and_made_anew_if_it_vanishes() {
    let world = World::new();
    let path = socket(world.folder.path());
    let mode = |path: &std::path::Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(path.parent().expect("a folder"))), (0o600, 0o700));
    let before = std::fs::metadata(&path).expect("it is there").ino();
    // In one step: while a folder is emptied file by file, the daemon is quick enough to put a new socket into it.
    let folder = path.parent().expect("a folder");
    std::fs::rename(folder, folder.with_extension("gone")).expect("it goes");
    until("the socket is there again", || path.exists());
    let answer = world.api.get("/healthz");
    assert_eq!(answer.status, 200, "{}", text(&answer));
    assert_eq!((mode(&path), mode(path.parent().expect("a folder"))), (0o600, 0o700));
    std::fs::write(path.with_extension("other"), "").expect("a file");
    std::fs::rename(path.with_extension("other"), &path).expect("something else in its place");
    until("the socket is a socket again", || {
        world.api.request("GET", "/healthz").try_send().is_ok()
    });
    assert_ne!(before, 0);
}
