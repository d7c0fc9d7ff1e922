//! Attempts whose start and look come at the same moment, on a real store, without a supervisor.

use std::sync::Arc;

use longhaul_model::{Facts, StandardInput, State, StateName, Verdict};
use longhaul_store::{Fact, FactsAmend};
use longhaul_supervisor::Identity;
use tokio::sync::mpsc::UnboundedReceiver;

use super::ask::ask;
use super::launch::launch;
use super::owned::OwnedAttempt;
use crate::dispatch::{EndedAttempt, Input};
use crate::samples::{FIRST, World, spec};

async fn next_end(inputs: &mut UnboundedReceiver<Input>) -> EndedAttempt {
    loop {
        match inputs.recv().await.expect("the engine is there") {
            Input::Ended(ended) => return *ended,
            Input::Dispatch | Input::Round | Input::Stop => {}
        }
    }
}

/// The round may meet an attempt that is about to be launched, by this daemon or by one that is just ending. If it says
/// "never started", then nobody can start it any more; else the task would run twice.
#[tokio::test]
async fn an_attempt_that_was_given_back_can_never_be_launched() {
    let mut world = World::new();
    let task = world.running().await;
    assert_eq!(world.ledger.unsupervised(), [(task.id, FIRST)]);

    let guard = world.ledger.take_up(task.id, FIRST).expect("nobody has it");
    world.attempts.adopt(guard).await;
    world.consequences.recv().await.expect("it was given back");
    let now = world
        .ledger
        .stored()
        .task(task.id)
        .await
        .expect("readable")
        .expect("there");
    assert_eq!((now.state(), now.life.attempt.0), (StateName::Queued, 0));

    let late = OwnedAttempt::new(&world.attempts, world.ledger.begin_supervision(task.id, FIRST));
    let asked = ask(&late, &task).await.expect("the store answers");
    let launched = tokio::task::spawn_blocking(move || launch(&late, &task, asked))
        .await
        .expect("it ends");
    let error = launched.expect_err("the folder is taken").to_string();
    assert!(error.contains("exists already"), "{error}");
}

#[tokio::test]
async fn a_claim_is_supervised_before_anybody_sees_that_it_runs() {
    let world = World::new();
    let task = world.claimed().await;
    let guard = world.ledger.begin_supervision(task.id, FIRST);
    world.ledger.note_for_test(Arc::clone(&task));
    assert_eq!(world.ledger.unsupervised(), []);
    assert!(world.ledger.take_up(task.id, FIRST).is_none());
    drop(guard);
    assert_eq!(world.ledger.unsupervised(), [(task.id, FIRST)]);
}

#[tokio::test]
async fn who_has_an_older_attempt_does_not_let_go_of_a_newer_one() {
    let world = World::new();
    let task = world.claimed().await;
    let older = world.ledger.begin_supervision(task.id, FIRST);
    let _newer = world.ledger.begin_supervision(task.id, FIRST.next());
    older.note_supervisor(&Identity {
        boot_id: String::new(),
        pid_namespace: 0,
        pid: 1,
        start_time: 0,
    });
    drop(older);
    let known = world.ledger.supervision().attempts().get(&task.id).copied();
    let known = known.expect("it is supervised");
    assert_eq!((known.fence, known.supervisor), (FIRST.next(), None));
    assert!(world.ledger.take_up(task.id, FIRST).is_none());
}

#[tokio::test]
async fn a_task_that_can_never_start_fails_and_does_not_hold_up_the_others() {
    let mut world = World::new();
    let mut spec = spec();
    spec.stdin = StandardInput::Base64("no base64!".to_owned());
    let task = world.claimed_with(spec).await;
    world.ledger.note_for_test(Arc::clone(&task));
    let guard = world.ledger.begin_supervision(task.id, FIRST);
    Arc::clone(&world.attempts).start(guard, Arc::clone(&task)).await;
    let ended = next_end(&mut world.inputs).await;
    let Verdict::Failed(outcome) = ended.ending.verdict else {
        panic!("{:?}", ended.ending)
    };
    assert_eq!(outcome.reason, longhaul_model::Reason::SpawnError);
    assert_eq!(world.attempts.launches.complaint(), None);
}

#[tokio::test]
async fn a_machine_that_cannot_launch_gives_the_attempt_back() {
    let mut world = World::new();
    let task = world.running().await;
    let guard = world.ledger.begin_supervision(task.id, FIRST);
    Arc::clone(&world.attempts).start(guard, Arc::clone(&task)).await;
    world.consequences.recv().await.expect("it was given back");
    let now = world.ledger.active(task.id).expect("it is active");
    assert!(matches!(now.life.state, State::Queued { .. }), "{:?}", now.life);
    assert!(world.attempts.launches.complaint().is_some());
    assert!(world.ledger.supervision().attempts().is_empty());
}

#[tokio::test]
async fn what_two_who_look_at_one_attempt_found_is_both_kept() {
    let world = World::new();
    let task = world.running().await;
    let amend = |fact| FactsAmend {
        task: task.id,
        fence: FIRST,
        facts: vec![fact],
        at: world.now(),
    };
    let one = world.ledger.amend(amend(Fact::OutputBytes(7)));
    let other = world.ledger.amend(amend(Fact::Activity("other".to_owned())));
    let (one, other) = tokio::join!(one, other);
    assert!(one.is_ok() && other.is_ok());
    let known = world.ledger.active(task.id).expect("it is active");
    let both = Facts {
        output_bytes: 7,
        activity: Some("other".to_owned()),
        ..Facts::default()
    };
    assert_eq!(known.facts, both);
}
