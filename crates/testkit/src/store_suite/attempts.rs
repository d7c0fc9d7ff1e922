//! Claims, what attempts show, and their ends.

use longhaul_model::{Actor, AttemptNumber, Event, Facts, Fence, Spec, StateName, TaskId};
use longhaul_store::{Apply, Fact, FactsAmend, FactsError};

use super::{StoreWorld, at, claimed, command, ended, failed, succeeded};

fn showing(summary: &str) -> Facts {
    Facts {
        summary: Some(summary.to_owned()),
        output_bytes: 7,
        ..Facts::default()
    }
}

fn never_started(task: TaskId, fence: u64, second: i64) -> Apply {
    Apply::new(
        task,
        Event::NeverStarted { fence: Fence(fence) },
        Actor::Daemon,
        at(second),
    )
}

/// The time in line is apart from the time it ran.
pub async fn a_claim_opens_an_attempt_and_counts_the_time_in_line(world: &mut StoreWorld) {
    let task = world.submit_command(&["job"]).await;
    let claim = world.told(claimed(task, 1, 12)).await.task;
    assert_eq!((claim.queue_ms, claim.started_at), (12_000, Some(at(12))));
    let attempts = world.store.attempts(task).await.expect("attempts");
    assert_eq!((attempts[0].number, attempts[0].fence), (AttemptNumber(1), Fence(1)));
    assert_eq!((attempts[0].claimed_at, attempts[0].ended_at), (at(12), None));
    assert_eq!(attempts[0].boot, "boot-1");
    world
        .told(Apply {
            facts: Some(showing("done")),
            ..ended(task, 1, succeeded(), 20)
        })
        .await;
    let attempts = world.store.attempts(task).await.expect("attempts");
    assert_eq!(
        (attempts[0].ended_at, &attempts[0].facts),
        (Some(at(20)), &showing("done"))
    );
    let task = world.task(task).await;
    assert_eq!((task.queue_ms, task.facts), (12_000, showing("done")));
}

/// Neither in line nor of an attempt.
pub async fn a_clock_set_back_gives_no_negative_time(world: &mut StoreWorld) {
    let task = world.submit_command(&["job"]).await;
    world.told(claimed(task, 1, -86_400)).await;
    assert_eq!(world.task(task).await.queue_ms, 0);
    world.told(ended(task, 1, succeeded(), -90_000)).await;
    let attempts = world.store.attempts(task).await.expect("attempts");
    assert_eq!(attempts[0].ended_at, Some(attempts[0].claimed_at));
    assert_eq!(world.task(task).await.state(), StateName::Completed);
}

/// What the first showed stays with the first.
pub async fn a_retry_is_a_second_attempt_with_facts_of_its_own(world: &mut StoreWorld) {
    let task = world
        .submit(Spec {
            retries: 1,
            ..command(&["job"])
        })
        .await
        .id;
    world.told(claimed(task, 1, 1)).await;
    world
        .told(Apply {
            facts: Some(showing("first")),
            ..ended(task, 1, failed(), 2)
        })
        .await;
    assert_eq!(world.task(task).await.state(), StateName::Waiting);
    world
        .tell(task, Event::TimeCame, 10)
        .await
        .expect("the back-off is over");
    let second = world.told(claimed(task, 2, 13)).await.task;
    assert_eq!(second.facts, Facts::default());
    assert_eq!((second.life.attempt, second.queue_ms), (AttemptNumber(2), 4_000));
    world
        .told(Apply {
            facts: Some(showing("second")),
            ..ended(task, 2, succeeded(), 20)
        })
        .await;
    let attempts = world.store.attempts(task).await.expect("attempts");
    let shown: Vec<_> = attempts.iter().map(|attempt| attempt.facts.clone()).collect();
    assert_eq!(shown, [showing("first"), showing("second")]);
}

/// It is not counted, and the fence is used up.
pub async fn a_claim_that_never_started_is_taken_back(world: &mut StoreWorld) {
    let task = world
        .submit(Spec {
            retries: 1,
            ..command(&["job"])
        })
        .await
        .id;
    world.told(claimed(task, 1, 1)).await;
    let back = world.told(never_started(task, 1, 2)).await.task;
    assert_eq!(
        (back.state(), back.started_at, back.life.attempt),
        (StateName::Queued, None, AttemptNumber(0))
    );
    world
        .store
        .task_apply(claimed(task, 1, 3))
        .await
        .expect_err("the fence was used");
    world.told(claimed(task, 2, 3)).await;
    world
        .told(Apply {
            facts: Some(showing("first")),
            ..ended(task, 2, failed(), 4)
        })
        .await;
    world
        .tell(task, Event::TimeCame, 20)
        .await
        .expect("the back-off is over");
    world.told(claimed(task, 3, 21)).await;
    let back = world.told(never_started(task, 3, 22)).await.task;
    assert_eq!((back.started_at, back.facts), (Some(at(3)), showing("first")));
    let numbers: Vec<_> = world
        .store
        .attempts(task)
        .await
        .expect("attempts")
        .iter()
        .map(|attempt| attempt.number.0)
        .collect();
    assert_eq!(numbers, [1, 1, 2]);
}

