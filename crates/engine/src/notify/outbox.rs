//! Delivers what the store has written down, until nothing is left; then sleeps until there is more or it is time to try
//! again.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use longhaul_failpoint::failpoint;
use longhaul_model::{Delivery, DeliveryState, Notification, Task, with_causes};
use longhaul_store::{DeliveriesSet, StoreFault};
use tokio::sync::Semaphore;

use super::channel::{Channel, channels};
use super::message::{Letterhead, Message};
use super::pause::next_try;
use super::undelivered::Undelivered;
use crate::installation::Installation;
use crate::ledger::Ledger;
use crate::runtime::{Shutdown, Wake, blocking, spawn};
use crate::shell_environment::ShellEnvironment;

/// How many deliveries are on their way at once.
const AT_ONCE: usize = 8;
/// How many notifications are looked at in one go.
const BATCH: usize = 256;
/// How long it sleeps at most.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);
/// How long it waits when the store failed.
const TROUBLE_PAUSE: Duration = Duration::from_secs(1);

/// Deliveries on their way, by notification and channel: none is sent twice at the same time.
type Underway = Mutex<HashSet<(u64, String)>>;

/// Delivers notifications.
pub(crate) struct Outbox {
    installation: Arc<Installation>,
    ledger: Arc<Ledger>,
    shell: Arc<ShellEnvironment>,
    shutdown: Shutdown,
    /// Woken when there may be something to tell.
    wake: Wake,
    /// Where the page is; nothing without one. Not known until the daemon listens.
    page: OnceLock<Option<String>>,
    underway: Underway,
    /// How many more may be on their way.
    places: Semaphore,
}

impl Outbox {
    pub(crate) fn new(
        installation: &Arc<Installation>,
        ledger: &Arc<Ledger>,
        shell: &Arc<ShellEnvironment>,
        shutdown: &Shutdown,
        wake: &Wake,
    ) -> Self {
        Self {
            installation: Arc::clone(installation),
            ledger: Arc::clone(ledger),
            shell: Arc::clone(shell),
            shutdown: shutdown.clone(),
            wake: wake.clone(),
            page: OnceLock::new(),
            underway: Underway::default(),
            places: Semaphore::new(AT_ONCE),
        }
    }

    /// Notes where the page is, to which links lead. False if that was said before.
    pub(crate) fn set_page(&self, page: Option<String>) -> bool {
        self.page.set(page).is_ok()
    }

