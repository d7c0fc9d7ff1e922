//! The handle in a small world: what it answers, and what it refuses.

use std::time::Duration;

use longhaul_model::{Access, Actor, LandManner, Leftovers, Spec, StateName, TaskId, Work};
use longhaul_store::{CompletionFilter, TaskFilter};

use super::{ActError, ActivityError, EditError, LandError, WaitError};
use crate::dispatch::Input;
use crate::family::ProcessOwner;
use crate::samples::{World, id, spec, submission};
use crate::submit::SubmitError;
use crate::workspace::ChangesError;

const NOBODY: u64 = 99;

#[tokio::test]
async fn a_cancel_is_acknowledged_once_and_again() {
    let world = World::new();
    let handle = world.handle();
    let task = world.submitted(spec()).await;
    let first = handle
        .cancel(task.id, Some("enough".to_owned()), Actor::User)
        .await
        .expect("it may be");
    assert_eq!(
        (first.view.task.state(), first.was_terminal),
        (StateName::Canceled, false)
    );
    let again = handle
        .cancel(task.id, None, Actor::User)
        .await
        .expect("it is acknowledged");
    assert!(again.was_terminal);
    let unknown = handle.cancel(id(NOBODY), None, Actor::User).await;
    assert!(matches!(unknown, Err(ActError::Unknown(_))), "{unknown:?}");
}

#[tokio::test]
async fn a_task_is_held_released_and_moved_but_not_while_it_runs() {
    let world = World::new();
    let handle = world.handle();
    let (first, second) = (world.submitted(spec()).await, world.submitted(spec()).await);
    for _ in 0..2 {
        let held = handle.hold(first.id, Actor::User).await.expect("it may be");
        assert_eq!(held.task.state(), StateName::Waiting);
    }
    for _ in 0..2 {
        let released = handle.release(first.id, Actor::User).await.expect("it may be");
        assert_eq!(released.task.state(), StateName::Queued);
    }
    let moved = handle.move_to_front(second.id, Actor::User).await.expect("it may be");
    assert!(moved.task.rank < 1);
    let running = world.running().await;
    let refused = handle.move_to_front(running.id, Actor::User).await;
    assert!(matches!(refused, Err(ActError::StateForbids { .. })), "{refused:?}");
}

#[tokio::test]
async fn to_wake_a_task_asks_for_a_round_and_one_that_is_over_sleeps_on() {
    let mut world = World::new();
    let handle = world.handle();
    let task = world.submitted(spec()).await;
    handle.wake(task.id).await.expect("it may be");
    assert!(matches!(world.told()[..], [Input::Round]));
    handle.cancel(task.id, None, Actor::User).await.expect("it may be");
    let refused = handle.wake(task.id).await;
    assert!(matches!(refused, Err(ActError::StateForbids { .. })), "{refused:?}");
    assert!(world.told().is_empty());
}

#[tokio::test]
async fn a_task_that_has_not_started_can_be_asked_something_else() {
    let world = World::new();
    let handle = world.handle();
    let task = world.submitted(spec()).await;
    let rename = |spec: &mut Spec| spec.priority = 7;
    let edited = handle.edit(task.id, rename, Actor::User).await.expect("it may be");
    assert_eq!(edited.task.spec.priority, 7);
    let relative = |spec: &mut Spec| spec.cwd = "relative".to_owned();
    let refused = handle.edit(task.id, relative, Actor::User).await;
    assert!(matches!(refused, Err(EditError::Spec(_))), "{refused:?}");
    let running = world.running().await;
    assert!(handle.edit(running.id, rename, Actor::User).await.is_err());
}

