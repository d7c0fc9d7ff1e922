//! The handle of a store: cheap to clone, one method per act.
//!
//! Writing acts answer once what they did is on disk; reading ones see everything that was acknowledged before. Both are
//! async, so that a store across a network can stand behind the same acts. This one reads inline, on a connection of
//! its own: such a future is ready when it is first asked.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use longhaul_model::{
    Actor, Attempt, Fence, HistoryEntry, Notification, Queue, QueueLimits, QueueName, Task, TaskEvent, TaskId,
};
use tokio::sync::watch;

use crate::acts::{
    AcknowledgeError, ActiveTasks, Applied, Apply, ApplyError, CompletionFilter, Counts, DeliveriesSet,
    DueNotifications, Edit, EditError, EventBounds, FactsAmend, FactsError, InsertError, Inserted, LimitsChange,
    MoveToFrontError, NewTask, OpenError, OpenOptions, PruneRules, QueueChange, StoreFault, TaskFilter,
};
use crate::sqlite::{Lane, Sqlite, act};

/// A store that is open.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Sqlite>,
}

impl Store {
    /// Opens the store in `folder`, or makes an empty one there if there is none. Blocks.
    ///
    /// Until it is closed, nobody else can open it.
    pub fn open(folder: &Path, options: OpenOptions) -> Result<Self, OpenError> {
        Ok(Self {
            inner: Arc::new(Sqlite::open(folder, options)?),
        })
    }

    /// Commits what is waiting, folds the log into the database file and lets go of the folder. Blocks. Every later
    /// act of any clone answers [`StoreFault::Closed`]; a second call does nothing. Dropping the last clone closes too.
    pub fn close(&self) -> Result<(), StoreFault> {
        self.inner.close()
    }

    /// Stores a task.
    pub async fn task_insert(&self, new: NewTask) -> Result<Inserted, InsertError> {
        let prepared = act::Prepared::of(new);
        self.inner
            .write(Lane::Normal, move |work| act::task_insert(work, &prepared))
            .await
    }

    /// Tells a task what happened to it.
    pub async fn task_apply(&self, apply: Apply) -> Result<Applied, ApplyError> {
        let lane = if apply.is_urgent() { Lane::Urgent } else { Lane::Normal };
        self.inner.write(lane, move |work| act::task_apply(work, &apply)).await
    }

    /// Tells several tasks in one transaction, in order. Each stands alone: one that is refused leaves the others be.
    pub async fn task_apply_all(&self, all: Vec<Apply>) -> Result<Vec<Result<Applied, ApplyError>>, StoreFault> {
        let lane = if all.iter().any(Apply::is_urgent) {
            Lane::Urgent
        } else {
            Lane::Normal
        };
        self.inner
            .write(lane, move |work| act::task_apply_all(work, &all))
            .await
    }

    /// Adds to what is known of a running attempt, and gives its task as it is then.
    pub async fn facts_amend(&self, amend: FactsAmend) -> Result<Task, FactsError> {
        self.inner
            .write(Lane::Normal, move |work| act::facts_amend(work, &amend))
            .await
    }

    /// Changes what is asked of a task that has not started.
    pub async fn task_edit(&self, edit: Edit) -> Result<Applied, EditError> {
        self.inner
            .write(Lane::Normal, move |work| act::task_edit(work, &edit))
            .await
    }

    /// Moves a task that waits or is queued ahead of all others of its priority in its queue.
    pub async fn task_move_to_front(
        &self,
        task: TaskId,
        at: Timestamp,
        actor: Actor,
    ) -> Result<Task, MoveToFrontError> {
        self.inner
            .write(Lane::Normal, move |work| {
                act::task_move_to_front(work, task, at, &actor)
            })
            .await
    }

    /// Takes finished tasks off the list of those that need somebody. Answers which were newly acknowledged; active
    /// ones and those acknowledged before are passed over. If one is unknown, none is acknowledged.
    pub async fn tasks_acknowledge(
        &self,
        ids: Vec<TaskId>,
        at: Timestamp,
        actor: Actor,
    ) -> Result<Vec<TaskId>, AcknowledgeError> {
        self.inner
            .write(Lane::Normal, move |work| act::tasks_acknowledge(work, &ids, at, &actor))
            .await
    }

    /// Notes that somebody has these completions. Answers which were newly taken; what is unknown, active or was taken
    /// before is passed over.
    pub async fn completions_take(&self, ids: Vec<TaskId>, at: Timestamp) -> Result<Vec<TaskId>, StoreFault> {
        self.inner
            .write(Lane::Normal, move |work| act::completions_take(work, &ids, at))
            .await
    }

    /// Sets a queue, and creates it if it is not there.
    pub async fn queue_set(&self, name: QueueName, change: QueueChange) -> Result<Queue, StoreFault> {
        self.inner
            .write(Lane::Normal, move |work| act::queue_set(work, &name, change))
            .await
    }

    /// Sets what holds over all queues.
    pub async fn limits_set(&self, change: LimitsChange) -> Result<QueueLimits, StoreFault> {
        self.inner
            .write(Lane::Normal, move |work| act::limits_set(work, change))
            .await
    }

    /// Keeps how far the telling of a notification is. One that was pruned is passed over.
    pub async fn deliveries_set(&self, set: DeliveriesSet) -> Result<(), StoreFault> {
        self.inner
            .write(Lane::Normal, move |work| act::deliveries_set(work, &set))
            .await
    }

    /// Forgets finished tasks, oldest first. Answers which; nothing left to forget gives none.
    pub async fn prune(&self, rules: PruneRules) -> Result<Vec<TaskId>, StoreFault> {
        self.inner
            .write(Lane::Normal, move |work| act::prune(work, rules.clone()))
            .await
    }

