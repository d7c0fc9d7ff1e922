//! Forgetting finished tasks.

use std::collections::BTreeMap;

use longhaul_model::{Actor, Spec, TaskId};
use longhaul_store::{EventBounds, Key, NewTask, PruneRules, TaskFilter};

use super::{StoreWorld, at, claimed, command, ended, failed, new_task, succeeded};

fn rules(before_second: i64, keep_newest: u64) -> PruneRules {
    PruneRules {
        ended_before: at(before_second),
        keep_newest,
        limit: 1_000,
        spared: Default::default(),
    }
}

async fn pruned(world: &StoreWorld, rules: PruneRules) -> Vec<u64> {
    let ids = world.store.prune(rules).await.expect("pruned");
    ids.into_iter().map(TaskId::get).collect()
}

/// Both rules must allow it.
pub async fn old_finished_tasks_go_and_the_newest_stay(world: &mut StoreWorld) {
    for second in [10, 20, 30, 40] {
        world
            .finished(if second == 20 { failed() } else { succeeded() }, second)
            .await;
    }
    assert_eq!(pruned(world, rules(5, 0)).await, [0_u64; 0]);
    assert_eq!(pruned(world, rules(100, 4)).await, [0_u64; 0]);
    assert_eq!(pruned(world, rules(100, 3)).await, [1]);
    assert_eq!(pruned(world, rules(25, 1)).await, [2]);
    assert_eq!(pruned(world, rules(100, 1)).await, [3]);
    assert_eq!(world.list(&TaskFilter::default()).await, [4]);
    assert_eq!(world.store.counts().await.expect("counts").total(), 1);
}

/// However old.
pub async fn active_tasks_are_never_pruned(world: &mut StoreWorld) {
    world
        .submit(Spec {
            hold: true,
            ..command(&["job"])
        })
        .await;
    let running = world.submit_command(&["job"]).await;
    world.told(claimed(running, 1, 1)).await;
    world.submit_command(&["job"]).await;
    assert_eq!(pruned(world, rules(1_000_000, 0)).await, [0_u64; 0]);
}

/// As dependency, as parent, as what it repeats.
pub async fn what_an_active_task_needs_stays(world: &mut StoreWorld) {
    let dependency = world.finished(succeeded(), 1).await;
    let open = world.submit_command(&["open"]).await;
    let dependent = world
        .submit(Spec {
            after: vec![dependency, open],
            ..command(&["next"])
        })
        .await
        .id;
    let parent = world.finished(succeeded(), 1).await;
    let child = world.submit_child(parent).await.expect("a child").id;
    let root = world.finished(failed(), 1).await;
    let middle = world.repeat(root, false, 5).await.expect("repeated").id;
    world.told(claimed(middle, 1, 6)).await;
    world.told(ended(middle, 1, failed(), 7)).await;
    let newest = world.repeat(middle, false, 8).await.expect("repeated").id;
    assert_eq!(pruned(world, rules(1_000, 0)).await, [0_u64; 0]);
    for task in [dependent, open, child, newest] {
        world.cancel(task, 20).await.expect("canceled");
    }
    assert_eq!(pruned(world, rules(1_000, 0)).await.len(), 8);
    assert_eq!(world.store.counts().await.expect("counts").total(), 0);
}

/// Not after a restart either.
pub async fn a_pruned_id_is_never_given_out_again(world: &mut StoreWorld) {
    let last = world.finished(succeeded(), 1).await;
    assert_eq!(pruned(world, rules(1_000, 0)).await, [last.get()]);
    world.reopen();
    assert!(world.submit_command(&["next"]).await > last);
}

/// Those that name it go on doing so.
pub async fn a_pruned_task_leaves_no_trace_but_its_number(world: &mut StoreWorld) {
    let environment = Some(BTreeMap::from([("A".to_owned(), "b".to_owned())]));
    let key = Some(Key {
        key: "k".to_owned(),
        body_hash: "h".to_owned(),
    });
    let labels = BTreeMap::from([("team".to_owned(), "blue".to_owned())]);
    let spec = Spec {
        labels,
        ..command(&["findable"])
    };
    let new = NewTask {
        environment,
        key: key.clone(),
        ..new_task(spec)
    };
    let gone = world.store.task_insert(new).await.expect("stored").task.id;
    world.told(claimed(gone, 1, 1)).await;
    world.told(ended(gone, 1, failed(), 2)).await;
    let again = world.repeat(gone, false, 50).await.expect("repeated").id;
    let child = world.submit_child(gone).await.expect("a child").id;
    for task in [again, child] {
        world.cancel(task, 60).await.expect("canceled");
    }
    assert_eq!(pruned(world, rules(50, 0)).await, [gone.get()]);

    assert_eq!(world.store.task(gone).await.expect("a read"), None);
    assert_eq!(world.store.history(gone).await.expect("a read"), []);
    assert_eq!(world.store.attempts(gone).await.expect("a read"), []);
    assert_eq!(world.store.environment(gone).await.expect("a read"), None);
    let search = TaskFilter {
        search: Some("findable".to_owned()),
        ..TaskFilter::default()
    };
    assert_eq!(world.list(&search).await, [0_u64; 0]);
    assert_eq!(
        (world.task(again).await.retry_of, world.task(again).await.chain),
        (Some(gone), gone)
    );
    assert_eq!(world.task(child).await.parent, Some(gone));
    let reused = world
        .store
        .task_insert(NewTask {
            key,
            ..new_task(command(&["x"]))
        })
        .await
        .expect("a free key");
    assert!(!reused.replayed);
    assert!(
        world
            .store
            .tasks_acknowledge(vec![gone], at(99), Actor::User)
            .await
            .is_err()
    );
}

/// So that other writes are not kept waiting.
pub async fn pruning_goes_in_small_steps(world: &mut StoreWorld) {
    for second in [30, 10, 20] {
        world.finished(succeeded(), second).await;
    }
    let step = PruneRules {
        limit: 2,
        ..rules(1_000, 0)
    };
    assert_eq!(pruned(world, step.clone()).await, [2, 3]);
    assert_eq!(pruned(world, step.clone()).await, [1]);
    assert_eq!(pruned(world, step).await, [0_u64; 0]);
}

/// So that what is left has no gap.
pub async fn events_go_from_the_old_end_only(world: &mut StoreWorld) {
    for _ in 0..3 {
        world.finished(succeeded(), 10).await;
    }
    world.told(claimed(world.submit_command(&["open"]).await, 1, 100)).await;
    pruned(world, rules(50, 0)).await;
    // The last submit is as old as the first, and goes with them; its claim is young and ends the trimming.
    assert_eq!(
        world.store.event_bounds().await.expect("bounds"),
        EventBounds { oldest: 11, newest: 11 }
    );
    pruned(world, rules(200, 0)).await;
    assert_eq!(
        world.store.event_bounds().await.expect("bounds"),
        EventBounds { oldest: 12, newest: 11 }
    );
    world.reopen();
    world.submit_command(&["next"]).await;
    assert_eq!(
        world.store.event_bounds().await.expect("bounds"),
        EventBounds { oldest: 12, newest: 12 }
    );
}

/// The newest stay even if older ones must.
pub async fn a_protected_old_task_does_not_cost_a_newer_one(world: &mut StoreWorld) {
    let parent = world.finished(succeeded(), 1).await;
    world.submit_child(parent).await.expect("a child");
    for second in [10, 20, 30] {
        world.finished(succeeded(), second).await;
    }
    assert_eq!(pruned(world, rules(1_000, 2)).await, [3]);
}
