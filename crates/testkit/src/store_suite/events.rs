//! The gapless sequence of all changes.

use longhaul_model::TaskId;
use longhaul_store::EventBounds;

use super::{StoreWorld, claimed, ended, succeeded};

/// And a refused one has none.
pub async fn every_change_has_one_event_and_no_gap(world: &mut StoreWorld) {
    assert_eq!(
        world.store.event_bounds().await.expect("bounds"),
        EventBounds { oldest: 1, newest: 0 }
    );
    let one = world.submit_command(&["one"]).await;
    let other = world.submit_command(&["other"]).await;
    world.told(claimed(one, 1, 1)).await;
    world
        .cancel(TaskId::new(99).expect("an id"), 1)
        .await
        .expect_err("unknown");
    world.cancel(other, 2).await.expect("canceled");
    world.cancel(other, 2).await.expect_err("over");
    world.told(ended(one, 1, succeeded(), 3)).await;
    let events = world.store.events_after(0, 100).await.expect("events");
    let told: Vec<_> = events
        .iter()
        .map(|event| (event.sequence, event.kind.as_str(), event.task))
        .collect();
    assert_eq!(
        told,
        [
            (1, "submitted", one),
            (2, "submitted", other),
            (3, "claimed", one),
            (4, "cancel-requested", other),
            (5, "attempt-ended", one),
        ]
    );
}

/// After it, so that what it announces can be read.
pub async fn the_watcher_hears_of_each_commit(world: &mut StoreWorld) {
    let mut changes = world.store.changes();
    assert_eq!(*changes.borrow_and_update(), 0);
    let task = world.submit_command(&["job"]).await;
    changes.changed().await.expect("the store is open");
    assert_eq!(*changes.borrow_and_update(), 1);
    assert_eq!(world.store.events_after(0, 10).await.expect("events")[0].task, task);
    world.cancel(task, 1).await.expect("canceled");
    world.cancel(task, 1).await.expect_err("nothing changes");
    assert_eq!(*changes.borrow_and_update(), 2);
    assert!(!changes.has_changed().expect("the store is open"));
}

/// Each after the last of the one before.
pub async fn events_are_read_in_pages(world: &mut StoreWorld) {
    for _ in 0..5 {
        world.submit_command(&["job"]).await;
    }
    let page = async |after| {
        let events = world.store.events_after(after, 2).await.expect("events");
        events.iter().map(|event| event.sequence).collect::<Vec<_>>()
    };
    assert_eq!(
        (page(0).await, page(2).await, page(4).await, page(5).await),
        (vec![1, 2], vec![3, 4], vec![5], vec![])
    );
    assert_eq!(page(u64::MAX).await, [0_u64; 0]);
}

/// Where it was.
pub async fn the_sequence_goes_on_after_reopening(world: &mut StoreWorld) {
    world.submit_command(&["job"]).await;
    world.reopen();
    assert_eq!(*world.store.changes().borrow(), 1);
    world.submit_command(&["job"]).await;
    assert_eq!(
        world.store.event_bounds().await.expect("bounds"),
        EventBounds { oldest: 1, newest: 2 }
    );
}

/// The name tells two stores' sequences apart.
pub async fn the_store_keeps_its_name(world: &mut StoreWorld) {
    let name = world.store.store_uuid().to_owned();
    assert_eq!((name.len(), name.split('-').count()), (36, 5));
    world.reopen();
    assert_eq!(world.store.store_uuid(), name);
    assert!(world.store.size_bytes() > 0);
}
