//! Between rows and the model's types. A value that does not parse is an error with the task's id in it, never a default.

use jiff::Timestamp;
use longhaul_model::{Facts, Life, StateName, Task, TaskId};
use rusqlite::Row;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::acts::Damaged;

/// The columns of a [`RawTask`], of `tasks t LEFT JOIN specs s ON s.task = t.id`.
macro_rules! select_tasks {
    ($tail:literal) => {
        concat!(
            "SELECT t.id, t.state, t.fence, t.attempt, t.created_at, t.started_at, t.queue_ms, t.workspace, t.parent, ",
            "t.retry_of, t.retried_by, t.chain, t.rank, t.enforcement, t.acknowledged_at, t.life, t.facts, ",
            "t.history_count, s.spec ",
            $tail
        )
    };
}
pub(super) use select_tasks;

/// A task as it lies in its row.
pub(super) struct RawTask {
    id: i64,
    state: String,
    fence: i64,
    attempt: i64,
    created_at: i64,
    started_at: Option<i64>,
    queue_ms: i64,
    workspace: String,
    parent: Option<i64>,
    retry_of: Option<i64>,
    retried_by: Option<i64>,
    chain: i64,
    rank: i64,
    enforcement: Option<String>,
    acknowledged_at: Option<i64>,
    life: String,
    facts: String,
    history_count: i64,
    spec: Option<String>,
}

/// A task, and how many rows its history has.
pub(super) struct StoredTask {
    pub(super) task: Task,
    pub(super) history_count: i64,
}

impl RawTask {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            state: row.get(1)?,
            fence: row.get(2)?,
            attempt: row.get(3)?,
            created_at: row.get(4)?,
            started_at: row.get(5)?,
            queue_ms: row.get(6)?,
            workspace: row.get(7)?,
            parent: row.get(8)?,
            retry_of: row.get(9)?,
            retried_by: row.get(10)?,
            chain: row.get(11)?,
            rank: row.get(12)?,
            enforcement: row.get(13)?,
            acknowledged_at: row.get(14)?,
            life: row.get(15)?,
            facts: row.get(16)?,
            history_count: row.get(17)?,
            spec: row.get(18)?,
        })
    }

    pub(super) fn decode(self) -> Result<StoredTask, Damaged> {
        let id = task_id(self.id, None, "id")?;
        let owner = Some(id);
        let life: Life = parse(&self.life, owner, "life")?;
        let facts: Facts = parse(&self.facts, owner, "facts")?;
        let spec = self.spec.ok_or_else(|| damaged(owner, "spec", "it is missing"))?;
        let known = (life.state.name().word(), life.fence.0, u64::from(life.attempt.0));
        if known != (self.state.as_str(), number(self.fence), number(self.attempt)) {
            return Err(damaged(owner, "life", "it disagrees with the columns beside it"));
        }
        let task = Task {
            id,
            spec: parse(&spec, owner, "spec")?,
            life,
            created_at: time(self.created_at, owner, "created_at")?,
            workspace: self.workspace,
            parent: optional_id(self.parent, owner, "parent")?,
            retry_of: optional_id(self.retry_of, owner, "retry_of")?,
            retried_by: optional_id(self.retried_by, owner, "retried_by")?,
            chain: task_id(self.chain, owner, "chain")?,
            started_at: optional_time(self.started_at, owner, "started_at")?,
            queue_ms: number(self.queue_ms),
            facts,
            enforcement: self
                .enforcement
                .map(|word| word.parse().map_err(|error| damaged(owner, "enforcement", error)))
                .transpose()?,
            acknowledged_at: optional_time(self.acknowledged_at, owner, "acknowledged_at")?,
            rank: self.rank,
        };
        Ok(StoredTask {
            task,
            history_count: self.history_count,
        })
    }
}

pub(super) fn damaged(task: Option<TaskId>, column: &'static str, detail: impl ToString) -> Damaged {
    Damaged {
        task,
        column,
        detail: detail.to_string(),
    }
}

pub(super) fn parse<T: DeserializeOwned>(json: &str, task: Option<TaskId>, column: &'static str) -> Result<T, Damaged> {
    serde_json::from_str(json).map_err(|error| damaged(task, column, error))
}

pub(super) fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value)
        .expect("invariant: the model's types have only string keys and cannot fail to serialize")
}

pub(super) fn task_id(number: i64, task: Option<TaskId>, column: &'static str) -> Result<TaskId, Damaged> {
    let id = u64::try_from(number).ok().and_then(TaskId::new);
    id.ok_or_else(|| damaged(task, column, format!("{number} is no task id")))
}

fn optional_id(number: Option<i64>, task: Option<TaskId>, column: &'static str) -> Result<Option<TaskId>, Damaged> {
    number.map(|number| task_id(number, task, column)).transpose()
}

/// An id as SQLite keeps it.
pub(super) fn id(task: TaskId) -> i64 {
    i64::try_from(task.get()).expect("invariant: a task id fits a signed 64-bit column")
}

/// A number the schema keeps from being negative.
pub(super) fn number(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or(0)
}

/// A number as SQLite keeps it; what is too large for it becomes its largest.
pub(super) fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// A time as the store can keep it, so that what is answered now and what is read later are equal.
pub(super) fn keepable(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

pub(super) fn time(micros: i64, task: Option<TaskId>, column: &'static str) -> Result<Timestamp, Damaged> {
    Timestamp::from_microsecond(micros).map_err(|error| damaged(task, column, error))
}

pub(super) fn optional_time(
    micros: Option<i64>,
    task: Option<TaskId>,
    column: &'static str,
) -> Result<Option<Timestamp>, Damaged> {
    micros.map(|micros| time(micros, task, column)).transpose()
}

pub(super) fn state(word: &str, task: Option<TaskId>, column: &'static str) -> Result<StateName, Damaged> {
    word.parse().map_err(|error| damaged(task, column, error))
}
