//! What an agent did, page by page.

use std::fs;

use longhaul_testkit::{PATIENCE, wait_until};
use serde_json::json;

use crate::stage::{submit, world};

#[test]
fn what_an_agent_did_is_shown_page_by_page_and_followed_to_its_end() {
    let world = world(
        r#"begin
        echo '{"type":"item.completed","item":{"id":"r","type":"reasoning","text":"hm"}}'
        echo '{"type":"item.started","item":{"id":"c","type":"command_execution","command":"make","aggregated_output":"","exit_code":null,"status":"in_progress"}}'
        while [ ! -e gate ]; do sleep 0.05; done
        echo '{"type":"item.completed","item":{"id":"c","type":"command_execution","command":"make","aggregated_output":"boom","exit_code":2,"status":"failed"}}'
        echo 'not json'
        message done; done_with 1"#,
    );
    let id = submit(&world, &["--write"], "look");
    let page = |query: &str| {
        world
            .api()
            .get(&format!("/api/v1/tasks/{id}/activity{query}"))
            .expect(200)
    };
    wait_until("the call is told", PATIENCE, || {
        page("")["activity"]
            .as_array()
            .is_some_and(|entries| entries.len() == 3)
    });
    let first = page("");
    assert_eq!(
        (&first["is_final"], &first["next"], &first["attempt"]),
        (&json!(false), &json!(3), &json!(1))
    );
    assert_eq!(first["activity"][0]["type"], "session");
    assert_eq!(first["activity"][1]["text"], "hm");
    assert_eq!(
        (&first["activity"][2]["type"], &first["activity"][2]["number"]),
        (&json!("tool-call"), &json!(3))
    );
    assert!(first["activity"][2]["at"].is_string());
    wait_until("the phase is known", PATIENCE, || {
        world.task(id)["progress"]["phase"].is_string()
    });
    // A reader that has seen enough takes its follower along, though nothing more is told.
    for json in ["", "--json"] {
        let line = format!("\"$0\" activity {id} -f {json} | head -1");
        let longhaul = world.binary().display().to_string();
        let mut read = world.program("sh").args(["-c", &line, &longhaul]).spawn();
        assert!(read.wait_within(PATIENCE).is_some(), "it stays: {line}");
    }
    let follow = world.longhaul(["activity", &id.to_string(), "-f"]).spawn();
    world.open_gate("gate");
    let followed = follow.wait();
    let text = followed.ok().text();
    assert!(
        text.contains("make") && text.contains("boom") && text.contains("exited with code 2"),
        "{text}"
    );
    assert!(text.contains("\ndone\n") && text.contains("not json"), "{text}");
    world.finish(id);
    let rest = page("?after=3");
    let types: Vec<_> = rest["activity"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|entry| entry["type"].clone())
        .collect();
    assert_eq!(types, ["tool-result", "unknown", "message"]);
    assert_eq!((&rest["is_final"], &rest["next"]), (&json!(true), &json!(6)));
    assert_eq!(page("?after=6")["activity"], json!([]));
    assert_eq!(page("?after=2&limit=1")["activity"][0]["number"], 3);
    // Derived from the output, and derived again if somebody takes it away.
    for name in ["activity.jsonl", "activity.index"] {
        fs::remove_file(world.attempts(id).join("1").join(name)).expect("it is there");
    }
    assert_eq!(page("?after=3"), rest);
    let lines = world
        .longhaul(["activity", &id.to_string(), "--json"])
        .run()
        .ok()
        .text();
    assert_eq!(lines.lines().count(), 6);
    let command = world.submit(&[], &["true"]);
    world.finish(command);
    world.longhaul(["activity", &command.to_string()]).run().expect(2);
}
