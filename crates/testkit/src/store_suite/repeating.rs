//! Retrying, re-dispatching, and acknowledging instead.

use longhaul_model::{Actor, Spec, StateName, TaskId, Verdict};
use longhaul_store::{AcknowledgeError, InsertError};

use super::{StoreWorld, at, claimed, command, ended, failed, succeeded};

/// And keeps the root of its chain.
pub async fn a_retry_is_linked_both_ways(world: &mut StoreWorld) {
    let first = world.finished(failed(), 1).await;
    let again = world.repeat(first, false, 5).await.expect("repeated");
    assert_eq!((again.retry_of, again.chain), (Some(first), first));
    assert_eq!(world.task(again.id).await, again);
    assert_eq!(world.task(first).await.retried_by, Some(again.id));
    let events = world.store.events_after(0, 100).await.expect("events");
    assert!(
        events
            .iter()
            .any(|event| event.kind == "repeated" && event.task == first)
    );
}

async fn fail(world: &StoreWorld, task: TaskId, second: i64) {
    world.told(claimed(task, 1, second)).await;
    world.told(ended(task, 1, failed(), second + 1)).await;
}

/// Whichever of its tasks was repeated.
pub async fn the_whole_chain_names_its_newest(world: &mut StoreWorld) {
    let first = world.finished(failed(), 1).await;
    let second = world.repeat(first, false, 5).await.expect("repeated").id;
    fail(world, second, 6).await;
    let third = world
        .repeat(first, false, 9)
        .await
        .expect("an older one may be repeated")
        .id;
    assert_eq!(world.task(third).await.retry_of, Some(first));
    for earlier in [first, second] {
        assert_eq!(
            (world.task(earlier).await.retried_by, world.task(earlier).await.chain),
            (Some(third), first)
        );
    }
    assert_eq!(world.task(third).await.chain, first);
}

/// Its end decides first.
pub async fn an_active_task_is_not_repeated(world: &mut StoreWorld) {
    let task = world.submit_command(&["job"]).await;
    let error = world.repeat(task, true, 1).await.expect_err("it is queued");
    assert!(matches!(error, InsertError::NotTerminal(id) if id == task), "{error}");
    world.told(claimed(task, 1, 2)).await;
    world.repeat(task, true, 3).await.expect_err("it runs");
}

/// Canceled and interrupted ones without.
pub async fn a_completed_task_is_repeated_only_by_force(world: &mut StoreWorld) {
    let done = world.finished(succeeded(), 1).await;
    let error = world.repeat(done, false, 5).await.expect_err("it completed");
    assert!(
        matches!(error, InsertError::CompletedWithoutForce(id) if id == done),
        "{error}"
    );
    world.repeat(done, true, 5).await.expect("forced");
    for verdict in [
        Verdict::Stopped,
        Verdict::Lost {
            detail: "the machine".to_owned(),
        },
    ] {
        let ended = world.finished(verdict, 1).await;
        world.repeat(ended, false, 5).await.expect("repeated");
    }
}

/// Until it is over too.
pub async fn only_one_task_of_a_chain_is_active(world: &mut StoreWorld) {
    let first = world.finished(failed(), 1).await;
    let second = world.repeat(first, false, 5).await.expect("repeated").id;
    let error = world.repeat(first, false, 6).await.expect_err("the second is active");
    assert!(matches!(error, InsertError::ChainActive(id) if id == second), "{error}");
    fail(world, second, 7).await;
    world.repeat(first, false, 9).await.expect("now it may");
}

/// One is stored, one is told which.
pub async fn two_retries_at_once_give_one_task(world: &mut StoreWorld) {
    let first = world.finished(failed(), 1).await;
    let (one, other) = tokio::join!(world.repeat(first, false, 5), world.repeat(first, false, 5));
    let (task, error) = match (one, other) {
        (Ok(task), Err(error)) | (Err(error), Ok(task)) => (task, error),
        both => panic!("{both:?}"),
    };
    assert!(
        matches!(error, InsertError::ChainActive(id) if id == task.id),
        "{error}"
    );
}

/// There is nothing to repeat.
pub async fn an_unknown_task_is_not_repeated(world: &mut StoreWorld) {
    let unknown = TaskId::new(5).expect("an id");
    let error = world.repeat(unknown, false, 1).await.expect_err("unknown");
    assert!(
        matches!(error, InsertError::UnknownTask(id) if id == unknown),
        "{error}"
    );
}

/// The newest of the chain does, if it fails too.
pub async fn a_retried_failure_needs_nobody(world: &mut StoreWorld) {
    let first = world.finished(failed(), 1).await;
    assert_eq!(world.store.counts().await.expect("counts").needs_attention, 1);
    let second = world.repeat(first, false, 5).await.expect("repeated").id;
    assert_eq!(world.store.counts().await.expect("counts").needs_attention, 0);
    fail(world, second, 7).await;
    let needing = world.store.needs_attention(10).await.expect("a list");
    assert_eq!(needing.iter().map(|task| task.id).collect::<Vec<_>>(), [second]);
}

/// Once is enough.
pub async fn an_acknowledged_failure_needs_nobody(world: &mut StoreWorld) {
    let task = world.finished(failed(), 1).await;
    let done = world.finished(succeeded(), 1).await;
    let newly = world
        .store
        .tasks_acknowledge(vec![task, done, task], at(9), Actor::User)
        .await
        .expect("acknowledged");
    assert_eq!(newly, [task, done]);
    assert_eq!(world.task(task).await.acknowledged_at, Some(at(9)));
    assert_eq!(world.store.counts().await.expect("counts").needs_attention, 0);
    let again = world
        .store
        .tasks_acknowledge(vec![task], at(10), Actor::User)
        .await
        .expect("nothing new");
    assert_eq!(again, []);
    assert_eq!(world.task(task).await.acknowledged_at, Some(at(9)));
}

/// All or none.
pub async fn acknowledging_an_unknown_task_acknowledges_none(world: &mut StoreWorld) {
    let task = world.finished(failed(), 1).await;
    let unknown = TaskId::new(77).expect("an id");
    let error = world
        .store
        .tasks_acknowledge(vec![task, unknown], at(9), Actor::User)
        .await
        .expect_err("unknown");
    assert!(
        matches!(error, AcknowledgeError::Unknown(id) if id == unknown),
        "{error}"
    );
    assert_eq!(world.task(task).await.acknowledged_at, None);
}

/// They may still need somebody later.
pub async fn acknowledging_passes_over_active_tasks(world: &mut StoreWorld) {
    let task = world
        .submit(Spec {
            hold: true,
            ..command(&["job"])
        })
        .await
        .id;
    let newly = world
        .store
        .tasks_acknowledge(vec![task], at(9), Actor::User)
        .await
        .expect("passed over");
    assert_eq!(newly, []);
    assert_eq!(
        (world.task(task).await.state(), world.task(task).await.acknowledged_at),
        (StateName::Waiting, None)
    );
}
