//! Final messages of agents, byte for byte, apart from the tasks: they may be long, and outlive the output.

use longhaul_model::{Fence, TaskId};
use rusqlite::Connection;

use crate::acts::StoreFault;
use crate::sqlite::query;
use crate::sqlite::row::{id, stored};
use crate::sqlite::work::Work;

/// Keeps the final message of the attempt with this fence.
pub(super) fn keep(work: &Work<'_>, task: TaskId, fence: Fence, message: &str) -> Result<(), StoreFault> {
    let sql = "INSERT OR REPLACE INTO messages (task, fence, message) VALUES (?1, ?2, ?3)";
    work.run(sql, (id(task), stored(fence.0), message))?;
    Ok(())
}

/// The final message of a task's attempt with this fence; nothing if it gave none.
pub(crate) fn message(conn: &Connection, task: TaskId, fence: Fence) -> Result<Option<String>, StoreFault> {
    let sql = "SELECT message FROM messages WHERE task = ?1 AND fence = ?2";
    query::one(conn, sql, (id(task), stored(fence.0)), |row| row.get(0))
}
