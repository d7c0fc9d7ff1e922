//! Adding to what is known of a running attempt, as long as it is the one that owns the task.

use longhaul_model::{StateName, Task};

use crate::acts::{FactsAmend, FactsError};
use crate::sqlite::journal;
use crate::sqlite::row::{id, json, keepable, stored};
use crate::sqlite::task_read::stored_task;
use crate::sqlite::work::Work;

/// Merges the facts with those that are stored, and gives the task as it is then. What changes nothing is no event.
pub(crate) fn facts_amend(work: &mut Work<'_>, amend: &FactsAmend) -> Result<Task, FactsError> {
    let found = stored_task(work.conn, amend.task)?.ok_or(FactsError::Unknown(amend.task))?;
    let mut task = found.task;
    let stale = FactsError::Stale {
        task: amend.task,
        fence: amend.fence,
    };
    if task.state() != StateName::Running || task.life.fence != amend.fence {
        return Err(stale);
    }
    let known = task.facts.clone();
    for fact in amend.facts.iter().cloned() {
        fact.amend(&mut task.facts);
    }
    if task.facts == known {
        return Ok(task);
    }
    let changed = work.run(
        "UPDATE tasks SET facts = ?1, session = ?4 WHERE id = ?2 AND state = 'running' AND fence = ?3",
        (
            json(&task.facts),
            id(amend.task),
            stored(amend.fence.0),
            task.facts.session.as_ref().map(|session| &session.id),
        ),
    )?;
    if changed == 0 {
        return Err(stale);
    }
    journal::emit(work, amend.task, "progressed", keepable(amend.at))?;
    Ok(task)
}
