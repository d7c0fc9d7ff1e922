//! Three ways to ask: change rows, read one, read all. Statements are prepared once per connection.

use rusqlite::{Connection, OptionalExtension, Params, Row};

use crate::acts::StoreFault;

/// Does `sql` and answers how many rows it changed.
pub(super) fn run(conn: &Connection, sql: &str, params: impl Params) -> Result<usize, StoreFault> {
    Ok(conn.prepare_cached(sql)?.execute(params)?)
}

/// The first row; nothing if there is none.
pub(super) fn one<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>, StoreFault> {
    Ok(conn.prepare_cached(sql)?.query_row(params, read).optional()?)
}

/// Every row.
pub(super) fn all<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreFault> {
    Ok(conn
        .prepare_cached(sql)?
        .query_map(params, read)?
        .collect::<Result<_, _>>()?)
}
