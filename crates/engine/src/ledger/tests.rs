//! The ledger on a real store: what follows from a change, and in which order.

use std::collections::BTreeMap;

use longhaul_model::{Access, Actor, Event, LandManner, LandWork, Spec, StateName, Work};
use longhaul_store::{Apply, Fact, FactsAmend};

use super::Consequence;
use crate::samples::{FIRST, World, spec};

fn claim(world: &World, task: longhaul_model::TaskId) -> Apply {
    Apply {
        boot: Some("boot".to_owned()),
        ..Apply::new(task, Event::Claimed { fence: FIRST }, Actor::Daemon, world.now())
    }
}

#[tokio::test]
async fn the_guard_of_a_claim_travels_in_its_consequence_and_lets_go_when_nobody_takes_it() {
    let mut world = World::new();
    let task = world.submitted(spec()).await;
    world.followed();
    let answers = world
        .ledger
        .apply_all(vec![claim(&world, task.id)], &BTreeMap::new())
        .await;
    assert!(answers.expect("the store answers")[0].is_ok());
    assert_eq!(world.ledger.unsupervised(), []);
    let followed = world.followed();
    let guard = followed.into_iter().find_map(|consequence| match consequence {
        Consequence::StartAttempt { guard, .. } => Some(guard),
        _ => None,
    });
    let guard = guard.expect("it is to be started");
    assert_eq!((guard.task, guard.fence), (task.id, FIRST));
    drop(guard);
    assert_eq!(world.ledger.unsupervised(), [(task.id, FIRST)]);
}

#[tokio::test]
async fn whoever_waits_is_told_of_the_end_and_dependents_follow() {
    let mut world = World::new();
    let task = world.submitted(spec()).await;
    let mut after = spec();
    after.after = vec![task.id];
    let dependent = world.submitted(after).await;
    let told = world.ledger.waiters().register(task.id);
    world.followed();
    let cancel = Event::CancelRequested {
        by: Actor::User,
        reason: None,
    };
    let apply = Apply::new(task.id, cancel, Actor::User, world.now());
    let canceled = world.ledger.apply(apply).await.expect("it may be canceled");
    assert_eq!(canceled.state(), StateName::Canceled);
    assert_eq!(told.await.expect("it is told").state(), StateName::Canceled);
    let followed = world.followed();
    let has_ended = |consequence: &Consequence| matches!(consequence, Consequence::Ended(over) if over.id == task.id);
    assert!(followed.iter().any(has_ended), "{followed:?}");
    assert_eq!(dependent.state(), StateName::Waiting);
}

#[tokio::test]
async fn what_is_refused_is_taken_in_as_it_is_stored() {
    let world = World::new();
    let task = world.submitted(spec()).await;
    world.behind_its_back(task.id, Event::Held).await;
    assert_eq!(world.ledger.active(task.id).expect("active").state(), StateName::Queued);
    let again = Apply::new(task.id, Event::Held, Actor::User, world.now());
    assert!(world.ledger.apply(again).await.is_err());
    assert_eq!(
        world.ledger.active(task.id).expect("active").state(),
        StateName::Waiting
    );
}

/// What is landed is known to the database alone: nobody reads that while he holds the board.
#[tokio::test]
async fn a_landing_is_found_by_the_worktree_of_a_task_that_is_over() {
    let world = World::new();
    let over = world.running().await;
    world.lost(over.id).await;
    let work = Work::Land(LandWork {
        task: over.id,
        manner: LandManner::Squash,
        message: None,
    });
    let mut land = Spec::new(work, "/");
    land.access = Access::Write;
    let landing = world.submitted(land).await;
    let found = world.ledger.landing_of(over.id).await.map(|landing| landing.id);
    assert_eq!(found, Some(landing.id));
    assert!(world.ledger.landing_of(landing.id).await.is_none());
}

#[tokio::test]
async fn who_is_above_whom_is_known_also_of_those_that_are_over() {
    let world = World::new();
    let top = world.running().await;
    let middle = world.submitted_from(Some(top.id), spec()).await;
    let child = world.submitted_from(Some(middle.id), spec()).await;
    world.lost(top.id).await;
    assert!(world.ledger.is_below(&child, top.id).await && world.ledger.is_below(&child, middle.id).await);
    assert!(!world.ledger.is_below(&middle, child.id).await);
    assert!(!world.ledger.is_restricted(&child).await);
}

/// The store did one after the other, and the answers came the other way round.
#[tokio::test]
async fn an_answer_that_comes_late_takes_nothing_off_the_board() {
    let world = World::new();
    let before = world.running().await;
    let amend = |facts: Vec<Fact>| FactsAmend {
        task: before.id,
        fence: FIRST,
        facts,
        at: world.now(),
    };
    let (one, other) = (vec![Fact::OutputBytes(7)], vec![Fact::Activity("reading".to_owned())]);
    let store = world.ledger.store_for_test();
    let first = store.facts_amend(amend(one.clone())).await.expect("it runs");
    let second = store.facts_amend(amend(other.clone())).await.expect("it runs");
    world.ledger.take_in_facts(Some(&before), other, &second.clone().into());
    world.ledger.take_in_facts(Some(&before), one, &first.into());
    assert_eq!(world.ledger.active(before.id).expect("it runs").facts, second.facts);
}
