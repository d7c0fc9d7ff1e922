//! The stream of changes.

use longhaul_testkit::StreamEvent;

use crate::world::{PATIENCE, World, json_of, problem};

fn is_end_of(event: &StreamEvent, id: u64) -> bool {
    event.data["task"]["id"] == id && event.data["task"]["state"] == "completed"
}

#[test]
fn every_change_is_told_once_and_in_order() {
    let world = World::new();
    let mut events = world.api.events(None);
    let id = world.submit(&world.script("exit 0"));
    let told = events.until(PATIENCE, |event| event.name == "attempt-ended");
    assert_eq!(told[0].name, "submitted");
    assert_eq!(told[0].data["kind"], "submitted");
    assert_eq!(told[0].data["task"]["id"], id);
    let numbers: Vec<_> = told.iter().map(StreamEvent::sequence).collect();
    assert_eq!(
        numbers,
        (numbers[0]..numbers[0] + told.len() as u64).collect::<Vec<_>>()
    );
    assert!(
        told.iter()
            .all(|event| event.id.ends_with(&format!(":{}", event.sequence()))),
        "{told:?}"
    );
}

#[test]
fn an_event_says_which_parts_of_its_task_are_stale() {
    let world = World::new();
    let mut events = world.api.events(None);
    world.submit(&world.script("exit 0"));
    let told = events.until(PATIENCE, |event| event.name == "attempt-ended");
    let parts = |name: &str| {
        let event = told.iter().find(|event| event.name == name).expect("it was told");
        event.data["parts"].clone()
    };
    assert_eq!(parts("submitted"), serde_json::json!(["task", "history"]));
    assert_eq!(parts("claimed"), serde_json::json!(["task", "history"]));
    assert_eq!(
        parts("attempt-ended"),
        serde_json::json!(["task", "history", "result", "changes"])
    );
}

#[test]
fn all_who_listen_are_told_the_same() {
    let world = World::new();
    let mut listeners = [(); 3].map(|()| world.api.events(None));
    let id = world.submit(&world.script("exit 0"));
    let told = listeners
        .each_mut()
        .map(|events| events.until(PATIENCE, |event| is_end_of(event, id) && event.name == "attempt-ended"));
    let seen = |events: &[StreamEvent]| -> Vec<_> {
        let one = |event: &StreamEvent| (event.id.clone(), event.name.clone(), event.data.clone());
        events.iter().map(one).collect()
    };
    assert_eq!(seen(&told[0]), seen(&told[1]));
    assert_eq!(seen(&told[0]), seen(&told[2]));
}

#[test]
fn a_stream_goes_on_after_any_event_without_gap_or_double() {
    let world = World::new();
    let mut events = world.api.events(None);
    for _ in 0..3 {
        world.done(&world.script("exit 0"));
    }
    let all = events.until(PATIENCE, |event| is_end_of(event, 3) && event.name == "attempt-ended");
    for (place, event) in all.iter().enumerate() {
        let mut resumed = world.api.events(Some(&event.id));
        for expected in &all[place + 1..] {
            let told = resumed.next(PATIENCE).expect("the next event");
            assert_eq!((&told.id, &told.name), (&expected.id, &expected.name));
        }
    }
}

#[test]
fn who_comes_from_elsewhere_is_told_to_start_anew() {
    let world = World::new();
    world.done(&world.script("exit 0"));
    for id in ["another-store:1", "1", "rubbish"] {
        let mut events = world.api.events(Some(id));
        let first = events.next(PATIENCE).expect("an event");
        assert_eq!(first.name, "reset");
        let mut resumed = world.api.events(Some(&first.id));
        let next = world.submit(&world.held());
        for stream in [&mut events, &mut resumed] {
            assert_eq!(stream.next(PATIENCE).expect("an event").data["task"]["id"], next);
        }
        world.act(next, "cancel");
    }
}

#[test]
fn a_number_above_the_newest_is_from_elsewhere_too() {
    let world = World::new();
    let mut events = world.api.events(None);
    world.done(&world.script("exit 0"));
    let known = events.next(PATIENCE).expect("an event").id;
    let store = known.rsplit_once(':').expect("a store and a number").0;
    let first = world
        .api
        .events(Some(&format!("{store}:999999")))
        .next(PATIENCE)
        .expect("an event");
    assert_eq!(first.name, "reset");
    problem(&world.api.get("/api/v1/events?since=rubbish"), 400, "bad-request");
}

#[test]
fn a_place_whose_events_were_pruned_is_reset() {
    let world = World::new();
    let mut events = world.api.events(None);
    world.done(&world.script("exit 0"));
    let old = events.next(PATIENCE).expect("an event").id;
    let pruned = world
        .api
        .post("/api/v1/prune", &serde_json::json!({ "older_than_ms": 0, "keep": 0 }));
    assert_eq!(json_of(&pruned)["tasks"], 1);
    let mut resumed = world.api.events(Some(&old));
    assert_eq!(resumed.next(PATIENCE).expect("an event").name, "reset");
    let next = world.submit(&world.held());
    assert_eq!(resumed.next(PATIENCE).expect("an event").data["task"]["id"], next);
}

#[test]
fn a_stream_outlives_no_daemon() {
    let mut world = World::new();
    let mut events = world.api.events(None);
    world.api.post("/api/v1/daemon/stop", &serde_json::Value::Null);
    assert_eq!(events.next(PATIENCE), None);
    world.ended();
    world.start();
    assert_eq!(json_of(&world.api.get("/api/v1/tasks"))["tasks"], serde_json::json!([]));
}