    /// The sequence of the newest committed event; changes after each commit that has one.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changes()
    }

    /// One task; nothing if it is not there.
    pub async fn task(&self, id: TaskId) -> Result<Option<Task>, StoreFault> {
        self.inner.read(|conn| act::task(conn, id))
    }

    /// At most `limit` tasks that fit, newest first, with ids below `before` if one is given.
    pub async fn tasks(
        &self,
        filter: &TaskFilter,
        before: Option<TaskId>,
        limit: usize,
    ) -> Result<Vec<Task>, StoreFault> {
        self.inner.read(|conn| act::tasks(conn, filter, before, limit))
    }

    /// Every task that is not over, oldest first.
    pub async fn active_tasks(&self) -> Result<ActiveTasks, StoreFault> {
        self.inner.read(act::active_tasks)
    }

    /// At most `limit` tasks that failed or were interrupted, were not repeated and are not acknowledged, newest first.
    pub async fn needs_attention(&self, limit: usize) -> Result<Vec<Task>, StoreFault> {
        self.inner.read(|conn| act::needs_attention(conn, limit))
    }

    /// The tasks that were submitted from this one, oldest first.
    pub async fn children(&self, id: TaskId) -> Result<Vec<Task>, StoreFault> {
        self.inner.read(|conn| act::children(conn, id))
    }

    /// The tasks that were submitted from this one, from those, and so on; oldest first.
    pub async fn descendants(&self, id: TaskId) -> Result<Vec<Task>, StoreFault> {
        self.inner.read(|conn| act::descendants(conn, id))
    }

    /// The waiting tasks that wait for this one, oldest first.
    pub async fn dependents(&self, id: TaskId) -> Result<Vec<Task>, StoreFault> {
        self.inner.read(|conn| act::dependents(conn, id))
    }

    /// The newest task, but for one, whose newest attempt had this session of an agent; nothing if there is none.
    pub async fn task_of_session(&self, session: &str, except: Option<TaskId>) -> Result<Option<Task>, StoreFault> {
        self.inner.read(|conn| act::task_of_session(conn, session, except))
    }

    /// The newest task with a session of this agent among those with this origin key; nothing if there is none.
    pub async fn task_of_origin_key(&self, key: &str, agent: &str) -> Result<Option<Task>, StoreFault> {
        self.inner.read(|conn| act::task_of_origin_key(conn, key, agent))
    }

    /// Whether a task was stored under this idempotency key.
    pub async fn is_key_known(&self, key: &str) -> Result<bool, StoreFault> {
        self.inner.read(|conn| act::is_key_known(conn, key))
    }

    /// The final message of a task's attempt with this fence, byte for byte; nothing if it gave none.
    pub async fn message(&self, id: TaskId, fence: Fence) -> Result<Option<String>, StoreFault> {
        self.inner.read(|conn| act::message(conn, id, fence))
    }

    /// The completions that a chat session or a task asked for and that nobody has taken, oldest task first, at most
    /// 1,000.
    pub async fn untaken_completions(&self, filter: &CompletionFilter) -> Result<Vec<Task>, StoreFault> {
        self.inner.read(|conn| act::untaken_completions(conn, filter))
    }

    /// What happened to a task, in order; nothing if it is not there.
    pub async fn history(&self, id: TaskId) -> Result<Vec<HistoryEntry>, StoreFault> {
        self.inner.read(|conn| act::history(conn, id))
    }

    /// A task's attempts in order of their fences, claims that never started included.
    pub async fn attempts(&self, id: TaskId) -> Result<Vec<Attempt>, StoreFault> {
        self.inner.read(|conn| act::attempts(conn, id))
    }

    /// The environment a task runs with; nothing if it has none of its own or is not there.
    pub async fn environment(&self, id: TaskId) -> Result<Option<BTreeMap<String, String>>, StoreFault> {
        self.inner.read(|conn| act::environment(conn, id))
    }

    /// How many tasks there are.
    pub async fn counts(&self) -> Result<Counts, StoreFault> {
        self.inner.read(act::counts)
    }

    /// At most `limit` events above `sequence`, in order. Compare with [`Store::event_bounds`]: older ones are pruned.
    pub async fn events_after(&self, sequence: u64, limit: usize) -> Result<Vec<TaskEvent>, StoreFault> {
        self.inner.read(|conn| act::events_after(conn, sequence, limit))
    }

    /// At most `limit` notifications with something to do at `now`, oldest first, and when more comes.
    pub async fn due_notifications(&self, now: Timestamp, limit: usize) -> Result<DueNotifications, StoreFault> {
        self.inner.read(|conn| act::due_notifications(conn, now, limit))
    }

    /// At most `limit` notifications, newest first, with numbers below `before` if one is given; of one task if one is
    /// named.
    pub async fn notifications(
        &self,
        task: Option<TaskId>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Notification>, StoreFault> {
        self.inner.read(|conn| act::notifications(conn, task, before, limit))
    }

    /// Which events are still kept.
    pub async fn event_bounds(&self) -> Result<EventBounds, StoreFault> {
        self.inner.read(act::event_bounds)
    }

    /// Every queue, by name.
    pub async fn queues(&self) -> Result<Vec<Queue>, StoreFault> {
        self.inner.read(act::queues)
    }

    /// What holds over all queues.
    pub async fn limits(&self) -> Result<QueueLimits, StoreFault> {
        self.inner.read(act::limits)
    }

    /// The store's own name, made once with it.
    pub fn store_uuid(&self) -> &str {
        self.inner.uuid()
    }

    /// The schema the store has.
    pub fn schema_version(&self) -> u32 {
        crate::sqlite::SCHEMA_VERSION
    }

    /// What the database takes on disk, its log included, in bytes.
    pub fn size_bytes(&self) -> u64 {
        self.inner.size_bytes()
    }
}
