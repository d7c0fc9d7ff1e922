//! Notifications: when they begin to be delivered, and what became of them.

use std::sync::Arc;

use longhaul_model::{Notification, Notify, TaskId};
use longhaul_store::StoreFault;

use super::Handle;
use crate::notify;
use crate::shared::spawn;

impl Handle {
    /// Begins to deliver notifications, those included that an earlier daemon left. Their links lead to `page`, the
    /// address of the page; without one they carry no link. A second call does nothing.
    pub fn begin_notifying(&self, page: Option<String>) {
        if self.shared.page.set(page).is_ok() {
            spawn(notify::run(Arc::clone(&self.shared)));
        }
    }

    /// What is told of tasks whose submit does not say.
    pub fn notify_by_default(&self) -> Notify {
        self.shared.config.notify.default
    }

    /// At most `limit` notifications, newest first, with numbers below `before` if one is given; of one task if one is
    /// named.
    pub fn notifications(
        &self,
        task: Option<TaskId>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Notification>, StoreFault> {
        self.shared.store.notifications(task, before, limit)
    }
}
