//! A database opened the way the store opens its own, for what is measured beside it.

use std::path::Path;

use anyhow::{Context, Result};
use rusqlite::Connection;

/// Opens a database as the store does: write-ahead log, every commit synced.
pub(crate) fn open(file: &Path) -> Result<Connection> {
    let connection = Connection::open(file).with_context(|| format!("opening {}", file.display()))?;
    connection.query_row("PRAGMA journal_mode=WAL", [], |_| Ok(()))?;
    connection.execute_batch("PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;")?;
    Ok(connection)
}
