//! Telling a task what happened to it, inside the transaction that stores what follows.

use jiff::Timestamp;
use longhaul_model::{Ending, Event, Facts, State, Task, transition};

use crate::acts::{Applied, Apply, ApplyError, StoreFault};
use crate::sqlite::journal::{self, Step};
use crate::sqlite::life_write::{Expected, compare_and_set};
use crate::sqlite::notifications;
use crate::sqlite::row::{damaged, id, json, keepable, micros, parse, stored, time};
use crate::sqlite::task_read::stored_task;
use crate::sqlite::work::Work;
use crate::sqlite::{message, search};

/// Tells one task.
pub(crate) fn task_apply(work: &mut Work<'_>, apply: &Apply) -> Result<Applied, ApplyError> {
    let at = keepable(apply.at);
    let found = stored_task(work.conn, apply.task)?.ok_or(ApplyError::Unknown(apply.task))?;
    let (mut task, number) = (found.task, found.history_count + 1);
    let (life, effects) = match transition(&task.life, &apply.event, at) {
        Ok(decided) => decided,
        Err(rejected) => {
            return Err(ApplyError::Rejected {
                rejected,
                task: Box::new(task),
            });
        }
    };
    let before = Expected::of(&task);
    let before_life = std::mem::replace(&mut task.life, life);
    match &apply.event {
        Event::Claimed { .. } => claimed(work, &mut task, &before_life.state, apply, at)?,
        Event::NeverStarted { .. } => never_started(work, &mut task, at)?,
        Event::AttemptEnded { ending, .. } => attempt_ended(work, &mut task, ending, apply)?,
        _ => task.facts = apply.facts.clone().unwrap_or(task.facts),
    }
    if !compare_and_set(work, before, &task, number)? {
        return Err(ApplyError::Stale(apply.task));
    }
    let step = Step {
        task: task.id,
        number,
        at,
        event: apply.event.name(),
        from: Some(before.state),
        to: task.state(),
        actor: &apply.actor,
        detail: apply.detail.as_deref(),
    };
    journal::record(work, &step)?;
    notifications::note(work, &task, Some(before.state), at)?;
    Ok(Applied { task, effects })
}

/// Tells several tasks, each for itself.
pub(crate) fn task_apply_all(
    work: &mut Work<'_>,
    all: &[Apply],
) -> Result<Vec<Result<Applied, ApplyError>>, StoreFault> {
    let mut answers = Vec::with_capacity(all.len());
    for apply in all {
        answers.push(work.isolated(|work| task_apply(work, apply)));
        if let Some(fault) = work.transaction_lost() {
            return Err(fault);
        }
    }
    Ok(answers)
}

/// The new attempt's row; and how long the task stood in line, which a clock that was set back never makes negative.
fn claimed(work: &Work<'_>, task: &mut Task, before: &State, apply: &Apply, at: Timestamp) -> Result<(), ApplyError> {
    let boot = apply.boot.as_deref().ok_or(ApplyError::BootMissing(task.id))?;
    if let State::Queued { since } = before {
        let queued_ms = at.as_millisecond().saturating_sub(since.as_millisecond()).max(0);
        task.queue_ms = task.queue_ms.saturating_add(queued_ms.unsigned_abs());
    }
    task.started_at = Some(at);
    task.facts = apply.facts.clone().unwrap_or_default();
    work.run(
        "INSERT INTO attempts (task, fence, number, claimed_at, boot, facts) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (
            id(task.id),
            stored(task.life.fence.0),
            task.life.attempt.0,
            micros(at),
            boot,
            json(&task.facts),
        ),
    )?;
    Ok(())
}

/// Closes the attempt's row as one that does not count, and takes back what the claim had overwritten.
fn never_started(work: &Work<'_>, task: &mut Task, at: Timestamp) -> Result<(), StoreFault> {
    let closed = work.run(
        "UPDATE attempts SET ended_at = max(claimed_at, ?1), never_started = 1 \
         WHERE task = ?2 AND fence = ?3 AND ended_at IS NULL",
        (micros(at), id(task.id), stored(task.life.fence.0)),
    )?;
    open_until_now(task, closed)?;
    let earlier: Option<(i64, String)> = work.one(
        "SELECT claimed_at, facts FROM attempts WHERE task = ?1 AND never_started = 0 ORDER BY fence DESC LIMIT 1",
        [id(task.id)],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let owner = Some(task.id);
    (task.started_at, task.facts) = match earlier {
        Some((claimed_at, facts)) => (
            Some(time(claimed_at, owner, "claimed_at")?),
            parse(&facts, owner, "facts")?,
        ),
        None => (None, Facts::default()),
    };
    Ok(())
}

/// Closes the attempt's row with what it showed.
fn attempt_ended(work: &Work<'_>, task: &mut Task, ending: &Ending, apply: &Apply) -> Result<(), StoreFault> {
    if let Some(facts) = &apply.facts {
        task.facts = facts.clone();
    }
    let closed = work.run(
        "UPDATE attempts SET ended_at = max(claimed_at, ?1), facts = ?2 \
         WHERE task = ?3 AND fence = ?4 AND ended_at IS NULL",
        (
            micros(ending.at),
            json(&task.facts),
            id(task.id),
            stored(task.life.fence.0),
        ),
    )?;
    open_until_now(task, closed)?;
    // An earlier attempt may have left its summary in the index.
    let message = apply.message.as_deref();
    if let Some(message) = message {
        message::keep(work, task.id, task.life.fence, message)?;
    }
    let is_indexed_anew = task.facts.summary.is_some() || message.is_some() || task.life.attempt.0 > 1;
    if is_indexed_anew {
        search::replace(work, task, message)
    } else {
        Ok(())
    }
}

fn open_until_now(task: &Task, closed: usize) -> Result<(), StoreFault> {
    if closed == 1 {
        Ok(())
    } else {
        Err(damaged(Some(task.id), "attempts", "its running attempt is missing").into())
    }
}