#[tokio::test]
async fn what_holds_tasks_up_is_told_of_a_whole_page_as_of_each_of_them() {
    let world = World::new();
    let handle = world.handle();
    for _ in 0..3 {
        let mut writer = spec();
        writer.access = Access::Write;
        world.submitted(writer).await;
    }
    let default = "default".parse().expect("a queue");
    handle
        .set_queue(default, Some(Some(1)), Some(true))
        .await
        .expect("it is set");
    let running = world.running().await;
    let page = handle.page(TaskFilter::default(), None, 10).await.expect("readable");
    assert_eq!(page.len(), 4);
    for view in page {
        let alone = handle.view(view.task.id).await.expect("readable").expect("there");
        assert_eq!(view.blocked_by, alone.blocked_by);
        assert_eq!(view.blocked_by.is_empty(), view.task.id == running.id);
    }
}

#[tokio::test]
async fn trouble_with_launches_holds_up_whoever_is_queued() {
    let world = World::new();
    let task = world.submitted(spec()).await;
    world.attempts.launches.note("no space left".to_owned());
    let view = world.handle().view(task.id).await.expect("readable").expect("there");
    let [block] = &view.blocked_by[..] else {
        panic!("{:?}", view.blocked_by)
    };
    assert_eq!((block.kind.word(), block.detail.as_str()), ("launch", "no space left"));
}

#[tokio::test]
async fn queues_and_limits_are_counted_and_set() {
    let world = World::new();
    let handle = world.handle();
    world.submitted(spec()).await;
    world.running().await;
    handle.set_limits(Some(Some(3)), None).await.expect("it is set");
    let queues = handle.queues().await.expect("readable");
    assert_eq!(queues.limits.total, Some(3));
    let counts: Vec<_> = queues
        .queues
        .iter()
        .map(|queue| (queue.running, queue.queued, queue.waiting))
        .collect();
    assert_eq!(counts, [(1, 1, 0)]);
}

#[tokio::test]
async fn a_wait_ends_with_the_task_with_its_patience_or_with_the_daemon() {
    let world = World::new();
    let handle = world.handle();
    let task = world.submitted(spec()).await;
    let at_once = handle
        .wait_terminal(task.id, Some(Duration::ZERO), None)
        .await
        .expect("it is there");
    assert!(at_once.timed_out);
    let (waited, canceled) = tokio::join!(
        handle.wait_terminal(task.id, None, None),
        handle.cancel(task.id, None, Actor::User)
    );
    assert!(canceled.is_ok());
    assert_eq!(waited.expect("it is over").view.task.state(), StateName::Canceled);
    let unknown = handle.wait_terminal(id(NOBODY), None, None).await;
    assert!(matches!(unknown, Err(WaitError::Unknown(_))), "{unknown:?}");
    let other = world.submitted(spec()).await;
    handle.stop().await;
    let stopped = handle.wait_terminal(other.id, None, None).await;
    assert!(matches!(stopped, Err(WaitError::Stopping)), "{stopped:?}");
}

/// Only for a descendant: whoever waits for a stranger keeps its slot.
#[tokio::test]
async fn who_waits_for_a_descendant_lends_its_slot_meanwhile() {
    let world = World::new();
    let handle = world.handle();
    let parent = world.running().await;
    let child = world.submitted_from(Some(parent.id), spec()).await;
    let stranger = world.submitted(spec()).await;
    for (awaited, lends) in [(child.id, true), (stranger.id, false)] {
        let wait = handle.wait_terminal(awaited, None, Some(parent.id));
        let look = async {
            tokio::task::yield_now().await;
            world.ledger.board().is_waiting_inside(parent.id)
        };
        let seen = tokio::select! {
            biased;
            _ = wait => panic!("it is not over"),
            seen = look => seen,
        };
        assert_eq!(seen, lends, "{awaited}");
        assert!(
            !world.ledger.board().is_waiting_inside(parent.id),
            "the wait was given up"
        );
    }
}

#[tokio::test]
async fn a_completion_is_taken_once_by_whoever_asked_for_it() {
    let world = World::new();
    let handle = world.handle();
    let mut asked = spec();
    asked.origin.session = Some("chat".to_owned());
    let task = world.submitted(asked).await;
    let all = CompletionFilter::default();
    assert!(handle.untaken_completions(&all).await.expect("readable").is_empty());
    handle.cancel(task.id, None, Actor::User).await.expect("it may be");
    assert_eq!(handle.untaken_completions(&all).await.expect("readable").len(), 1);
    assert_eq!(handle.take_completions(vec![task.id]).await.expect("taken"), 1);
    assert_eq!(handle.take_completions(vec![task.id]).await.expect("taken"), 0);
}

