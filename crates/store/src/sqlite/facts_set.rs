//! Keeping what a running attempt shows, as long as it is the one that owns the task.

use crate::acts::{FactsError, FactsSet};
use crate::sqlite::journal;
use crate::sqlite::row::{id, json, keepable, stored};
use crate::sqlite::work::Work;

/// Replaces the facts of the attempt with this fence.
pub(crate) fn facts_set(work: &mut Work<'_>, set: &FactsSet) -> Result<(), FactsError> {
    let changed = work.run(
        "UPDATE tasks SET facts = ?1, session = ?4 WHERE id = ?2 AND state = 'running' AND fence = ?3",
        (
            json(&set.facts),
            id(set.task),
            stored(set.fence.0),
            set.facts.session.as_ref().map(|session| &session.id),
        ),
    )?;
    if changed == 0 {
        let there = work.one("SELECT 1 FROM tasks WHERE id = ?1", [id(set.task)], |_| Ok(()))?;
        let stale = FactsError::Stale {
            task: set.task,
            fence: set.fence,
        };
        return Err(if there.is_some() {
            stale
        } else {
            FactsError::Unknown(set.task)
        });
    }
    Ok(journal::emit(work, set.task, "progressed", keepable(set.at))?)
}
