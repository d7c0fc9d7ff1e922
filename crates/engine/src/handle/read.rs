//! Questions that change nothing.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use longhaul_model::{Attempt, HistoryEntry, Task, TaskEvent, TaskId};
use longhaul_store::{Counts, EventBounds, StoreFault, TaskFilter};
use tokio::sync::watch;

use super::{Handle, View};
use crate::agents::AgentReport;
use crate::doctor::Checkup;
use crate::finding::Finding;
use crate::runtime::apart;
use crate::scheduler::{WorkspaceLanes, workspaces};

impl Handle {
    /// One task; nothing if it is not there.
    pub async fn view(&self, id: TaskId) -> Result<Option<View>, StoreFault> {
        // From the store, not the board: whoever heard of an event sees no older state than that event's.
        Ok(self
            .rooms
            .ledger
            .stored()
            .task(id)
            .await?
            .map(|task| self.view_of(Arc::new(task))))
    }

    /// At most `limit` tasks that fit, newest first, with ids below `before` if one is given.
    pub async fn page(
        &self,
        filter: TaskFilter,
        before: Option<TaskId>,
        limit: usize,
    ) -> Result<Vec<View>, StoreFault> {
        let stored = self.rooms.ledger.stored().clone();
        let read = apart(async move { stored.tasks(&filter, before, limit).await }).await;
        let tasks = read.unwrap_or(Err(StoreFault::Closed))?;
        Ok(self.views_of(tasks.into_iter().map(Arc::new)))
    }

    /// What happened to a task; nothing if it is not there.
    pub async fn history(&self, id: TaskId) -> Result<Option<Vec<HistoryEntry>>, StoreFault> {
        if self.rooms.ledger.task(id).await?.is_none() {
            return Ok(None);
        }
        self.rooms.ledger.stored().history(id).await.map(Some)
    }

    /// The executions of a task; nothing if it is not there.
    pub async fn attempts(&self, id: TaskId) -> Result<Option<Vec<Attempt>>, StoreFault> {
        if self.rooms.ledger.task(id).await?.is_none() {
            return Ok(None);
        }
        self.rooms.ledger.stored().attempts(id).await.map(Some)
    }

    /// The final message of an agent's newest attempt, byte for byte; nothing if it gave none.
    pub async fn message(&self, task: &Task) -> Result<Option<String>, StoreFault> {
        self.rooms.ledger.stored().message(task.id, task.life.fence).await
    }

    /// How many tasks there are, by state.
    pub async fn counts(&self) -> Result<Counts, StoreFault> {
        self.rooms.ledger.stored().counts().await
    }

    /// The workspaces with active tasks, by path, and who is on their lanes.
    pub fn workspaces(&self) -> BTreeMap<String, WorkspaceLanes> {
        workspaces(&self.rooms.ledger.board())
    }

    /// A workspace in which nobody is.
    pub fn empty_workspace(&self) -> WorkspaceLanes {
        WorkspaceLanes {
            max_readers: self.rooms.installation.config.readers_per_workspace,
            ..WorkspaceLanes::default()
        }
    }

    /// The sequence of the newest event; changes with each.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.rooms.ledger.stored().changes()
    }

    /// True from the moment the daemon is told to stop.
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.rooms.shutdown.subscribe()
    }

    /// At most `limit` events after `sequence`, in order.
    pub async fn events_after(&self, sequence: u64, limit: usize) -> Result<Vec<TaskEvent>, StoreFault> {
        self.rooms.ledger.stored().events_after(sequence, limit).await
    }

    /// Which events are still kept.
    pub async fn event_bounds(&self) -> Result<EventBounds, StoreFault> {
        self.rooms.ledger.stored().event_bounds().await
    }

    /// Tells this store from every other.
    pub fn store_uuid(&self) -> String {
        self.rooms.ledger.stored().store_uuid().to_owned()
    }

    /// The version of the database's schema.
    pub fn schema_version(&self) -> u32 {
        self.rooms.ledger.stored().schema_version()
    }

    /// Forgets finished tasks that ended longer ago than `older_than`, but not the `keep` newest; both have the
    /// configured values if not given. Says how many went.
    pub async fn prune(&self, older_than: Option<Duration>, keep: Option<u64>) -> Result<u64, StoreFault> {
        let config = &self.rooms.installation.config;
        let older_than = older_than.unwrap_or(config.history_kept);
        let keep = keep.unwrap_or(config.finished_kept);
        self.rooms.retention.prune(older_than, keep).await
    }

    /// The agents of this machine, as tasks that no shell submits would find them.
    pub async fn agents(&self) -> Vec<AgentReport> {
        let environment = self.rooms.shell.without_submitter();
        self.rooms
            .examiner
            .examine(&self.rooms.installation.config.agents, environment)
            .await
    }

    /// What works on this machine and what does not, worst first.
    pub async fn doctor(&self) -> Vec<Finding> {
        let checkup = Checkup {
            installation: Arc::clone(&self.rooms.installation),
            ledger: Arc::clone(&self.rooms.ledger),
            launches: Arc::clone(&self.rooms.launches),
        };
        checkup.examine(&self.agents().await).await
    }
}
