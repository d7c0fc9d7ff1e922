//! A home with a long history: one task really runs, and is then repeated in the database as often as wanted.

use anyhow::Result;

use super::database;
use super::template::{Template, database_of};
use super::world::{Bench, Warm};

/// A warm daemon over a store with `count` finished tasks.
pub(crate) fn warm_with(bench: &Bench, count: u64) -> Result<Warm> {
    let mut warm = bench.warm()?;
    warm.stop()?;
    let database = database_of(&warm.home.longhaul_home())?;
    let template = Template::of(&database, 1)?;
    let connection = database::open(&database)?;
    // Only the daemon's own writes have to be durable here.
    connection.execute_batch("PRAGMA synchronous=OFF; PRAGMA cache_size=-400000; PRAGMA foreign_keys=OFF;")?;
    for start in (2..=count).step_by(50_000) {
        connection.execute_batch("BEGIN")?;
        for id in start..(start + 50_000).min(count + 1) {
            template.insert(&connection, id)?;
        }
        connection.execute_batch("COMMIT")?;
    }
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    drop(connection);
    warm.restart()?;
    Ok(warm)
}
