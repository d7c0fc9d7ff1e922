//! Queues and limits.

use longhaul_model::{Queue, QueueLimits, QueueName};
use longhaul_store::{LimitsChange, QueueChange};

use super::{StoreWorld, queue};

/// From the start, with its limit.
pub async fn the_default_queue_is_there(world: &mut StoreWorld) {
    let expected = Queue {
        name: QueueName::default(),
        limit: Some(4),
        paused: false,
    };
    assert_eq!(world.store.queues().await.expect("queues"), [expected]);
    assert_eq!(
        world.store.limits().await.expect("limits"),
        QueueLimits {
            total: None,
            paused: false
        }
    );
}

/// What is left out stays, over a restart too.
pub async fn a_queue_is_created_and_changed(world: &mut StoreWorld) {
    let paused = QueueChange {
        paused: Some(true),
        ..QueueChange::default()
    };
    let created = world.store.queue_set(queue("nightly"), paused).await.expect("set");
    assert_eq!((created.limit, created.paused), (Some(4), true));
    let wide = QueueChange {
        limit: Some(None),
        ..QueueChange::default()
    };
    let widened = world.store.queue_set(queue("nightly"), wide).await.expect("set");
    assert_eq!((widened.limit, widened.paused), (None, true));
    let narrow = QueueChange {
        limit: Some(Some(0)),
        paused: Some(false),
    };
    let default = world.store.queue_set(QueueName::default(), narrow).await.expect("set");
    world.reopen();
    assert_eq!(world.store.queues().await.expect("queues"), [default, widened]);
}

/// And changed one by one.
pub async fn limits_over_all_queues_are_kept(world: &mut StoreWorld) {
    let total = LimitsChange {
        total: Some(Some(8)),
        ..LimitsChange::default()
    };
    world.store.limits_set(total).await.expect("set");
    let paused = LimitsChange {
        paused: Some(true),
        ..LimitsChange::default()
    };
    world.store.limits_set(paused).await.expect("set");
    world.reopen();
    assert_eq!(
        world.store.limits().await.expect("limits"),
        QueueLimits {
            total: Some(8),
            paused: true
        }
    );
    let open = LimitsChange {
        total: Some(None),
        paused: Some(false),
    };
    assert_eq!(world.store.limits_set(open).await.expect("set"), QueueLimits::default());
}