#[tokio::test]
async fn of_a_task_that_is_no_agents_nothing_is_told_but_its_output() {
    let world = World::new();
    let handle = world.handle();
    let task = world.submitted(spec()).await;
    let activity = handle.activity(task.id, None, 0, 9).await;
    assert!(matches!(activity, Err(ActivityError::NoAgent(_))), "{activity:?}");
    let output = handle.output(task.id, None).await.expect("readable").expect("there");
    assert_eq!((output.attempt, output.is_over), (0, false));
    assert!(handle.output(task.id, Some(7)).await.expect("readable").is_none());
    assert!(handle.output(id(NOBODY), None).await.expect("readable").is_none());
}

#[tokio::test]
async fn nothing_is_landed_or_discarded_that_has_no_worktree_or_still_runs() {
    let world = World::new();
    let handle = world.handle();
    let running = world.running().await;
    let land = |task: TaskId| handle.land(task, LandManner::Squash, None, Actor::User);
    assert!(matches!(land(running.id).await, Err(LandError::StateForbids { .. })));
    assert!(matches!(land(id(NOBODY)).await, Err(LandError::Unknown(_))));
    handle.cancel(running.id, None, Actor::User).await.expect("it may be");
    assert!(matches!(
        handle.discard(running.id).await,
        Err(LandError::StateForbids { .. })
    ));
    let over = world.claimed().await;
    world.lost(over.id).await;
    assert!(matches!(land(over.id).await, Err(LandError::Tree(_))));
    assert!(matches!(handle.discard(over.id).await, Err(LandError::Tree(_))));
    let changes = handle.changes_of(over.id, false).await;
    assert!(matches!(changes, Err(ChangesError::NotRecorded { .. })), "{changes:?}");
    assert!(handle.worktrees().await.is_empty());
    assert!(handle.warnings_of_repeating(over.id).await.is_empty());
}

#[tokio::test]
async fn who_submits_learns_the_task_and_why_not() {
    let world = World::new();
    let handle = world.handle();
    let submitted = handle.submit(submission(spec())).await.expect("it may be");
    assert_eq!(submitted.view.task.state(), StateName::Queued);
    let nothing = Spec::new(Work::Command { command: Vec::new() }, "/");
    let refused = handle.submit(submission(nothing)).await;
    assert!(matches!(refused, Err(SubmitError::Spec(_))), "{refused:?}");
    let mut unmanaged = spec();
    unmanaged.leftovers = Leftovers::Keep;
    assert!(
        handle.submit(submission(unmanaged)).await.is_ok(),
        "its user may leave what he likes"
    );
}

#[tokio::test]
async fn this_very_process_belongs_to_no_task() {
    let world = World::new();
    let own = i32::try_from(std::process::id()).expect("a number");
    world.ledger.supervision().note_complete();
    assert_eq!(world.handle().process_owner(own).await, ProcessOwner::Nobody);
    assert_eq!(world.handle().task_of_token("guessed"), None);
}

#[tokio::test]
async fn history_is_pruned_by_age_and_the_newest_are_kept() {
    let world = World::new();
    let handle = world.handle();
    for _ in 0..3 {
        let task = world.submitted(spec()).await;
        handle.cancel(task.id, None, Actor::User).await.expect("it may be");
    }
    world.installation.clock.advance(Duration::from_secs(60));
    assert_eq!(
        handle
            .prune(Some(Duration::from_secs(3_600)), Some(0))
            .await
            .expect("pruned"),
        0
    );
    assert_eq!(handle.prune(Some(Duration::ZERO), Some(1)).await.expect("pruned"), 2);
    assert_eq!(handle.counts().await.expect("readable").total(), 1);
}