    /// Delivers until the daemon stops.
    pub(crate) async fn run(self: Arc<Self>) {
        loop {
            let sleep = match self.deliver().await {
                Ok(next) => {
                    let until_next = next.map(|next| next.duration_since(self.installation.clock.now()));
                    let until_next = until_next.map(|span| Duration::try_from(span).unwrap_or_default());
                    until_next.unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP)
                }
                Err(fault) => {
                    tracing::warn!(error = %with_causes(&fault), "notifications could not be read or kept; trying again");
                    TROUBLE_PAUSE
                }
            };
            tokio::select! {
                () = self.wake.woken() => {}
                () = tokio::time::sleep(sleep) => {}
                () = self.shutdown.begun() => return,
            }
        }
    }

    /// Sends off what is due; when the next is, if any.
    pub(super) async fn deliver(self: &Arc<Self>) -> Result<Option<Timestamp>, StoreFault> {
        let now = self.installation.clock.now();
        let due = self.ledger.stored().due_notifications(now, BATCH).await?;
        if due.notifications.is_empty() {
            return Ok(due.next_at);
        }
        failpoint!("engine.notification-due");
        let environment = self.shell.last();
        let channels = channels(&self.installation.config.notify, &environment);
        let environment = Arc::new(environment);
        for mut notification in due.notifications {
            if notification.deliveries.is_empty() {
                notification.deliveries = channels.iter().map(|channel| fresh(channel, notification.at)).collect();
                self.set(&notification, notification.deliveries.clone()).await?;
            }
            for delivery in &notification.deliveries {
                let DeliveryState::Pending(at) = delivery.state else {
                    continue;
                };
                let key = (notification.id, delivery.channel.clone());
                if at > self.installation.clock.now() || self.underway().contains(&key) {
                    continue;
                }
                let Some(channel) = channels.iter().find(|channel| channel.name == delivery.channel) else {
                    let gone = Undelivered::Never("it is no longer configured".to_owned());
                    let delivery = tried(self.installation.clock.now(), &notification, delivery, None, Err(gone));
                    self.set(&notification, vec![delivery]).await?;
                    continue;
                };
                self.underway().insert(key.clone());
                let (outbox, notification, delivery) = (Arc::clone(self), notification.clone(), delivery.clone());
                let (channel, environment) = (channel.clone(), Arc::clone(&environment));
                spawn(async move {
                    if let Ok(_place) = outbox.places.acquire().await {
                        outbox.send(notification, &delivery, channel, environment).await;
                    }
                    outbox.underway().remove(&key);
                    outbox.wake.wake();
                });
            }
        }
        Ok(due.next_at)
    }

    fn underway(&self) -> std::sync::MutexGuard<'_, HashSet<(u64, String)>> {
        self.underway.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends one, and notes what became of it.
    async fn send(
        &self,
        notification: Notification,
        delivery: &Delivery,
        channel: Channel,
        environment: Arc<BTreeMap<String, String>>,
    ) {
        let outcome = match self.ledger.task(notification.task).await {
            Ok(Some(task)) => self.tell(&notification, task, channel.clone(), environment).await,
            Ok(None) => Err(Undelivered::Never("the task was pruned".to_owned())),
            Err(fault) => Err(Undelivered::Later(with_causes(&fault))),
        };
        if let Err(Undelivered::Later(why) | Undelivered::Never(why)) = &outcome {
            tracing::warn!(task = %notification.task, channel = channel.name, why, "a notification did not arrive");
        }
        let now = self.installation.clock.now();
        let delivery = tried(now, &notification, delivery, Some(&channel), outcome);
        if let Err(fault) = self.set(&notification, vec![delivery]).await {
            // It is sent again then, which its receiver can tell by its id.
            tracing::warn!(error = %with_causes(&fault), "could not note that a notification was sent");
            tokio::time::sleep(TROUBLE_PAUSE).await;
        }
    }

    /// Tells what there is to tell of the task now.
    async fn tell(
        &self,
        notification: &Notification,
        task: Arc<Task>,
        channel: Channel,
        environment: Arc<BTreeMap<String, String>>,
    ) -> Result<(), Undelivered> {
        let stored = self.ledger.stored();
        let final_message = match task.spec.work.agent() {
            Some(_) => stored.message(task.id, task.life.fence).await.ok().flatten(),
            None => None,
        };
        let (letterhead, notification) = (self.letterhead(), notification.clone());
        let told = blocking(move || {
            let message = Message::of(&letterhead, &notification, &task, final_message.as_deref());
            channel.tell(&message, &environment)
        });
        told.await
            .unwrap_or_else(|| Err(Undelivered::Later("it did not end".to_owned())))
    }

    fn letterhead(&self) -> Letterhead {
        Letterhead {
            store: self.ledger.stored().store_uuid().to_owned(),
            installation: Arc::clone(&self.installation),
            page: self.page.get().cloned().flatten(),
        }
    }

    async fn set(&self, notification: &Notification, deliveries: Vec<Delivery>) -> Result<(), StoreFault> {
        let set = DeliveriesSet {
            notification: notification.id,
            deliveries,
            at: self.installation.clock.now(),
        };
        self.ledger.set_deliveries(set).await
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
    now: Timestamp,
    notification: &Notification,
    delivery: &Delivery,
    channel: Option<&Channel>,
    outcome: Result<(), Undelivered>,
) -> Delivery {
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
