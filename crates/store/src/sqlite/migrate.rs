//! Bringing a database to the schema of this version: forward only, one transaction per step, after a copy.

use std::fs;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;

use super::open_refusal::refused;
use crate::acts::{OpenError, StoreFault};

/// Each takes the schema from its place in the list to the next number.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_initial.sql"),
    include_str!("migrations/0002_notifications.sql"),
    include_str!("migrations/0003_agents.sql"),
];

/// The schema this version reads and writes.
pub(crate) const SCHEMA_VERSION: u32 = MIGRATIONS.len() as u32;

/// The schema of an open database; 0 for an empty one.
pub(super) fn schema_of(conn: &Connection) -> rusqlite::Result<u32> {
    conn.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Does the missing ones of `migrations` in order. If the database has a schema already and lacks any, a copy named
/// after its schema is made beside it first.
pub(super) fn migrate(conn: &mut Connection, database: &Path, migrations: &[&str]) -> Result<(), OpenError> {
    let refused = |error: rusqlite::Error| refused(database, error);
    let found = schema_of(conn).map_err(refused)?;
    let missing = migrations.get(found as usize..).unwrap_or_default();
    if found > 0 && !missing.is_empty() {
        back_up(
            conn,
            &database.with_extension(format!("before-schema-{}.db", found + 1)),
        )?;
    }
    for (schema, sql) in (found + 1..).zip(missing) {
        let step = conn.transaction().map_err(refused)?;
        step.execute_batch(sql).map_err(refused)?;
        step.pragma_update(None, "user_version", schema).map_err(refused)?;
        step.commit().map_err(refused)?;
    }
    if !missing.is_empty() {
        // The file's own header tells the schema to a version that must not open it.
        conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .map_err(refused)?;
    }
    Ok(())
}

/// A whole copy, private like the original. One that was cut short earlier is made anew.
fn back_up(conn: &Connection, copy: &Path) -> Result<(), OpenError> {
    let partial = PathBuf::from(format!("{}.partial", copy.display()));
    let refused = |source| OpenError::Backup {
        path: copy.to_owned(),
        source,
    };
    let in_file = |error: io::Error| refused(Arc::new(error));
    // VACUUM INTO takes an empty file as it is, and would make one that others may read.
    match fs::remove_file(&partial) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(in_file(error)),
        _ => {}
    }
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&partial)
        .map_err(in_file)?;
    let copied = conn.execute("VACUUM INTO ?1", [partial.to_string_lossy()]);
    copied.map_err(|error| match StoreFault::from(error) {
        StoreFault::DiskFull => OpenError::DiskFull { path: copy.to_owned() },
        fault => refused(Arc::new(fault)),
    })?;
    fs::File::open(&partial)
        .and_then(|file| file.sync_all())
        .map_err(in_file)?;
    fs::rename(&partial, copy).map_err(in_file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn steps() -> Vec<&'static str> {
        vec![
            "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1);",
            "ALTER TABLE a ADD COLUMN y INTEGER DEFAULT 2;",
        ]
    }

    #[test]
    fn an_older_schema_is_brought_forward_after_a_private_copy() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.db");
        let mut conn = Connection::open(&path).expect("a database");
        migrate(&mut conn, &path, &steps()[..1]).expect("first step");
        assert!(
            !folder.path().join("x.before-schema-1.db").exists(),
            "a new database needs no copy"
        );

        migrate(&mut conn, &path, &steps()).expect("second step");
        let y: i64 = conn
            .query_row("SELECT y FROM a", [], |row| row.get(0))
            .expect("the row");
        assert_eq!((y, schema_of(&conn).expect("schema")), (2, 2));

        let copy = folder.path().join("x.before-schema-2.db");
        assert_eq!(
            fs::metadata(&copy).expect("the copy").permissions().mode() & 0o777,
            0o600
        );
        let copy = Connection::open(copy).expect("the copy opens");
        assert_eq!(schema_of(&copy).expect("schema"), 1);
        let rows: i64 = copy
            .query_row("SELECT count(*) FROM a", [], |row| row.get(0))
            .expect("rows");
        assert_eq!(rows, 1);
    }

    #[test]
    fn a_step_that_fails_leaves_the_schema_before_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.db");
        let mut conn = Connection::open(&path).expect("a database");
        let broken = [steps()[0], "CREATE TABLE b (x); THIS IS NOT SQL;"];
        assert!(migrate(&mut conn, &path, &broken).is_err());
        assert_eq!(schema_of(&conn).expect("schema"), 1);
        let tables: i64 = conn
            .query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'b'", [], |row| {
                row.get(0)
            })
            .expect("count");
        assert_eq!(tables, 0);
        migrate(&mut conn, &path, &steps()).expect("a mended step goes on from there");
        assert_eq!(schema_of(&conn).expect("schema"), 2);
    }
}
