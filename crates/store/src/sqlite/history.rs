//! What happened to a task, and its attempts.

use longhaul_model::{Attempt, AttemptNumber, Fence, HistoryEntry, TaskId};
use rusqlite::Connection;

use crate::acts::{Damaged, StoreFault};
use crate::sqlite::query;
use crate::sqlite::row::{id, number, optional_time, parse, state, time};

struct RawEntry {
    number: i64,
    at: i64,
    event: String,
    from: Option<String>,
    to: String,
    actor: String,
    detail: Option<String>,
}

/// What happened to a task, in order; nothing if it is not there.
pub(crate) fn history(conn: &Connection, task: TaskId) -> Result<Vec<HistoryEntry>, StoreFault> {
    let sql =
        "SELECT number, at, event, from_state, to_state, actor, detail FROM history WHERE task = ?1 ORDER BY number";
    let rows = query::all(conn, sql, [id(task)], |row| {
        Ok(RawEntry {
            number: row.get(0)?,
            at: row.get(1)?,
            event: row.get(2)?,
            from: row.get(3)?,
            to: row.get(4)?,
            actor: row.get(5)?,
            detail: row.get(6)?,
        })
    })?;
    rows.into_iter().map(|raw| Ok(entry(raw, task)?)).collect()
}

fn entry(raw: RawEntry, task: TaskId) -> Result<HistoryEntry, Damaged> {
    let owner = Some(task);
    Ok(HistoryEntry {
        number: number(raw.number),
        at: time(raw.at, owner, "history.at")?,
        event: raw.event,
        from: raw
            .from
            .map(|word| state(&word, owner, "history.from_state"))
            .transpose()?,
        to: state(&raw.to, owner, "history.to_state")?,
        actor: parse(&raw.actor, owner, "history.actor")?,
        detail: raw.detail,
    })
}

struct RawAttempt {
    number: u32,
    fence: i64,
    claimed_at: i64,
    boot: String,
    ended_at: Option<i64>,
    facts: String,
}

/// A task's attempts in order of their fences. What the running one shows is kept with the task until it ends.
pub(crate) fn attempts(conn: &Connection, task: TaskId) -> Result<Vec<Attempt>, StoreFault> {
    let sql = "SELECT a.number, a.fence, a.claimed_at, a.boot, a.ended_at, \
           CASE WHEN a.ended_at IS NULL THEN t.facts ELSE a.facts END \
         FROM attempts a JOIN tasks t ON t.id = a.task WHERE a.task = ?1 ORDER BY a.fence";
    let rows = query::all(conn, sql, [id(task)], |row| {
        Ok(RawAttempt {
            number: row.get(0)?,
            fence: row.get(1)?,
            claimed_at: row.get(2)?,
            boot: row.get(3)?,
            ended_at: row.get(4)?,
            facts: row.get(5)?,
        })
    })?;
    rows.into_iter().map(|raw| Ok(attempt(raw, task)?)).collect()
}

fn attempt(raw: RawAttempt, task: TaskId) -> Result<Attempt, Damaged> {
    let owner = Some(task);
    Ok(Attempt {
        number: AttemptNumber(raw.number),
        fence: Fence(number(raw.fence)),
        claimed_at: time(raw.claimed_at, owner, "attempts.claimed_at")?,
        boot: raw.boot,
        ended_at: optional_time(raw.ended_at, owner, "attempts.ended_at")?,
        facts: parse(&raw.facts, owner, "attempts.facts")?,
    })
}
