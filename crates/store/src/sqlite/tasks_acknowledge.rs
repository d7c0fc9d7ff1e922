//! Taking finished tasks off the list of those that need somebody.

use jiff::Timestamp;
use longhaul_model::{Actor, StateName, TaskId};

use crate::acts::{AcknowledgeError, StoreFault};
use crate::sqlite::journal::{self, Step};
use crate::sqlite::row::{id, keepable, micros, state};
use crate::sqlite::work::Work;

/// Acknowledges those of `ids` that are over and were not acknowledged before.
pub(crate) fn tasks_acknowledge(
    work: &mut Work<'_>,
    ids: &[TaskId],
    at: Timestamp,
    actor: &Actor,
) -> Result<Vec<TaskId>, AcknowledgeError> {
    let at = keepable(at);
    let mut acknowledged = Vec::new();
    for task in ids.iter().copied() {
        let sql = "SELECT state, retried_by IS NULL, history_count FROM tasks WHERE id = ?1";
        let found: Option<(String, bool, i64)> =
            work.one(sql, [id(task)], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let (word, is_newest, history_count) = found.ok_or(AcknowledgeError::Unknown(task))?;
        let number = history_count + 1;
        let sql = "UPDATE tasks SET acknowledged_at = ?1, history_count = ?2 \
             WHERE id = ?3 AND ended_at IS NOT NULL AND acknowledged_at IS NULL";
        if work.run(sql, (micros(at), number, id(task)))? == 0 {
            continue;
        }
        let state = state(&word, Some(task), "state").map_err(StoreFault::from)?;
        if is_newest && matches!(state, StateName::Failed | StateName::Interrupted) {
            work.tally.attention_changed(-1);
        }
        let step = Step {
            task,
            number,
            at,
            event: "acknowledged",
            from: Some(state),
            to: state,
            actor,
            detail: None,
        };
        journal::record(work, &step)?;
        acknowledged.push(task);
    }
    Ok(acknowledged)
}
