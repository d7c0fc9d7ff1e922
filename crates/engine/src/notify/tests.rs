//! The outbox in a small world: what is due is sent once, and what did not arrive is tried again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use longhaul_model::{Actor, DeliveryState, Notify};

use super::Outbox;
use crate::config::{Config, NotifySettings};
use crate::runtime::Wake;
use crate::samples::{World, spec};
use crate::shell_environment::ShellEnvironment;

/// A world in which a program of the user's is told, by this script with the message on standard input.
fn world_with(script: &str) -> (World, Arc<Outbox>, Wake) {
    let notify = NotifySettings {
        command: ["sh", "-c", script].map(str::to_owned).to_vec(),
        ..NotifySettings::default()
    };
    let world = World::with(Config {
        notify,
        ..Config::default()
    });
    let home = world.root().display().to_string();
    let path = "/usr/local/bin:/usr/bin:/bin".to_owned();
    let environment = BTreeMap::from([("HOME".to_owned(), home), ("PATH".to_owned(), path)]);
    let shell = Arc::new(ShellEnvironment::new(BTreeMap::new(), environment));
    let (shutdown, wake) = (&world.attempts.shutdown, Wake::default());
    let outbox = Outbox::new(&world.installation, &world.ledger, &shell, shutdown, &wake);
    (world, Arc::new(outbox), wake)
}

/// A task that is over, and of which somebody wants to hear.
async fn canceled(world: &World) {
    let mut told = spec();
    told.notify = Notify::All;
    let task = world.submitted(told).await;
    world
        .handle()
        .cancel(task.id, None, Actor::User)
        .await
        .expect("it may be");
}

/// Sends what is due, and waits until all of it came to something.
async fn deliver(outbox: &Arc<Outbox>, wake: &Wake) {
    outbox.deliver().await.expect("the store answers");
    wake.woken().await;
}

async fn states(world: &World) -> Vec<(DeliveryState, u32)> {
    let notifications = world
        .ledger
        .stored()
        .notifications(None, None, 9)
        .await
        .expect("readable");
    let deliveries = notifications
        .into_iter()
        .flat_map(|notification| notification.deliveries);
    deliveries.map(|delivery| (delivery.state, delivery.tries)).collect()
}

#[tokio::test]
async fn what_is_due_is_sent_once() {
    let (world, outbox, wake) = world_with("cat >> \"$HOME/told\"");
    assert!(outbox.set_page(Some("http://page.example".to_owned())));
    assert!(!outbox.set_page(None), "that is said once");
    canceled(&world).await;
    deliver(&outbox, &wake).await;
    assert_eq!(states(&world).await, [(DeliveryState::Delivered, 1)]);
    outbox.deliver().await.expect("the store answers");
    let told = std::fs::read_to_string(world.root().join("told")).expect("it was told");
    assert_eq!(told.lines().count(), 1);
    assert!(
        told.contains("http://page.example/#task=1") && told.contains("canceled"),
        "{told}"
    );
}

#[tokio::test]
async fn what_did_not_arrive_is_tried_again_when_it_is_time_and_given_up_at_last() {
    let (world, outbox, wake) = world_with("exit 1");
    canceled(&world).await;
    deliver(&outbox, &wake).await;
    let [(DeliveryState::Pending(again), 1)] = states(&world).await[..] else {
        panic!("{:?}", states(&world).await)
    };
    assert!(again > world.now());
    assert_eq!(
        outbox.deliver().await.expect("the store answers"),
        Some(again),
        "not before"
    );
    assert_eq!(states(&world).await, [(DeliveryState::Pending(again), 1)]);
    world.installation.clock.advance(Duration::from_secs(2 * 86_400));
    deliver(&outbox, &wake).await;
    assert_eq!(states(&world).await, [(DeliveryState::GivenUp, 2)]);
}
