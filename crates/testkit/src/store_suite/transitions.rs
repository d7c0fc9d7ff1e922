//! Telling tasks what happened to them.

use longhaul_model::{Actor, Effect, Event, Fence, Reason, Rejected, Spec, State, StateName, TaskId, Verdict};
use longhaul_store::{Apply, ApplyError};

use super::{StoreWorld, at, claimed, command, ended, failed, succeeded};

/// And the error names it.
pub async fn what_is_not_there_cannot_be_told_anything(world: &mut StoreWorld) {
    let unknown = TaskId::new(9).expect("an id");
    let error = world.cancel(unknown, 1).await.expect_err("an unknown task");
    assert!(matches!(error, ApplyError::Unknown(task) if task == unknown), "{error}");
}

/// Each step is in the history with its time and who did it.
pub async fn a_full_life_is_stored_step_by_step(world: &mut StoreWorld) {
    let task = world
        .submit(Spec {
            hold: true,
            ..command(&["job"])
        })
        .await
        .id;
    world.tell(task, Event::Released, 1).await.expect("released");
    let answer = world.told(claimed(task, 1, 2)).await;
    assert_eq!(answer.effects, [Effect::StartAttempt(Fence(1))]);
    let end = Apply {
        detail: Some("exit 0".to_owned()),
        ..ended(task, 1, succeeded(), 9)
    };
    let answer = world.told(end).await;
    assert_eq!(answer.effects, [Effect::AnnounceEnd, Effect::Dispatch]);
    assert_eq!(answer.task, world.task(task).await);
    world.reopen();

    let history = world.store.history(task).await.expect("a history");
    let steps: Vec<_> = history
        .iter()
        .map(|entry| (entry.event.as_str(), entry.to.word(), entry.at))
        .collect();
    assert_eq!(
        steps,
        [
            ("submitted", "waiting", at(0)),
            ("released", "queued", at(1)),
            ("claimed", "running", at(2)),
            ("attempt-ended", "completed", at(9)),
        ]
    );
    assert_eq!((&history[1].actor, &history[3].actor), (&Actor::User, &Actor::Daemon));
    assert_eq!(history[3].detail.as_deref(), Some("exit 0"));
}

/// By nothing that can be told.
pub async fn a_terminal_state_never_changes(world: &mut StoreWorld) {
    let task = world.finished(succeeded(), 1).await;
    let before = world.task(task).await;
    for event in [Event::Held, Event::Released, Event::TimeCame, Event::DeadlinePassed] {
        let error = world.tell(task, event, 5).await.expect_err("it is over");
        assert!(
            matches!(
                error,
                ApplyError::Rejected {
                    rejected: Rejected::Terminal(_),
                    ..
                }
            ),
            "{error}"
        );
    }
    world.cancel(task, 5).await.expect_err("it is over");
    world
        .store
        .task_apply(claimed(task, 2, 6))
        .await
        .expect_err("it is over");
    world
        .store
        .task_apply(ended(task, 1, failed(), 7))
        .await
        .expect_err("it is over");
    assert_eq!(world.task(task).await, before);
}

/// The first end is the end.
pub async fn a_late_exit_does_not_undo_a_cancel(world: &mut StoreWorld) {
    let task = world.submit_command(&["job"]).await;
    world.told(claimed(task, 1, 1)).await;
    world.cancel(task, 2).await.expect("acknowledged");
    world.told(ended(task, 1, Verdict::Stopped, 3)).await;
    assert_eq!(world.task(task).await.state(), StateName::Canceled);
    let error = world
        .store
        .task_apply(ended(task, 1, succeeded(), 4))
        .await
        .expect_err("late news");
    let ApplyError::Rejected { rejected, task: now } = error else {
        panic!("{error}")
    };
    assert_eq!(rejected, Rejected::Terminal(StateName::Canceled));
    assert_eq!(*now, world.task(task).await);
}

