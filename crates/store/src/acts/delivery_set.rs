//! Keeping how far the telling of a notification is.

use jiff::Timestamp;
use longhaul_model::Delivery;

/// Who is told, or what came of telling one of them.
#[derive(Debug, Clone)]
pub struct DeliveriesSet {
    /// The notification.
    pub notification: u64,
    /// The deliveries that changed or are new; one with the same channel is replaced. If none of the notification's is
    /// pending after that, it is settled.
    pub deliveries: Vec<Delivery>,
    /// When.
    pub at: Timestamp,
}
