//! Delivers what the store has written down, until nothing is left; then sleeps until there is more or it is time to try
//! again.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use longhaul_failpoint::failpoint;
use longhaul_model::{Delivery, DeliveryState, Notification};
use longhaul_store::DeliveriesSet;
use tokio::sync::Semaphore;

use super::channel::{Channel, channels};
use super::message::Message;
use super::pause::next_try;
use super::undelivered::Undelivered;
use crate::shared::{Shared, blocking, chain, spawn};

/// How many deliveries are on their way at once.
const AT_ONCE: usize = 8;
/// How many notifications are looked at in one go.
const BATCH: usize = 256;
/// How long it sleeps at most.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);
/// How long it waits when the store failed.
const TROUBLE_PAUSE: Duration = Duration::from_secs(1);

/// Deliveries on their way, by notification and channel: none is sent twice at the same time.
type Underway = Arc<Mutex<HashSet<(u64, String)>>>;

/// Delivers until the daemon stops.
pub(crate) async fn run(shared: Arc<Shared>) {
    let mut stopping = shared.stopping.subscribe();
    let underway = Underway::default();
    let places = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let sleep = match deliver(&shared, &underway, &places).await {
            Ok(next) => {
                let until_next = next.map(|next| next.duration_since(shared.clock.now()));
                let until_next = until_next.map(|span| Duration::try_from(span).unwrap_or_default());
                until_next.unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP)
            }
            Err(fault) => {
                tracing::warn!(error = %chain(&fault), "notifications could not be read or kept; trying again");
                TROUBLE_PAUSE
            }
        };
        tokio::select! {
            () = shared.outbox.notified() => {}
            () = tokio::time::sleep(sleep) => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
    }
}

/// Sends off what is due; when the next is, if any.
async fn deliver(
    shared: &Arc<Shared>,
    underway: &Underway,
    places: &Arc<Semaphore>,
) -> Result<Option<Timestamp>, longhaul_store::StoreFault> {
    let due = shared.store.due_notifications(shared.clock.now(), BATCH)?;
    if due.notifications.is_empty() {
        return Ok(due.next_at);
    }
    failpoint!("engine.notification-due");
    let environment = environment(shared);
    let channels = channels(&shared.config.notify, &environment);
    let environment = Arc::new(environment);
    for mut notification in due.notifications {
        if notification.deliveries.is_empty() {
            notification.deliveries = channels.iter().map(|channel| fresh(channel, notification.at)).collect();
            set(shared, &notification, notification.deliveries.clone()).await?;
        }
        for delivery in &notification.deliveries {
            let DeliveryState::Pending(at) = delivery.state else {
                continue;
            };
            let key = (notification.id, delivery.channel.clone());
            if underway.lock().unwrap_or_else(PoisonError::into_inner).contains(&key) {
                continue;
            }
            if at > shared.clock.now() {
                continue;
            }
            let Some(channel) = channels.iter().find(|channel| channel.name == delivery.channel) else {
                let gone = Undelivered::Never("it is no longer configured".to_owned());
                let delivery = tried(shared, &notification, delivery, None, Err(gone));
                set(shared, &notification, vec![delivery]).await?;
                continue;
            };
            underway
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(key.clone());
            let sending = Sending {
                shared: Arc::clone(shared),
                notification: notification.clone(),
                delivery: delivery.clone(),
                channel: channel.clone(),
                environment: Arc::clone(&environment),
            };
            let (underway, places) = (Arc::clone(underway), Arc::clone(places));
            spawn(async move {
                let shared = Arc::clone(&sending.shared);
                if let Ok(_place) = places.acquire().await {
                    sending.send().await;
                }
                underway.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
                shared.outbox.notify_one();
            });
        }
    }
    Ok(due.next_at)
}

/// One delivery on its way.
struct Sending {
    shared: Arc<Shared>,
    notification: Notification,
    delivery: Delivery,
    channel: Channel,
    environment: Arc<BTreeMap<String, String>>,
}

impl Sending {
    async fn send(self) {
        let Self {
            shared,
            notification,
            delivery,
            channel,
            environment,
        } = self;
        let outcome = {
            let (shared, notification, channel) = (Arc::clone(&shared), notification.clone(), channel.clone());
            let told = blocking(move || match shared.task(notification.task) {
                Ok(Some(task)) => channel.tell(&Message::of(&shared, &notification, &task), &environment),
                Ok(None) => Err(Undelivered::Never("the task was pruned".to_owned())),
                Err(fault) => Err(Undelivered::Later(chain(&fault))),
            });
            told.await
                .unwrap_or_else(|| Err(Undelivered::Later("it did not end".to_owned())))
        };
        if let Err(Undelivered::Later(why) | Undelivered::Never(why)) = &outcome {
            tracing::warn!(task = %notification.task, channel = channel.name, why, "a notification did not arrive");
        }
        let delivery = tried(&shared, &notification, &delivery, Some(&channel), outcome);
        if let Err(fault) = set(&shared, &notification, vec![delivery]).await {
            // It is sent again then, which its receiver can tell by its id.
            tracing::warn!(error = %chain(&fault), "could not note that a notification was sent");
            tokio::time::sleep(TROUBLE_PAUSE).await;
        }
    }
}

fn fresh(channel: &Channel, at: Timestamp) -> Delivery {
    Delivery {
        channel: channel.name.clone(),
        state: DeliveryState::Pending(at),
        tries: 0,
        tried_at: None,
        detail: None,
    }
}

/// The delivery after a try that came to this.
fn tried(
    shared: &Shared,
    notification: &Notification,
    delivery: &Delivery,
    channel: Option<&Channel>,
    outcome: Result<(), Undelivered>,
) -> Delivery {
    let now = shared.clock.now();
    let tries = delivery.tries.saturating_add(1);
    let again = channel.and_then(|channel| next_try(tries, notification.at, now, channel.of_use()));
    let (state, detail) = match outcome {
        Ok(()) => (DeliveryState::Delivered, None),
        Err(Undelivered::Never(why)) => (DeliveryState::GivenUp, Some(why)),
        Err(Undelivered::Later(why)) => (again.map_or(DeliveryState::GivenUp, DeliveryState::Pending), Some(why)),
    };
    Delivery {
        channel: delivery.channel.clone(),
        state,
        tries,
        tried_at: Some(now),
        detail,
    }
}

async fn set(
    shared: &Shared,
    notification: &Notification,
    deliveries: Vec<Delivery>,
) -> Result<(), longhaul_store::StoreFault> {
    let set = DeliveriesSet {
        notification: notification.id,
        deliveries,
        at: shared.clock.now(),
    };
    shared.store.deliveries_set(set).await
}

/// That of the last shell that submitted something: it knows the desktop that the user sits at.
fn environment(shared: &Shared) -> BTreeMap<String, String> {
    let last = shared.last_environment.lock();
    last.unwrap_or_else(PoisonError::into_inner).clone()
}
