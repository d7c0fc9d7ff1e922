//! The event stream: every change once, in order, and resumable anywhere.

use std::time::Duration;

use longhaul_testkit::{PATIENCE, StreamEvent, World};

/// The first event that tells the end of a task.
fn is_end_of(world: &World, event: &StreamEvent, task: u64) -> bool {
    event.task() == task && longhaul_testkit::is_terminal(&world.task(task)["state"]) && event.data["kind"] != "claimed"
}

#[test]
fn every_change_is_told_in_order() {
    let world = World::new();
    let api = world.api();
    let mut events = api.events(None);
    let id = world.submit(&[], &["true"]);
    let seen = events.until(PATIENCE, |event| {
        event.task() == id && event.data["kind"] == "attempt-ended"
    });
    let of_task: Vec<_> = seen
        .iter()
        .filter(|event| event.task() == id)
        .map(|event| event.data["kind"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(of_task.first(), Some(&"submitted"), "{of_task:?}");
    assert!(of_task.contains(&"claimed"), "{of_task:?}");
    for event in &seen {
        assert!(event.id.ends_with(&format!(":{}", event.sequence())), "{event:?}");
        assert!(
            event.data["at"].as_str().is_some_and(|at| at.ends_with('Z')),
            "{event:?}"
        );
    }
    world.finish(id);
}

#[test]
fn a_stream_resumed_after_any_event_has_no_gap_and_no_double() {
    let world = World::new();
    let api = world.api();
    let mut events = api.events(None);
    let mut last = 0;
    for _ in 0..4 {
        last = world.submit(&[], &["true"]);
        world.finish(last);
    }
    let all = events.until(PATIENCE, |event| is_end_of(&world, event, last));
    let all: Vec<_> = all.into_iter().filter(|event| event.sequence() > 0).collect();
    let sequences: Vec<_> = all.iter().map(StreamEvent::sequence).collect();
    assert!(sequences.windows(2).all(|pair| pair[1] == pair[0] + 1), "{sequences:?}");
    for (place, event) in all.iter().enumerate().take(all.len() - 1) {
        let mut resumed = api.events(Some(&event.id));
        let rest: Vec<_> = (place + 1..all.len()).filter_map(|_| resumed.next(PATIENCE)).collect();
        // The task comes as it is now, so only what happened is compared.
        let facts = |event: &StreamEvent| {
            (
                event.id.clone(),
                event.name.clone(),
                event.data["at"].clone(),
                event.task(),
            )
        };
        let (rest, expected): (Vec<_>, Vec<_>) = (
            rest.iter().map(facts).collect(),
            all[place + 1..].iter().map(facts).collect(),
        );
        assert_eq!(rest, expected, "resumed after {}", event.id);
    }
}

#[test]
fn a_stream_goes_on_after_a_crash_where_it_was() {
    let world = World::new();
    let first = {
        let mut events = world.api().events(None);
        world.submit(&[], &["true"]);
        events
            .until(PATIENCE, |event| event.task() == 1)
            .pop()
            .expect("there is one")
    };
    world.finish(1);
    world.crash_daemon();
    let _daemon = world.daemon().start();
    let mut resumed = world.api().events(Some(&first.id));
    let next = resumed.next(PATIENCE).expect("more happened to it");
    assert_eq!(next.sequence(), first.sequence() + 1);
}

#[test]
fn an_id_of_another_store_or_none_at_all_is_answered_with_a_reset() {
    let world = World::new();
    world.submit(&[], &["true"]);
    world.finish(1);
    for id in [
        "00000000-0000-4000-8000-000000000000:1",
        "garbage",
        "1",
        ":",
        "x:99999999999999999999",
    ] {
        let mut events = world.api().events(Some(id));
        let first = events.next(PATIENCE).expect("it is told");
        assert_eq!(first.name, "reset", "{id}: {first:?}");
    }
}

#[test]
fn a_quiet_stream_stays_open() {
    let world = World::new();
    let api = world.api();
    let mut events = api.events(None);
    assert_eq!(
        events.next(Duration::from_millis(300)).map(|event| event.sequence()),
        None
    );
    let id = world.submit(&[], &["true"]);
    events.until(PATIENCE, |event| event.task() == id);
    world.finish(id);
}

#[test]
fn many_listeners_see_the_same() {
    let world = World::new();
    let api = world.api();
    let mut streams: Vec<_> = (0..10).map(|_| api.events(None)).collect();
    let id = world.submit(&[], &["true"]);
    world.finish(id);
    let seen: Vec<Vec<u64>> = streams
        .iter_mut()
        .map(|stream| {
            let events = stream.until(PATIENCE, |event| event.data["kind"] == "attempt-ended");
            events
                .iter()
                .map(StreamEvent::sequence)
                .filter(|sequence| *sequence > 0)
                .collect()
        })
        .collect();
    assert!(seen.iter().all(|sequences| *sequences == seen[0]), "{seen:?}");
}
