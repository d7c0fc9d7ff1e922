//! What is stored, to be read and not to be written.

use std::collections::BTreeMap;

use jiff::Timestamp;
use longhaul_model::{Attempt, Fence, HistoryEntry, Notification, Queue, QueueLimits, Task, TaskEvent, TaskId};
use longhaul_store::{
    ActiveTasks, CompletionFilter, Counts, DueNotifications, EventBounds, Store, StoreFault, TaskFilter,
};
use tokio::sync::watch;

/// The reading acts of the store, each as it says there.
#[derive(Debug, Clone)]
pub(crate) struct Reads(Store);

impl Reads {
    pub(super) fn of(store: &Store) -> Self {
        Self(store.clone())
    }

    pub(crate) async fn task(&self, id: TaskId) -> Result<Option<Task>, StoreFault> {
        self.0.task(id).await
    }

    pub(crate) async fn tasks(
        &self,
        filter: &TaskFilter,
        before: Option<TaskId>,
        limit: usize,
    ) -> Result<Vec<Task>, StoreFault> {
        self.0.tasks(filter, before, limit).await
    }

    pub(crate) async fn active_tasks(&self) -> Result<ActiveTasks, StoreFault> {
        self.0.active_tasks().await
    }

    pub(crate) async fn task_of_session(
        &self,
        session: &str,
        except: Option<TaskId>,
    ) -> Result<Option<Task>, StoreFault> {
        self.0.task_of_session(session, except).await
    }

    pub(crate) async fn task_of_origin_key(&self, key: &str, agent: &str) -> Result<Option<Task>, StoreFault> {
        self.0.task_of_origin_key(key, agent).await
    }

    pub(crate) async fn is_key_known(&self, key: &str) -> Result<bool, StoreFault> {
        self.0.is_key_known(key).await
    }

    pub(crate) async fn message(&self, id: TaskId, fence: Fence) -> Result<Option<String>, StoreFault> {
        self.0.message(id, fence).await
    }

    pub(crate) async fn untaken_completions(&self, filter: &CompletionFilter) -> Result<Vec<Task>, StoreFault> {
        self.0.untaken_completions(filter).await
    }

    pub(crate) async fn history(&self, id: TaskId) -> Result<Vec<HistoryEntry>, StoreFault> {
        self.0.history(id).await
    }

    pub(crate) async fn attempts(&self, id: TaskId) -> Result<Vec<Attempt>, StoreFault> {
        self.0.attempts(id).await
    }

    pub(crate) async fn environment(&self, id: TaskId) -> Result<Option<BTreeMap<String, String>>, StoreFault> {
        self.0.environment(id).await
    }

    pub(crate) async fn counts(&self) -> Result<Counts, StoreFault> {
        self.0.counts().await
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.0.changes()
    }

    pub(crate) async fn events_after(&self, sequence: u64, limit: usize) -> Result<Vec<TaskEvent>, StoreFault> {
        self.0.events_after(sequence, limit).await
    }

    pub(crate) async fn event_bounds(&self) -> Result<EventBounds, StoreFault> {
        self.0.event_bounds().await
    }

    pub(crate) async fn due_notifications(&self, now: Timestamp, limit: usize) -> Result<DueNotifications, StoreFault> {
        self.0.due_notifications(now, limit).await
    }

    pub(crate) async fn notifications(
        &self,
        task: Option<TaskId>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Notification>, StoreFault> {
        self.0.notifications(task, before, limit).await
    }

    pub(crate) async fn queues(&self) -> Result<Vec<Queue>, StoreFault> {
        self.0.queues().await
    }

    pub(crate) async fn limits(&self) -> Result<QueueLimits, StoreFault> {
        self.0.limits().await
    }

    pub(crate) fn store_uuid(&self) -> &str {
        self.0.store_uuid()
    }

    pub(crate) fn schema_version(&self) -> u32 {
        self.0.schema_version()
    }

    pub(crate) fn size_bytes(&self) -> u64 {
        self.0.size_bytes()
    }
}
