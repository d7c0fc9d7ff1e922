//! The outbox: what is to be told is there as soon as what it tells of, and stays until it was told.

use longhaul_model::{Actor, Delivery, DeliveryState, Event, Notification, Notify, Occasion, Spec, TaskId, Verdict};
use longhaul_store::{Apply, DeliveriesSet, DueNotifications, PruneRules};

use super::{StoreWorld, at, claimed, command, ended, failed, succeeded};

fn telling(notify: Notify) -> Spec {
    Spec {
        notify,
        ..command(&["job"])
    }
}

async fn ran(world: &StoreWorld, notify: Notify, verdict: Verdict) -> TaskId {
    let id = world.submit(telling(notify)).await.id;
    world.told(claimed(id, id.get(), 1)).await;
    world.told(ended(id, id.get(), verdict, 2)).await;
    id
}

async fn open(world: &StoreWorld) -> Vec<Notification> {
    due(world, 1_000).await.notifications
}

async fn due(world: &StoreWorld, second: i64) -> DueNotifications {
    world
        .store
        .due_notifications(at(second), 100)
        .await
        .expect("notifications")
}

fn delivery(channel: &str, state: DeliveryState) -> Delivery {
    Delivery {
        channel: channel.to_owned(),
        state,
        tries: 0,
        tried_at: None,
        detail: None,
    }
}

async fn set(world: &StoreWorld, notification: u64, deliveries: Vec<Delivery>) {
    let set = DeliveriesSet {
        notification,
        deliveries,
        at: at(10),
    };
    world.store.deliveries_set(set).await.expect("kept");
}

/// Those that the policy does not want are not written at all.
pub async fn an_end_is_written_down_as_the_policy_wants(world: &mut StoreWorld) {
    let all = ran(world, Notify::All, succeeded()).await;
    ran(world, Notify::Problems, succeeded()).await;
    let problems = ran(world, Notify::Problems, failed()).await;
    let done = ran(world, Notify::Done, succeeded()).await;
    ran(world, Notify::Done, failed()).await;
    ran(world, Notify::None, failed()).await;
    let told: Vec<_> = open(world)
        .await
        .iter()
        .map(|told| (told.task, told.occasion))
        .collect();
    let wanted = [
        (all, Occasion::Completed),
        (problems, Occasion::Failed),
        (done, Occasion::Completed),
    ];
    assert_eq!(told, wanted);
    assert!(
        open(world)
            .await
            .iter()
            .all(|told| told.at == at(2) && told.deliveries.is_empty())
    );
}

/// What is canceled while it waits, and what fails because it can never start.
pub async fn an_end_without_a_run_is_written_down_too(world: &mut StoreWorld) {
    let broken = ran(world, Notify::None, failed()).await;
    let spec = Spec {
        after: vec![broken],
        ..telling(Notify::All)
    };
    let dependent = world.submit(spec).await.id;
    let held = Spec {
        hold: true,
        ..telling(Notify::All)
    };
    let held = world.submit(held).await.id;
    let cancel = Event::CancelRequested {
        by: Actor::User,
        reason: None,
    };
    world.told(Apply::new(held, cancel, Actor::User, at(3))).await;
    let told: Vec<_> = open(world)
        .await
        .iter()
        .map(|told| (told.task, told.occasion))
        .collect();
    assert_eq!(told, [(dependent, Occasion::Failed), (held, Occasion::Canceled)]);
}

/// Settled when none is pending, and not before.
pub async fn a_notification_is_settled_when_nothing_is_pending(world: &mut StoreWorld) {
    let task = ran(world, Notify::All, succeeded()).await;
    let id = open(world).await[0].id;
    let pending = DeliveryState::Pending(at(5));
    set(world, id, vec![delivery("a", pending), delivery("b", pending)]).await;
    world.reopen();
    assert_eq!(
        open(world).await[0].deliveries,
        [delivery("a", pending), delivery("b", pending)]
    );
    set(world, id, vec![delivery("a", DeliveryState::Delivered)]).await;
    assert_eq!(open(world).await.len(), 1);
    let given_up = Delivery {
        tries: 7,
        tried_at: Some(at(9)),
        detail: Some("nobody there".to_owned()),
        ..delivery("b", DeliveryState::GivenUp)
    };
    set(world, id, vec![given_up.clone()]).await;
    assert!(open(world).await.is_empty());
    let log = world.store.notifications(Some(task), None, 10).await.expect("the log");
    assert_eq!(log[0].settled_at, Some(at(10)));
    assert_eq!(log[0].deliveries, [delivery("a", DeliveryState::Delivered), given_up]);
}

/// Those that wait for their time hide none that is due.
pub async fn only_what_is_due_is_handed_out(world: &mut StoreWorld) {
    for _ in 0..3 {
        ran(world, Notify::All, succeeded()).await;
    }
    let ids: Vec<_> = due(world, 3).await.notifications.iter().map(|told| told.id).collect();
    set(world, ids[0], vec![delivery("a", DeliveryState::Pending(at(50)))]).await;
    set(world, ids[1], vec![delivery("a", DeliveryState::Pending(at(40)))]).await;
    let at_second = async |second| {
        let due = due(world, second).await;
        (
            due.notifications.iter().map(|told| told.id).collect::<Vec<_>>(),
            due.next_at,
        )
    };
    assert_eq!(at_second(39).await, (vec![ids[2]], Some(at(40))));
    assert_eq!(at_second(40).await, (vec![ids[1], ids[2]], Some(at(50))));
    assert_eq!(at_second(50).await, (ids, None));
}

/// If there is nobody to tell.
pub async fn a_notification_without_channels_is_settled_at_once(world: &mut StoreWorld) {
    ran(world, Notify::All, succeeded()).await;
    let id = open(world).await[0].id;
    set(world, id, Vec::new()).await;
    assert!(open(world).await.is_empty());
}

/// Newest first, in pages, of all tasks or of one.
pub async fn the_log_is_read_in_pages(world: &mut StoreWorld) {
    for _ in 0..5 {
        ran(world, Notify::All, succeeded()).await;
    }
    let ids = async |task, before, limit| {
        let page = world.store.notifications(task, before, limit).await.expect("a page");
        page.iter().map(|told| told.task.get()).collect::<Vec<_>>()
    };
    assert_eq!(ids(None, None, 2).await, [5, 4]);
    let fourth = world.store.notifications(None, None, 2).await.expect("a page")[1].id;
    assert_eq!(ids(None, Some(fourth), 10).await, [3, 2, 1]);
    assert_eq!(ids(TaskId::new(2), None, 10).await, [2]);
}

/// And telling what came of it harms nothing.
pub async fn notifications_go_with_their_task(world: &mut StoreWorld) {
    ran(world, Notify::All, succeeded()).await;
    let id = open(world).await[0].id;
    set(world, id, vec![delivery("a", DeliveryState::Pending(at(5)))]).await;
    let rules = PruneRules {
        ended_before: at(100),
        keep_newest: 0,
        limit: 10,
        spared: Default::default(),
    };
    world.store.prune(rules).await.expect("pruned");
    assert!(open(world).await.is_empty());
    set(world, id, vec![delivery("a", DeliveryState::Delivered)]).await;
    assert!(
        world
            .store
            .notifications(None, None, 10)
            .await
            .expect("the log")
            .is_empty()
    );
}
