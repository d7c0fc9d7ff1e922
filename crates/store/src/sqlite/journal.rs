//! The two rows that every change leaves: one in its task's history, one in the gapless sequence of all changes.

use jiff::Timestamp;
use longhaul_model::{Actor, StateName, TaskId};

use crate::acts::StoreFault;
use crate::sqlite::row::{id, json, micros};
use crate::sqlite::work::Work;

/// One step of a task's history.
pub(super) struct Step<'a> {
    pub(super) task: TaskId,
    /// Its place in the history, from 1.
    pub(super) number: i64,
    pub(super) at: Timestamp,
    pub(super) event: &'a str,
    /// Nothing for the first step.
    pub(super) from: Option<StateName>,
    pub(super) to: StateName,
    pub(super) actor: &'a Actor,
    pub(super) detail: Option<&'a str>,
}

/// Writes both rows.
pub(super) fn record(work: &mut Work<'_>, step: &Step<'_>) -> Result<(), StoreFault> {
    work.run(
        "INSERT INTO history (task, number, at, event, from_state, to_state, actor, detail) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        (
            id(step.task),
            step.number,
            micros(step.at),
            step.event,
            step.from.map(StateName::word),
            step.to.word(),
            json(step.actor),
            step.detail,
        ),
    )?;
    emit(work, step.task, step.event, step.at)
}

/// Writes only the row for those who listen.
pub(super) fn emit(work: &mut Work<'_>, task: TaskId, kind: &str, at: Timestamp) -> Result<(), StoreFault> {
    let sequence = work.tally.next_event();
    work.run(
        "INSERT INTO events (sequence, at, kind, task) VALUES (?1, ?2, ?3, ?4)",
        (sequence, micros(at), kind, id(task)),
    )?;
    Ok(())
}
