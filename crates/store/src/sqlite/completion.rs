//! Completions that were asked for by a chat session or a task, and that nobody has taken yet.

use jiff::Timestamp;
use longhaul_model::{Task, TaskId};
use rusqlite::Connection;

use crate::acts::{CompletionFilter, StoreFault};
use crate::sqlite::journal;
use crate::sqlite::row::{id, keepable, micros, select_tasks};
use crate::sqlite::task_read::listed;
use crate::sqlite::work::Work;

/// The most that are given at once.
const MOST: u32 = 1_000;

/// The completions that wait for somebody, oldest task first.
pub(crate) fn untaken_completions(conn: &Connection, filter: &CompletionFilter) -> Result<Vec<Task>, StoreFault> {
    let sql = select_tasks!(
        "FROM tasks t INDEXED BY tasks_to_take LEFT JOIN specs s ON s.task = t.id \
         WHERE t.ended_at IS NOT NULL AND t.taken_at IS NULL AND (t.origin_session IS NOT NULL OR t.parent IS NOT NULL) \
         AND (?1 IS NULL OR t.origin_session = ?1) AND (?2 IS NULL OR t.parent = ?2) ORDER BY t.id LIMIT ?3"
    );
    listed(conn, sql, (&filter.origin_session, filter.parent.map(id), MOST))
}

/// Notes that somebody has these; those that are not over, not known or taken already are passed over. Answers which
/// were newly taken.
pub(crate) fn completions_take(work: &mut Work<'_>, ids: &[TaskId], at: Timestamp) -> Result<Vec<TaskId>, StoreFault> {
    let at = keepable(at);
    let mut taken = Vec::new();
    for task in ids.iter().copied() {
        let sql = "UPDATE tasks SET taken_at = ?1 WHERE id = ?2 AND ended_at IS NOT NULL AND taken_at IS NULL \
             AND (origin_session IS NOT NULL OR parent IS NOT NULL)";
        if work.run(sql, (micros(at), id(task)))? == 1 {
            journal::emit(work, task, "taken", at)?;
            taken.push(task);
        }
    }
    Ok(taken)
}
