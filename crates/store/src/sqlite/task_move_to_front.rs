//! Moving a task to the front of its line.

use jiff::Timestamp;
use longhaul_model::{Actor, MAY_BE_EDITED, Task, TaskId};

use crate::acts::MoveToFrontError;
use crate::sqlite::journal::{self, Step};
use crate::sqlite::row::{id, keepable};
use crate::sqlite::task_read::stored_task;
use crate::sqlite::work::Work;

/// Gives a task a rank below every active one of its queue.
pub(crate) fn task_move_to_front(
    work: &mut Work<'_>,
    task: TaskId,
    at: Timestamp,
    actor: &Actor,
) -> Result<Task, MoveToFrontError> {
    let at = keepable(at);
    let found = stored_task(work.conn, task)?.ok_or(MoveToFrontError::Unknown(task))?;
    let (mut task, number) = (found.task, found.history_count + 1);
    if !MAY_BE_EDITED.contains(&task.state()) {
        return Err(MoveToFrontError::NotInLine { task: Box::new(task) });
    }
    let lowest: Option<i64> = work.one(
        "SELECT min(rank) FROM tasks WHERE queue = ?1 AND state IN ('waiting', 'queued', 'running')",
        [task.spec.queue.as_str()],
        |row| row.get(0),
    )?;
    task.rank = lowest.unwrap_or(task.rank).min(task.rank).saturating_sub(1);
    let sql = "UPDATE tasks SET rank = ?1, history_count = ?2 WHERE id = ?3";
    work.run(sql, (task.rank, number, id(task.id)))?;
    let state = task.state();
    let step = Step {
        task: task.id,
        number,
        at,
        event: "moved-to-front",
        from: Some(state),
        to: state,
        actor,
        detail: None,
    };
    journal::record(work, &step)?;
    Ok(task)
}
