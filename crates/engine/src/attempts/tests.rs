//! Attempts whose start and look come at the same moment, on a real store, without a supervisor.

use std::sync::Arc;

use longhaul_model::{StandardInput, State, StateName, Verdict};
use longhaul_supervisor::Identity;
use tokio::sync::mpsc::UnboundedReceiver;

use super::care::Care;
use super::{adopt, launch, start};
use crate::dispatch::{EndedAttempt, Input};
use crate::samples::{FIRST, claimed, engine};

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
    let folder = tempfile::tempdir().expect("a folder");
    let (shared, mut inputs) = engine(folder.path());
    let task = claimed(&shared, StandardInput::Nothing).await;
    shared.note(Arc::clone(&task));
    assert_eq!(shared.unwatched(), [(task.id, FIRST)]);

    adopt(Care::take(&shared, task.id, FIRST).expect("nobody has it")).await;
    inputs.recv().await.expect("it was given back");
    let now = shared.store.task(task.id).expect("readable").expect("there");
    assert_eq!((now.state(), now.life.attempt.0), (StateName::Queued, 0));

    let late = Care::begin(&shared, task.id, FIRST);
    let launched = tokio::task::spawn_blocking(move || launch::launch(&late, &task))
        .await
        .expect("it ends");
    let error = launched.expect_err("the folder is taken").to_string();
    assert!(error.contains("exists already"), "{error}");
}

#[tokio::test]
async fn a_claim_is_looked_after_before_anybody_sees_that_it_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let (shared, _inputs) = engine(folder.path());
    let task = claimed(&shared, StandardInput::Nothing).await;
    let care = Care::begin(&shared, task.id, FIRST);
    shared.note(Arc::clone(&task));
    assert_eq!(shared.unwatched(), []);
    assert!(Care::take(&shared, task.id, FIRST).is_none());
    drop(care);
    assert_eq!(shared.unwatched(), [(task.id, FIRST)]);
}

#[tokio::test]
async fn who_has_an_older_attempt_does_not_let_go_of_a_newer_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let (shared, _inputs) = engine(folder.path());
    let task = claimed(&shared, StandardInput::Nothing).await;
    let older = Care::begin(&shared, task.id, FIRST);
    let _newer = Care::begin(&shared, task.id, FIRST.next());
    older.note_supervisor(&Identity {
        boot_id: String::new(),
        pid_namespace: 0,
        pid: 1,
        start_time: 0,
    });
    drop(older);
    let watched = shared.watched().get(&task.id).copied().expect("it is looked after");
    assert_eq!((watched.fence, watched.supervisor), (FIRST.next(), None));
    assert!(Care::take(&shared, task.id, FIRST).is_none());
}

#[tokio::test]
async fn a_task_that_can_never_start_fails_and_does_not_hold_up_the_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let (shared, mut inputs) = engine(folder.path());
    let task = claimed(&shared, StandardInput::Base64("no base64!".to_owned())).await;
    shared.note(Arc::clone(&task));
    start(Care::begin(&shared, task.id, FIRST), Arc::clone(&task)).await;
    let ended = next_end(&mut inputs).await;
    let Verdict::Failed(outcome) = ended.ending.verdict else {
        panic!("{:?}", ended.ending)
    };
    assert_eq!(outcome.reason, longhaul_model::Reason::SpawnError);
    assert!(shared.launch_trouble.lock().expect("nobody panicked").is_none());
}

#[tokio::test]
async fn a_machine_that_cannot_launch_gives_the_attempt_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let (shared, mut inputs) = engine(folder.path());
    let task = claimed(&shared, StandardInput::Nothing).await;
    shared.note(Arc::clone(&task));
    start(Care::begin(&shared, task.id, FIRST), Arc::clone(&task)).await;
    inputs.recv().await.expect("it was given back");
    let now = shared.board().task(task.id).cloned().expect("it is active");
    assert!(matches!(now.life.state, State::Queued { .. }), "{:?}", now.life);
    assert!(shared.launch_trouble.lock().expect("nobody panicked").is_some());
    assert!(shared.watched().is_empty());
}

#[tokio::test]
async fn what_two_who_look_at_one_attempt_found_is_both_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let (shared, _inputs) = engine(folder.path());
    let task = claimed(&shared, StandardInput::Nothing).await;
    shared.note(Arc::clone(&task));
    let one = shared.change_facts(task.id, FIRST, |known| longhaul_model::Facts {
        note: Some("one".to_owned()),
        ..known.clone()
    });
    let other = shared.change_facts(task.id, FIRST, |known| longhaul_model::Facts {
        activity: Some("other".to_owned()),
        ..known.clone()
    });
    assert_eq!(tokio::join!(one, other), (true, true));
    let known = shared.board().task(task.id).cloned().expect("it is active");
    assert_eq!(
        (known.facts.note.as_deref(), known.facts.activity.as_deref()),
        (Some("one"), Some("other"))
    );
}
