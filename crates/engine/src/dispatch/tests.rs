//! The dispatcher on a real store, one look at a time.

use std::sync::Arc;

use longhaul_model::{Ending, Facts, Outcome, StateName, Task, TaskId, Verdict};
use longhaul_store::QueueChange;

use super::{Dispatcher, EndedAttempt, Inbox, Input};
use crate::ledger::Consequence;
use crate::runtime::Wake;
use crate::samples::{FIRST, World, spec};

fn dispatcher(world: &World) -> Dispatcher {
    Dispatcher {
        installation: Arc::clone(&world.installation),
        ledger: Arc::clone(&world.ledger),
        launches: Arc::clone(&world.attempts.launches),
        inbox: world.attempts.inbox.clone(),
        round: Wake::default(),
    }
}

fn state(world: &World, task: &Task) -> Option<StateName> {
    world.ledger.active(task.id).map(|task| task.state())
}

fn ended(world: &World, task: TaskId) -> EndedAttempt {
    EndedAttempt {
        task,
        fence: FIRST,
        ending: Ending {
            at: world.now(),
            verdict: Verdict::Succeeded(Outcome::exited(0)),
        },
        facts: Facts::default(),
        message: None,
    }
}

async fn limit(world: &World, limit: u32) {
    let change = QueueChange {
        limit: Some(Some(limit)),
        paused: None,
    };
    let queue = "default".parse().expect("a queue");
    world.ledger.set_queue(queue, change).await.expect("it is set");
}

#[tokio::test]
async fn an_end_and_the_claim_that_uses_its_slot_are_one_look() {
    let world = World::new();
    limit(&world, 1).await;
    let (first, second) = (world.submitted(spec()).await, world.submitted(spec()).await);
    let dispatcher = dispatcher(&world);
    assert!(dispatcher.record(&mut Vec::new(), 64).await);
    assert_eq!(state(&world, &first), Some(StateName::Running));
    assert_eq!(state(&world, &second), Some(StateName::Queued));
    let mut ends = vec![ended(&world, first.id)];
    assert!(dispatcher.record(&mut ends, 64).await);
    assert!(ends.is_empty());
    assert_eq!(state(&world, &first), None);
    assert_eq!(state(&world, &second), Some(StateName::Running));
}

#[tokio::test]
async fn what_is_claimed_is_to_be_started_and_nothing_else_is() {
    let mut world = World::new();
    let task = world.submitted(spec()).await;
    let mut held = spec();
    held.hold = true;
    world.submitted(held).await;
    world.followed();
    dispatcher(&world).record(&mut Vec::new(), 64).await;
    let started = world
        .followed()
        .into_iter()
        .filter_map(|consequence| match consequence {
            Consequence::StartAttempt { task, .. } => Some(task.id),
            _ => None,
        });
    assert_eq!(started.collect::<Vec<_>>(), [task.id]);
}

#[tokio::test]
async fn while_claims_are_held_back_ends_are_recorded_all_the_same() {
    let world = World::new();
    let (running, waiting) = (world.running().await, world.submitted(spec()).await);
    let mut ends = vec![ended(&world, running.id)];
    assert!(dispatcher(&world).record(&mut ends, 0).await);
    assert_eq!(state(&world, &running), None);
    assert_eq!(state(&world, &waiting), Some(StateName::Queued));
}

#[tokio::test]
async fn the_end_of_an_attempt_that_is_not_the_newest_changes_nothing() {
    let world = World::new();
    let task = world.running().await;
    let late = EndedAttempt {
        fence: FIRST.next(),
        ..ended(&world, task.id)
    };
    assert!(
        dispatcher(&world).record(&mut vec![late], 64).await,
        "it is not asked again"
    );
    assert_eq!(state(&world, &task), Some(StateName::Running));
}

#[tokio::test]
async fn trouble_with_launches_is_forgotten_once_nobody_is_in_line() {
    let world = World::new();
    let dispatcher = dispatcher(&world);
    let task = world.submitted(spec()).await;
    dispatcher.launches.note("no space".to_owned());
    assert!(dispatcher.has_launch_trouble());
    world.ledger.forget(task.id);
    assert!(!dispatcher.has_launch_trouble());
}

#[tokio::test]
async fn the_loop_claims_when_it_is_told_and_claims_nothing_more_once_it_is_to_stop() {
    let mut world = World::new();
    let first = world.submitted(spec()).await;
    let (dispatcher, inbox) = (dispatcher(&world), world.attempts.inbox.clone());
    let run = tokio::spawn(dispatcher.run(std::mem::replace(&mut world.inputs, Inbox::new().1)));
    inbox.tell(Input::Dispatch);
    let started = loop {
        let consequence = world.consequences.recv().await.expect("the ledger is there");
        if let Consequence::StartAttempt { task, .. } = consequence {
            break task.id;
        }
    };
    assert_eq!(started, first.id);
    inbox.tell(Input::Stop);
    run.await.expect("it ends");
    let late = world.submitted(spec()).await;
    inbox.tell(Input::Dispatch);
    assert_eq!(state(&world, &late), Some(StateName::Queued));
}
