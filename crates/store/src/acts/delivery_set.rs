//! Keeping how far the telling of a notification is.

use jiff::Timestamp;
use longhaul_model::{Delivery, Notification};

/// Who is told, or what came of telling one of them.
#[derive(Debug, Clone)]
pub struct DeliveriesSet {
    /// The notification.
    pub notification: u64,
    /// The deliveries that changed or are new; one with the same channel is replaced. If none of the notification's is
    /// pending after that, it is settled.
    pub deliveries: Vec<Delivery>,
    /// When this became known.
    pub at: Timestamp,
}

/// What is to be told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DueNotifications {
    /// Those with something to do now, oldest first: nobody was named yet, or somebody's time has come.
    pub notifications: Vec<Notification>,
    /// When the time of the next comes; nothing if none is waiting for its time.
    pub next_at: Option<Timestamp>,
}
