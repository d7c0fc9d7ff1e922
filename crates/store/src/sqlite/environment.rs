//! Environments, once per distinct content, for as long as a task has them.

use std::collections::BTreeMap;

use longhaul_model::TaskId;
use rusqlite::Connection;

use crate::acts::StoreFault;
use crate::sqlite::query;
use crate::sqlite::row::{id, json, parse};
use crate::sqlite::work::Work;

/// The environment a task runs with; nothing if it has none of its own or is not there.
pub(crate) fn environment(conn: &Connection, task: TaskId) -> Result<Option<BTreeMap<String, String>>, StoreFault> {
    let sql = "SELECT e.content FROM specs s JOIN environments e ON e.id = s.environment WHERE s.task = ?1";
    let content: Option<String> = query::one(conn, sql, [id(task)], |row| row.get(0))?;
    Ok(content
        .map(|content| parse(&content, Some(task), "environment"))
        .transpose()?)
}

/// An environment as it is stored. Made where the request comes from, so that the writer need not.
pub(crate) struct Packed {
    hash: i64,
    content: String,
}

impl Packed {
    pub(crate) fn of(environment: &BTreeMap<String, String>) -> Self {
        let content = json(environment);
        Self {
            hash: fnv1a(content.as_bytes()),
            content,
        }
    }
}

/// The row with this content, made if it is not there.
pub(super) fn keep(work: &Work<'_>, packed: &Packed) -> Result<i64, StoreFault> {
    let Packed { hash, content } = packed;
    let sql = "SELECT id FROM environments WHERE hash = ?1 AND content = ?2";
    if let Some(row) = work.one(sql, (hash, content), |row| row.get(0))? {
        return Ok(row);
    }
    work.run(
        "INSERT INTO environments (hash, content) VALUES (?1, ?2)",
        (hash, content),
    )?;
    Ok(work.conn.last_insert_rowid())
}

/// The row that `task` has; the outer nothing if there is no such task.
pub(super) fn row_of(work: &Work<'_>, task: TaskId) -> Result<Option<Option<i64>>, StoreFault> {
    work.one("SELECT environment FROM specs WHERE task = ?1", [id(task)], |row| {
        row.get(0)
    })
}

/// Forgets `row` if no task has it any more.
pub(super) fn forget_unused(work: &Work<'_>, row: i64) -> Result<(), StoreFault> {
    work.run(
        "DELETE FROM environments WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM specs WHERE environment = ?1)",
        [row],
    )?;
    Ok(())
}

/// FNV-1a, 64 bits (draft-eastlake-fnv): only finds candidates, so it need not resist anybody.
fn fnv1a(bytes: &[u8]) -> i64 {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    hash.cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(fnv1a(b"").cast_unsigned(), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"foobar").cast_unsigned(), 0x8594_4171_f739_67e8);
    }
}
