//! Reading tasks by what they are to each other.

use longhaul_model::{State, Task, TaskId};
use rusqlite::{Connection, Params};

use crate::acts::{ActiveTasks, StoreFault};
use crate::sqlite::query;
use crate::sqlite::row::{RawTask, StoredTask, id, select_tasks};

/// One task with what its next change needs; nothing if it is not there.
pub(super) fn stored_task(conn: &Connection, task: TaskId) -> Result<Option<StoredTask>, StoreFault> {
    let sql = select_tasks!("FROM tasks t LEFT JOIN specs s ON s.task = t.id WHERE t.id = ?1");
    let raw = query::one(conn, sql, [id(task)], RawTask::read)?;
    Ok(raw.map(RawTask::decode).transpose()?)
}

/// The tasks of a whole query.
pub(super) fn listed(conn: &Connection, sql: &str, params: impl Params) -> Result<Vec<Task>, StoreFault> {
    let rows = query::all(conn, sql, params, RawTask::read)?;
    rows.into_iter().map(|raw| Ok(raw.decode()?.task)).collect()
}

/// One task; nothing if it is not there.
pub(crate) fn task(conn: &Connection, id: TaskId) -> Result<Option<Task>, StoreFault> {
    Ok(stored_task(conn, id)?.map(|found| found.task))
}

/// Every task that is not over, oldest first.
pub(crate) fn active_tasks(conn: &Connection) -> Result<ActiveTasks, StoreFault> {
    let sql = select_tasks!(
        "FROM tasks t LEFT JOIN specs s ON s.task = t.id WHERE t.state IN ('waiting', 'queued', 'running')"
    );
    let mut active = ActiveTasks::default();
    for raw in query::all(conn, sql, [], RawTask::read)? {
        match raw.decode() {
            Ok(found) => active.tasks.push(found.task),
            Err(damaged) => active.damaged.push(damaged),
        }
    }
    active.tasks.sort_by_key(|task| task.id);
    Ok(active)
}

/// At most `limit` tasks that need somebody, newest first.
pub(crate) fn needs_attention(conn: &Connection, limit: usize) -> Result<Vec<Task>, StoreFault> {
    let sql = select_tasks!(
        "FROM tasks t INDEXED BY tasks_needing_attention LEFT JOIN specs s ON s.task = t.id \
         WHERE t.state IN ('failed', 'interrupted') AND t.retried_by IS NULL AND t.acknowledged_at IS NULL \
         ORDER BY t.id DESC LIMIT ?1"
    );
    listed(conn, sql, [i64::try_from(limit).unwrap_or(i64::MAX)])
}

/// The tasks that were submitted from this one, oldest first.
pub(crate) fn children(conn: &Connection, task: TaskId) -> Result<Vec<Task>, StoreFault> {
    let sql = select_tasks!("FROM tasks t LEFT JOIN specs s ON s.task = t.id WHERE t.parent = ?1 ORDER BY t.id");
    listed(conn, sql, [id(task)])
}

/// The tasks below this one, oldest first.
pub(crate) fn descendants(conn: &Connection, task: TaskId) -> Result<Vec<Task>, StoreFault> {
    let below = "WITH RECURSIVE below (id) AS (SELECT id FROM tasks WHERE parent = ?1 \
         UNION ALL SELECT t.id FROM tasks t JOIN below b ON t.parent = b.id) ";
    let tasks =
        select_tasks!("FROM below b JOIN tasks t ON t.id = b.id LEFT JOIN specs s ON s.task = t.id ORDER BY t.id");
    listed(conn, &format!("{below}{tasks}"), [id(task)])
}

/// The waiting tasks that wait for this one, oldest first.
pub(crate) fn dependents(conn: &Connection, task: TaskId) -> Result<Vec<Task>, StoreFault> {
    let sql = select_tasks!(
        "FROM dependencies d JOIN tasks t ON t.id = d.task LEFT JOIN specs s ON s.task = t.id \
         WHERE d.on_task = ?1 AND t.state = 'waiting' ORDER BY t.id"
    );
    let mut waiting = listed(conn, sql, [id(task)])?;
    // One that was released by this task before, and waits for something else now, is no dependent any more.
    waiting.retain(|dependent| match &dependent.life.state {
        State::Waiting(waiting) => waiting.waits.dependencies.contains(&task),
        _ => false,
    });
    Ok(waiting)
}
