//! Output and results.

use serde_json::{Value, json};

use crate::world::{World, header, json_of, problem, text};

#[test]
fn output_is_raw_bytes_with_the_next_offset() {
    let world = World::new();
    let id = world.done(&world.script(r"printf 'a\377\000b'"))["id"].clone();
    let answer = world.api.get(&format!("/api/v1/tasks/{id}/output"));
    assert_eq!((answer.status, answer.body.as_slice()), (200, b"a\xff\0b".as_slice()));
    assert_eq!(header(&answer, "content-type"), Some("application/octet-stream"));
    assert_eq!(header(&answer, "longhaul-next-offset"), Some("4"));
    assert_eq!(header(&answer, "longhaul-output-complete"), Some("true"));
    assert_eq!(header(&answer, "longhaul-dropped-bytes"), Some("0"));
    assert_eq!(header(&answer, "longhaul-attempt"), Some("1"));
    let part = world.api.get(&format!("/api/v1/tasks/{id}/output?offset=1&limit=2"));
    assert_eq!(part.body, b"\xff\0");
    assert_eq!(header(&part, "longhaul-next-offset"), Some("3"));
    assert_eq!(header(&part, "longhaul-output-complete"), Some("false"));
    let beyond = world.api.get(&format!("/api/v1/tasks/{id}/output?offset=400"));
    assert_eq!((beyond.status, beyond.body.len()), (200, 0));
    assert_eq!(header(&beyond, "longhaul-output-complete"), Some("true"));
}

#[test]
fn a_stream_is_read_by_itself_with_offsets_of_its_own() {
    let world = World::new();
    let id = world.done(&world.script("echo one; echo two >&2; echo three"))["id"].clone();
    let body = |query: &str| {
        let answer = world.api.get(&format!("/api/v1/tasks/{id}/output?{query}"));
        String::from_utf8(answer.body).expect("text")
    };
    assert_eq!(body("stream=stdout"), "one\nthree\n");
    assert_eq!(body("stream=stderr"), "two\n");
    assert_eq!(body("stream=stdout&offset=4"), "three\n");
    assert_eq!(body("stream=stdout&tail_lines=1"), "three\n");
    assert_eq!(body("tail_lines=0"), "");
    let answer = world
        .api
        .request("GET", &format!("/api/v1/tasks/{id}/output"))
        .header("Accept", "application/json")
        .send();
    let output = json_of(&answer);
    assert_eq!(
        (&output["complete"], &output["next_offset"]),
        (&json!(true), &json!(14)),
        "{output}"
    );
    let streams: Vec<_> = output["pieces"]
        .as_array()
        .expect("pieces")
        .iter()
        .map(|piece| &piece["stream"])
        .collect();
    assert!(streams.contains(&&json!("stderr")), "{output}");
    assert_eq!(output["pieces"][0]["offset"], 0);
    assert!(
        output["pieces"][0]["at"]
            .as_str()
            .is_some_and(|at| at.starts_with("20")),
        "{output}"
    );
}

#[test]
fn a_reader_at_the_end_is_told_of_more() {
    let world = World::new();
    let id = world.submit(&world.script("while ! test -e go; do sleep 0.02; done; echo more"));
    world.becomes(id, "running");
    let at_once = world.api.get(&format!("/api/v1/tasks/{id}/output"));
    assert_eq!(header(&at_once, "longhaul-output-complete"), Some("false"));
    let api = world.api.clone();
    let reader = std::thread::spawn(move || api.get(&format!("/api/v1/tasks/{id}/output?wait_ms=20000&stream=stdout")));
    std::fs::write(world.go(), "").expect("a file");
    assert_eq!(reader.join().expect("it does not panic").body, b"more\n");
    let last = world
        .api
        .get(&format!("/api/v1/tasks/{id}/output?offset=5&wait_ms=20000"));
    assert_eq!(
        header(&last, "longhaul-output-complete"),
        Some("true"),
        "{}",
        text(&last)
    );
}

#[test]
fn a_task_that_never_ran_has_no_output() {
    let world = World::new();
    let id = world.submit(&world.held());
    let answer = world.api.get(&format!("/api/v1/tasks/{id}/output"));
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert_eq!(header(&answer, "longhaul-output-complete"), Some("false"));
    problem(
        &world.api.get(&format!("/api/v1/tasks/{id}/output?attempt=7")),
        404,
        "not-found",
    );
    world.act(id, "cancel");
    let answer = world.api.get(&format!("/api/v1/tasks/{id}/output"));
    assert_eq!(header(&answer, "longhaul-output-complete"), Some("true"));
}

#[test]
fn a_range_that_makes_no_sense_is_refused() {
    let world = World::new();
    let id = world.submit(&world.held());
    for query in [
        "offset=-1",
        "stream=both",
        "limit=0",
        "limit=8388609",
        "wait_ms=60001",
        "attempt=-1",
        "offset=1&tail_lines=2",
    ] {
        problem(
            &world.api.get(&format!("/api/v1/tasks/{id}/output?{query}")),
            400,
            "bad-request",
        );
    }
}

#[test]
fn the_result_of_a_command_is_its_standard_output() {
    let world = World::new();
    let id = world.done(&world.script("echo out; echo err >&2; exit 1"))["id"].clone();
    let result = json_of(&world.api.get(&format!("/api/v1/tasks/{id}/result")));
    assert_eq!(
        (&result["result"], &result["stderr_tail"]),
        (&json!("out\n"), &json!("err\n"))
    );
    assert_eq!(
        (&result["result_base64"], &result["result_truncated"]),
        (&Value::Null, &json!(false))
    );
    let id = world.done(&world.script(r"printf '\377'"))["id"].clone();
    let result = json_of(&world.api.get(&format!("/api/v1/tasks/{id}/result")));
    assert_eq!(
        (&result["result"], &result["result_base64"]),
        (&json!("\u{fffd}"), &json!("/w=="))
    );
    assert_eq!(result["stderr_tail"], Value::Null);
}

#[test]
fn a_long_result_is_cut_and_says_so() {
    let world = World::new();
    let id = world.done(&world.script("head -c 5000000 /dev/zero | tr '\\0' x"))["id"].clone();
    let result = json_of(&world.api.get(&format!("/api/v1/tasks/{id}/result")));
    assert_eq!(result["result"].as_str().map(str::len), Some(4 << 20));
    assert_eq!(result["result_truncated"], true);
}

#[test]
fn an_active_task_has_no_result() {
    let world = World::new();
    let id = world.submit(&world.held());
    problem(
        &world.api.get(&format!("/api/v1/tasks/{id}/result")),
        409,
        "state-forbids",
    );
}