/// Nothing of it ran.
pub async fn a_canceled_claim_that_never_started_is_canceled(world: &mut StoreWorld) {
    let task = world.submit_command(&["job"]).await;
    world.told(claimed(task, 1, 1)).await;
    world.cancel(task, 2).await.expect("acknowledged");
    let over = world.told(never_started(task, 1, 3)).await.task;
    assert_eq!((over.state(), over.started_at), (StateName::Canceled, None));
}

fn amend(task: TaskId, fence: u64, facts: Vec<Fact>) -> FactsAmend {
    FactsAmend {
        task,
        fence: Fence(fence),
        facts,
        at: at(5),
    }
}

fn doing(line: &str) -> Vec<Fact> {
    vec![Fact::Activity(line.to_owned())]
}

/// What an older attempt still shows is dropped, also while a newer one runs.
pub async fn facts_belong_to_the_fence_that_owns_the_task(world: &mut StoreWorld) {
    let task = world.submit_command(&["job"]).await;
    world.told(claimed(task, 1, 1)).await;
    world.told(never_started(task, 1, 2)).await;
    let early = world.store.facts_amend(amend(task, 1, doing("early"))).await;
    let early = early.expect_err("it is queued");
    assert!(matches!(early, FactsError::Stale { .. }), "{early}");
    world.told(claimed(task, 2, 3)).await;
    let old = world.store.facts_amend(amend(task, 1, doing("old"))).await;
    let old = old.expect_err("an older fence");
    assert!(matches!(old, FactsError::Stale { fence: Fence(1), .. }), "{old}");
    assert_eq!(world.task(task).await.facts, Facts::default());
    let history = world.store.history(task).await.expect("a history").len();
    let amended = world.store.facts_amend(amend(task, 2, doing("now"))).await;
    let known = Facts {
        activity: Some("now".to_owned()),
        ..Facts::default()
    };
    assert_eq!(amended.expect("its own"), world.task(task).await, "it answers the task");
    assert_eq!(world.task(task).await.facts, known);
    let attempts = world.store.attempts(task).await.expect("attempts");
    assert_eq!(attempts.last().map(|attempt| &attempt.facts), Some(&known));
    assert_eq!(world.store.history(task).await.expect("a history").len(), history);
    let newest = world.store.event_bounds().await.expect("bounds").newest;
    assert_eq!(
        world.store.events_after(newest - 1, 9).await.expect("events")[0].kind,
        "progressed"
    );
}

/// Two who look at one attempt, each with what was known before: nothing that either found is lost.
pub async fn facts_add_to_what_is_known_and_replace_nothing_else(world: &mut StoreWorld) {
    let task = world.submit_command(&["job"]).await;
    world.told(claimed(task, 1, 1)).await;
    let one = world.store.facts_amend(amend(task, 1, doing("looking")));
    let other = world.store.facts_amend(amend(
        task,
        1,
        vec![Fact::OutputBytes(7), Fact::Unkillable(Some(at(6)))],
    ));
    let (one, other) = tokio::join!(one, other);
    assert!(one.is_ok() && other.is_ok());
    let facts = world.task(task).await.facts;
    assert_eq!((facts.activity.as_deref(), facts.output_bytes), (Some("looking"), 7));
    assert_eq!(facts.unkillable_since, Some(at(6)));
}

/// Since when its tree refuses to die is told once, however often that is seen.
pub async fn the_first_time_a_tree_refused_to_die_is_kept_until_it_does(world: &mut StoreWorld) {
    let task = world.submit_command(&["job"]).await;
    world.told(claimed(task, 1, 1)).await;
    for (seen, known) in [
        (Some(6), Some(6)),
        (Some(9), Some(6)),
        (None, None),
        (Some(12), Some(12)),
    ] {
        let fact = Fact::Unkillable(seen.map(at));
        let amended = world
            .store
            .facts_amend(amend(task, 1, vec![fact]))
            .await
            .expect("its own");
        assert_eq!(amended.facts.unkillable_since, known.map(at));
    }
}

/// Nobody is woken for it.
pub async fn facts_that_are_known_already_are_no_event(world: &mut StoreWorld) {
    let task = world.submit_command(&["job"]).await;
    world.told(claimed(task, 1, 1)).await;
    let first = world
        .store
        .facts_amend(amend(task, 1, doing("now")))
        .await
        .expect("its own");
    let newest = world.store.event_bounds().await.expect("bounds").newest;
    let again = world
        .store
        .facts_amend(amend(task, 1, doing("now")))
        .await
        .expect("its own");
    assert_eq!(first, again);
    assert_eq!(world.store.event_bounds().await.expect("bounds").newest, newest);
}

/// What is over stays as it ended.
pub async fn facts_of_a_finished_task_do_not_change(world: &mut StoreWorld) {
    let task = world.finished(succeeded(), 1).await;
    let error = world.store.facts_amend(amend(task, 1, doing("late"))).await;
    let error = error.expect_err("it is over");
    assert!(matches!(error, FactsError::Stale { .. }), "{error}");
    assert_eq!(world.task(task).await.facts, Facts::default());
}

/// And are told apart from stale ones.
pub async fn facts_of_an_unknown_task_are_refused(world: &mut StoreWorld) {
    let unknown = TaskId::new(7).expect("an id");
    let error = world.store.facts_amend(amend(unknown, 1, doing("it"))).await;
    let error = error.expect_err("unknown");
    assert!(matches!(error, FactsError::Unknown(task) if task == unknown), "{error}");
}
