//! Forgetting finished tasks, oldest end first, in small transactions.

use longhaul_model::{StateName, TaskId};
use rusqlite::Row;

use crate::acts::{PruneRules, StoreFault};
use crate::sqlite::row::{micros, state, stored, task_id};
use crate::sqlite::work::Work;
use crate::sqlite::{environment, search};

/// How many events go with each task that may go, at most.
const EVENTS_PER_TASK: i64 = 16;

struct Candidate {
    id: i64,
    state: String,
    needs_attention: bool,
    environment: Option<i64>,
}

/// Forgets what the rules allow, and events from before them. Other tasks go on naming those that are gone.
pub(crate) fn prune(work: &mut Work<'_>, rules: PruneRules) -> Result<Vec<TaskId>, StoreFault> {
    let candidates = candidates(work, &rules)?;
    let mut pruned = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let id = task_id(candidate.id, None, "id")?;
        let state: StateName = state(&candidate.state, Some(id), "state")?;
        search::remove(work, candidate.id)?;
        work.run("DELETE FROM tasks WHERE id = ?1", [candidate.id])?;
        if let Some(row) = candidate.environment {
            environment::forget_unused(work, row)?;
        }
        work.tally.removed(state, candidate.needs_attention);
        pruned.push(id);
    }
    trim_events(work, &rules)?;
    Ok(pruned)
}

fn candidates(work: &Work<'_>, rules: &PruneRules) -> Result<Vec<Candidate>, StoreFault> {
    let Some((end, last)) = oldest_kept(work, rules)? else {
        return Ok(Vec::new());
    };
    work.all(
        "SELECT t.id, t.state, \
           t.state IN ('failed', 'interrupted') AND t.retried_by IS NULL AND t.acknowledged_at IS NULL, s.environment \
         FROM tasks t LEFT JOIN specs s ON s.task = t.id \
         WHERE t.ended_at IS NOT NULL AND (t.ended_at, t.id) < (?1, ?2) \
           AND NOT EXISTS (SELECT 1 FROM dependencies d JOIN tasks a ON a.id = d.task \
                           WHERE d.on_task = t.id AND a.state IN ('waiting', 'queued', 'running')) \
           AND NOT EXISTS (SELECT 1 FROM tasks a WHERE a.parent = t.id AND a.state IN ('waiting', 'queued', 'running')) \
           AND NOT EXISTS (SELECT 1 FROM tasks a WHERE a.chain = t.chain AND a.state IN ('waiting', 'queued', 'running')) \
           AND t.id NOT IN (SELECT value FROM json_each(?4)) \
         ORDER BY t.ended_at, t.id LIMIT ?3",
        (end, last, rules.limit, spared(rules)),
        |row: &Row<'_>| {
            Ok(Candidate { id: row.get(0)?, state: row.get(1)?, needs_attention: row.get(2)?, environment: row.get(3)? })
        },
    )
}

/// The ids of those that are spared, as a JSON array.
fn spared(rules: &PruneRules) -> String {
    let ids: Vec<String> = rules.spared.iter().map(ToString::to_string).collect();
    format!("[{}]", ids.join(","))
}

/// The (end, id) from which on everything stays; nothing if everything stays.
fn oldest_kept(work: &Work<'_>, rules: &PruneRules) -> Result<Option<(i64, i64)>, StoreFault> {
    let by_age = (micros(rules.ended_before), 0);
    if rules.keep_newest == 0 {
        return Ok(Some(by_age));
    }
    if rules.keep_newest >= work.tally.finished() {
        return Ok(None);
    }
    let by_count = work.one(
        "SELECT ended_at, id FROM tasks WHERE ended_at IS NOT NULL ORDER BY ended_at DESC, id DESC LIMIT 1 OFFSET ?1",
        [stored(rules.keep_newest - 1)],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(by_count.map(|by_count| by_age.min(by_count)))
}

/// Only from the old end, so that the sequence stays gapless: the first event that is young enough ends it.
fn trim_events(work: &Work<'_>, rules: &PruneRules) -> Result<(), StoreFault> {
    let most = i64::from(rules.limit).saturating_mul(EVENTS_PER_TASK);
    let oldest: Vec<(i64, i64)> = work.all(
        "SELECT sequence, at FROM events ORDER BY sequence LIMIT ?1",
        [most],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let old = oldest.iter().take_while(|(_, at)| *at < micros(rules.ended_before));
    if let Some((last, _)) = old.last() {
        work.run("DELETE FROM events WHERE sequence <= ?1", [last])?;
    }
    Ok(())
}
