//! The outbox: notifications, written with what they tell of, and the deliveries to each channel.

use jiff::Timestamp;
use longhaul_model::{Delivery, DeliveryState, Notification, Occasion, StateName, Task, TaskId};
use rusqlite::{Connection, Params, Row};

use crate::acts::{Damaged, DeliveriesSet, DueNotifications, StoreFault};
use crate::sqlite::query;
use crate::sqlite::row::{damaged, id, keepable, micros, number, optional_time, stored, task_id, time};
use crate::sqlite::work::Work;

/// Writes down what is to be told of a task that came from `before` to where it stands now, if its policy wants it told.
pub(super) fn note(work: &Work<'_>, task: &Task, before: Option<StateName>, at: Timestamp) -> Result<(), StoreFault> {
    let Some(occasion) = Occasion::given_by(task, before).filter(|occasion| task.spec.notify.wants(*occasion)) else {
        return Ok(());
    };
    work.run(
        "INSERT INTO notifications (task, occasion, at) VALUES (?1, ?2, ?3)",
        (id(task.id), occasion.word(), micros(at)),
    )?;
    Ok(())
}

/// Keeps deliveries, and settles their notification when none is pending. One that is gone is passed over.
pub(crate) fn deliveries_set(work: &mut Work<'_>, set: &DeliveriesSet) -> Result<(), StoreFault> {
    let owner = stored(set.notification);
    let there = work.one("SELECT 1 FROM notifications WHERE id = ?1", [owner], |_| Ok(()))?;
    if there.is_none() {
        return Ok(());
    }
    for delivery in &set.deliveries {
        let next_at = match delivery.state {
            DeliveryState::Pending(at) => Some(micros(keepable(at))),
            DeliveryState::Delivered | DeliveryState::GivenUp => None,
        };
        work.run(
            "INSERT INTO deliveries (notification, channel, state, tries, next_at, tried_at, detail) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (notification, channel) DO UPDATE SET \
             state = excluded.state, tries = excluded.tries, next_at = excluded.next_at, \
             tried_at = excluded.tried_at, detail = excluded.detail",
            (
                owner,
                &delivery.channel,
                delivery.state.word(),
                delivery.tries,
                next_at,
                delivery.tried_at.map(|at| micros(keepable(at))),
                delivery.detail.as_deref(),
            ),
        )?;
    }
    work.run(
        "UPDATE notifications SET settled_at = ?1 WHERE id = ?2 AND settled_at IS NULL \
         AND NOT EXISTS (SELECT 1 FROM deliveries WHERE notification = ?2 AND state = 'pending')",
        (micros(keepable(set.at)), owner),
    )?;
    Ok(())
}

/// At most `limit` notifications with something to do at `now`, oldest first, and when more comes.
pub(crate) fn due_notifications(
    conn: &Connection,
    now: Timestamp,
    limit: usize,
) -> Result<DueNotifications, StoreFault> {
    let sql = "SELECT id, task, occasion, at, settled_at FROM notifications n WHERE settled_at IS NULL AND ( \
                 NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.notification = n.id) OR \
                 EXISTS (SELECT 1 FROM deliveries d WHERE d.notification = n.id AND d.state = 'pending' AND d.next_at <= ?1)) \
               ORDER BY id LIMIT ?2";
    let now = micros(keepable(now));
    let next = "SELECT min(next_at) FROM deliveries WHERE state = 'pending' AND next_at > ?1";
    let next = query::one(conn, next, [now], |row| row.get::<_, Option<i64>>(0))?.flatten();
    Ok(DueNotifications {
        notifications: read(conn, sql, (now, i64::try_from(limit).unwrap_or(i64::MAX)))?,
        next_at: optional_time(next, None, "deliveries.next_at")?,
    })
}

/// At most `limit` notifications, newest first, with numbers below `before` if one is given; of one task if one is named.
pub(crate) fn notifications(
    conn: &Connection,
    task: Option<TaskId>,
    before: Option<u64>,
    limit: usize,
) -> Result<Vec<Notification>, StoreFault> {
    let before = before.map_or(i64::MAX, stored);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    match task {
        Some(task) => {
            let sql = "SELECT id, task, occasion, at, settled_at FROM notifications \
                       WHERE task = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3";
            read(conn, sql, (id(task), before, limit))
        }
        None => {
            let sql = "SELECT id, task, occasion, at, settled_at FROM notifications \
                       WHERE id < ?1 ORDER BY id DESC LIMIT ?2";
            read(conn, sql, (before, limit))
        }
    }
}

fn read(conn: &Connection, sql: &str, params: impl Params) -> Result<Vec<Notification>, StoreFault> {
    let row = |row: &Row<'_>| {
        Ok((
            row.get::<_, i64>(0)?,
            row.get::<_, i64>(1)?,
            row.get::<_, String>(2)?,
            row.get::<_, i64>(3)?,
            row.get::<_, Option<i64>>(4)?,
        ))
    };
    let rows = query::all(conn, sql, params, row)?;
    let whole = |(number_of, task, occasion, at, settled_at): (i64, i64, String, i64, Option<i64>)| {
        let task = task_id(task, None, "notifications.task")?;
        let owner = Some(task);
        Ok(Notification {
            id: number(number_of),
            task,
            occasion: occasion
                .parse()
                .map_err(|error| damaged(owner, "notifications.occasion", error))?,
            at: time(at, owner, "notifications.at")?,
            settled_at: optional_time(settled_at, owner, "notifications.settled_at")?,
            deliveries: deliveries(conn, number_of, task)?,
        })
    };
    rows.into_iter().map(whole).collect()
}

struct RawDelivery {
    channel: String,
    state: String,
    tries: u32,
    next_at: Option<i64>,
    tried_at: Option<i64>,
    detail: Option<String>,
}

fn deliveries(conn: &Connection, notification: i64, task: TaskId) -> Result<Vec<Delivery>, StoreFault> {
    let sql = "SELECT channel, state, tries, next_at, tried_at, detail FROM deliveries \
               WHERE notification = ?1 ORDER BY channel";
    let rows = query::all(conn, sql, [notification], |row| {
        Ok(RawDelivery {
            channel: row.get(0)?,
            state: row.get(1)?,
            tries: row.get(2)?,
            next_at: row.get(3)?,
            tried_at: row.get(4)?,
            detail: row.get(5)?,
        })
    })?;
    rows.into_iter().map(|raw| Ok(delivery(raw, task)?)).collect()
}

fn delivery(raw: RawDelivery, task: TaskId) -> Result<Delivery, Damaged> {
    let owner = Some(task);
    let next_at = optional_time(raw.next_at, owner, "deliveries.next_at")?;
    let state = match (raw.state.as_str(), next_at) {
        ("pending", Some(at)) => DeliveryState::Pending(at),
        ("delivered", None) => DeliveryState::Delivered,
        ("given-up", None) => DeliveryState::GivenUp,
        (word, _) => return Err(damaged(owner, "deliveries.state", format!("`{word}` is no state"))),
    };
    Ok(Delivery {
        channel: raw.channel,
        state,
        tries: raw.tries,
        tried_at: optional_time(raw.tried_at, owner, "deliveries.tried_at")?,
        detail: raw.detail,
    })
}
