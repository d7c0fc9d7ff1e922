//! Notifications: when they begin to be delivered, and what became of them.

use std::sync::Arc;

use longhaul_model::{Notification, Notify, TaskId};
use longhaul_store::StoreFault;

use super::Handle;
use crate::runtime::spawn;

impl Handle {
    /// Begins to deliver notifications, those included that an earlier daemon left. Their links lead to `page`, the
    /// address of the page; without one they carry no link. A second call does nothing.
    pub fn begin_notifying(&self, page: Option<String>) {
        if self.rooms.outbox.set_page(page) {
            spawn(Arc::clone(&self.rooms.outbox).run());
        }
    }

    /// What is told of tasks whose submit does not say.
    pub fn notify_by_default(&self) -> Notify {
        self.rooms.installation.config.notify.default
    }

    /// At most `limit` notifications, newest first, with numbers below `before` if one is given; of one task if one is
    /// named.
    pub async fn notifications(
        &self,
        task: Option<TaskId>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Notification>, StoreFault> {
        self.rooms.ledger.stored().notifications(task, before, limit).await
    }
}
