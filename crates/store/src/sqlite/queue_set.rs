//! Queues, and what holds over all of them.

use longhaul_model::{Queue, QueueLimits, QueueName};
use rusqlite::{Connection, Row};

use crate::acts::{LimitsChange, QueueChange, StoreFault};
use crate::sqlite::query;
use crate::sqlite::row::damaged;
use crate::sqlite::work::Work;

/// Sets a queue, and creates it if it is not there.
pub(crate) fn queue_set(work: &mut Work<'_>, name: &QueueName, change: QueueChange) -> Result<Queue, StoreFault> {
    let sql = "SELECT task_limit, paused FROM queues WHERE name = ?1";
    let found = work.one(sql, [name.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let queue = match found {
        Some((limit, paused)) => Queue {
            name: name.clone(),
            limit,
            paused,
        },
        None => Queue::new(name.clone()),
    };
    let queue = Queue {
        limit: change.limit.unwrap_or(queue.limit),
        paused: change.paused.unwrap_or(queue.paused),
        name: queue.name,
    };
    put(work, &queue)?;
    Ok(queue)
}

/// Writes a queue down.
pub(super) fn put(work: &Work<'_>, queue: &Queue) -> Result<(), StoreFault> {
    work.run(
        "INSERT INTO queues (name, task_limit, paused) VALUES (?1, ?2, ?3) \
         ON CONFLICT (name) DO UPDATE SET task_limit = excluded.task_limit, paused = excluded.paused",
        (queue.name.as_str(), queue.limit, queue.paused),
    )?;
    Ok(())
}

/// Every queue, by name.
pub(crate) fn queues(conn: &Connection) -> Result<Vec<Queue>, StoreFault> {
    let sql = "SELECT name, task_limit, paused FROM queues ORDER BY name";
    let read = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?));
    let rows = query::all(conn, sql, [], read)?;
    let queue = |(name, limit, paused): (String, _, _)| {
        let name = name.parse().map_err(|error| damaged(None, "queues.name", error))?;
        Ok(Queue { name, limit, paused })
    };
    rows.into_iter().map(queue).collect()
}

/// Sets what holds over all queues.
pub(crate) fn limits_set(work: &mut Work<'_>, change: LimitsChange) -> Result<QueueLimits, StoreFault> {
    let now = limits(work.conn)?;
    let limits = QueueLimits {
        total: change.total.unwrap_or(now.total),
        paused: change.paused.unwrap_or(now.paused),
    };
    work.run(
        "UPDATE settings SET total_limit = ?1, paused = ?2",
        (limits.total, limits.paused),
    )?;
    Ok(limits)
}

/// What holds over all queues.
pub(crate) fn limits(conn: &Connection) -> Result<QueueLimits, StoreFault> {
    let sql = "SELECT total_limit, paused FROM settings";
    let found = query::one(conn, sql, [], |row| {
        Ok(QueueLimits {
            total: row.get(0)?,
            paused: row.get(1)?,
        })
    })?;
    found.ok_or_else(|| StoreFault::Corrupt {
        detail: "the settings are missing".to_owned(),
    })
}
