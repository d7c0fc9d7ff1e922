//! The gapless sequence of all changes.

use longhaul_model::TaskEvent;
use rusqlite::Connection;

use crate::acts::{EventBounds, StoreFault};
use crate::sqlite::query;
use crate::sqlite::row::{number, stored, task_id, time};
use crate::sqlite::tally::Tally;

/// At most `limit` events above `sequence`, in order.
pub(crate) fn events_after(conn: &Connection, sequence: u64, limit: usize) -> Result<Vec<TaskEvent>, StoreFault> {
    let sql = "SELECT sequence, at, kind, task FROM events WHERE sequence > ?1 ORDER BY sequence LIMIT ?2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows: Vec<(i64, i64, String, i64)> = query::all(conn, sql, (stored(sequence), limit), |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    })?;
    let event = |(sequence, at, kind, task)| {
        let task = task_id(task, None, "events.task")?;
        Ok(TaskEvent {
            sequence: number(sequence),
            at: time(at, Some(task), "events.at")?,
            kind,
            task,
        })
    };
    rows.into_iter().map(event).collect()
}

/// Which events are still kept.
pub(crate) fn event_bounds(conn: &Connection) -> Result<EventBounds, StoreFault> {
    let missing = || StoreFault::Corrupt {
        detail: "the running counts are missing".to_owned(),
    };
    let newest = Tally::load(conn)?.ok_or_else(missing)?.newest_event();
    let oldest: Option<i64> = query::one(conn, "SELECT min(sequence) FROM events", [], |row| {
        row.get::<_, Option<i64>>(0)
    })?
    .flatten();
    Ok(EventBounds {
        oldest: oldest.map_or(newest + 1, number),
        newest,
    })
}