/// It changes nothing about the attempt that owns the task.
pub async fn news_of_an_older_attempt_is_stale(world: &mut StoreWorld) {
    let task = world.submit_command(&["job"]).await;
    world.told(claimed(task, 1, 1)).await;
    world
        .told(Apply::new(
            task,
            Event::NeverStarted { fence: Fence(1) },
            Actor::Daemon,
            at(2),
        ))
        .await;
    world.told(claimed(task, 2, 3)).await;
    let error = world
        .store
        .task_apply(ended(task, 1, succeeded(), 4))
        .await
        .expect_err("stale");
    assert!(
        matches!(
            error,
            ApplyError::Rejected {
                rejected: Rejected::Stale { .. },
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(world.task(task).await.state(), StateName::Running);
}

/// After a restart it tells whether anything of it can be left.
pub async fn a_claim_needs_the_boot_it_is_made_on(world: &mut StoreWorld) {
    let task = world.submit_command(&["job"]).await;
    let error = world
        .store
        .task_apply(Apply {
            boot: None,
            ..claimed(task, 1, 1)
        })
        .await
        .expect_err("no boot");
    assert!(matches!(error, ApplyError::BootMissing(_)), "{error}");
    assert_eq!(world.task(task).await.state(), StateName::Queued);
}

/// And the other changes nothing.
pub async fn of_two_claims_at_once_one_wins(world: &mut StoreWorld) {
    let task = world.submit_command(&["job"]).await;
    let (one, other) = tokio::join!(
        world.store.task_apply(claimed(task, 1, 1)),
        world.store.task_apply(claimed(task, 1, 1))
    );
    assert!(one.is_ok() != other.is_ok());
    assert_eq!(world.store.attempts(task).await.expect("attempts").len(), 1);
}

/// Whichever comes first, it never runs after it was canceled.
pub async fn a_claim_and_a_cancel_at_once_leave_one_story(world: &mut StoreWorld) {
    for round in 0..100 {
        let task = world.submit_command(&["job"]).await;
        let (claim, cancel) = if round % 2 == 0 {
            tokio::join!(world.store.task_apply(claimed(task, 1, 1)), world.cancel(task, 1))
        } else {
            let (cancel, claim) = tokio::join!(world.cancel(task, 1), world.store.task_apply(claimed(task, 1, 1)));
            (claim, cancel)
        };
        cancel.expect("a cancel is never refused here");
        match (claim, world.task(task).await.life.state) {
            (Ok(_), State::Running(running)) => assert!(running.stopping.is_some()),
            (Err(_), State::Canceled(_)) => {}
            story => panic!("{story:?}"),
        }
    }
}

/// Once it completed, not before.
pub async fn a_dependent_is_released_by_its_dependency(world: &mut StoreWorld) {
    let first = world.submit_command(&["first"]).await;
    let next = world
        .submit(Spec {
            after: vec![first],
            ..command(&["next"])
        })
        .await
        .id;
    world.told(claimed(first, 1, 1)).await;
    world.told(ended(first, 1, succeeded(), 2)).await;
    let dependents = world.store.dependents(first).await.expect("dependents");
    assert_eq!(dependents.iter().map(|task| task.id).collect::<Vec<_>>(), [next]);
    let event = Event::DependencyEnded {
        task: first,
        state: StateName::Completed,
    };
    world.tell(next, event, 3).await.expect("released");
    assert_eq!(world.task(next).await.state(), StateName::Queued);
    assert_eq!(world.store.dependents(first).await.expect("dependents"), []);
}

/// One that is refused leaves the others be.
pub async fn several_are_told_at_once_and_each_stands_alone(world: &mut StoreWorld) {
    let one = world.submit_command(&["one"]).await;
    let other = world.submit_command(&["other"]).await;
    let unknown = TaskId::new(99).expect("an id");
    let all = vec![
        claimed(one, 1, 1),
        claimed(unknown, 1, 1),
        claimed(other, 1, 1),
        claimed(one, 1, 1),
    ];
    let answers = world.store.task_apply_all(all).await.expect("answers");
    let accepted: Vec<_> = answers.iter().map(Result::is_ok).collect();
    assert_eq!(accepted, [true, false, true, false]);
    assert_eq!(world.task(other).await.state(), StateName::Running);
}

/// Only waiting to start has a deadline.
pub async fn a_deadline_fails_what_waits(world: &mut StoreWorld) {
    let task = world
        .submit(Spec {
            hold: true,
            wait_deadline: Some(at(10)),
            ..command(&["job"])
        })
        .await
        .id;
    world.tell(task, Event::DeadlinePassed, 9).await.expect_err("not yet");
    world.tell(task, Event::DeadlinePassed, 10).await.expect("it passed");
    let State::Failed(end) = world.task(task).await.life.state else {
        panic!("it failed")
    };
    assert_eq!((end.outcome.reason, end.at), (Reason::Deadline, at(10)));
}
