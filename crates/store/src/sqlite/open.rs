//! Opening and closing. Everything that speaks against a file is looked for before it is written to.

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use tokio::sync::watch;

use crate::acts::{OpenError, OpenOptions, StoreFault};
use crate::sqlite::file_checks::{self, APPLICATION_ID, FileState, Header};
use crate::sqlite::file_system;
use crate::sqlite::lock::{Attempted, FolderLock};
use crate::sqlite::migrate::{MIGRATIONS, SCHEMA_VERSION, migrate, schema_of};
use crate::sqlite::open_refusal::{fault_in, refused};
use crate::sqlite::reader::Readers;
use crate::sqlite::row::stored;
use crate::sqlite::tally::Tally;
use crate::sqlite::work::Work;
use crate::sqlite::writer::{Lane, Writer};

const FILE: &str = "longhaul.db";
/// 3.51.3 mended the reset of the write-ahead log, which could lose what was committed.
const OLDEST_LIBRARY: i32 = 3_051_003;
/// A database up to this size is checked page by page on each start; that takes a few milliseconds.
const SMALL_BYTES: u64 = 4 << 20;

/// An open store.
pub(crate) struct Sqlite {
    database: PathBuf,
    uuid: String,
    writer: Writer,
    readers: Readers,
    lock: Mutex<Option<FolderLock>>,
}

impl std::fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sqlite")
            .field("database", &self.database)
            .finish_non_exhaustive()
    }
}

impl Sqlite {
    pub(crate) fn open(folder: &Path, options: OpenOptions) -> Result<Self, OpenError> {
        if rusqlite::version_number() < OLDEST_LIBRARY {
            return Err(OpenError::OldLibrary {
                found: rusqlite::version().to_owned(),
            });
        }
        let lock = enter(folder)?;
        let database = folder.join(FILE);
        match file_checks::look(&database).map_err(|error| in_file(&database, error))? {
            FileState::Damaged(detail) => return Err(OpenError::Corrupt { path: database, detail }),
            FileState::Nothing => create(folder, &database)?,
            FileState::Database(header) => check(&database, header)?,
        }
        let mut conn = connect(&database)?;
        migrate(&mut conn, &database, MIGRATIONS)?;
        let refused = |error| refused(&database, error);
        let uuid = conn
            .query_row("SELECT uuid FROM settings", [], |row| row.get(0))
            .map_err(refused)?;
        let tally = tally(&conn, &database, options.id_floor)?;
        let writer = Writer::start(conn, tally).map_err(|error| in_file(&database, error))?;
        let readers = Readers::new(&database);
        Ok(Self {
            database,
            uuid,
            writer,
            readers,
            lock: Mutex::new(Some(lock)),
        })
    }

    pub(crate) fn close(&self) -> Result<(), StoreFault> {
        // Readers first: the log is folded and removed only when nobody reads from it.
        self.readers.close();
        let closed = self.writer.close();
        self.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
        closed
    }

    pub(crate) async fn write<A, E>(
        &self,
        lane: Lane,
        act: impl FnMut(&mut Work<'_>) -> Result<A, E> + Send + 'static,
    ) -> Result<A, E>
    where
        A: Send + 'static,
        E: From<StoreFault> + Send + 'static,
    {
        self.writer.write(lane, act).await
    }

    pub(crate) fn read<T>(&self, ask: impl FnOnce(&Connection) -> Result<T, StoreFault>) -> Result<T, StoreFault> {
        self.readers.read(ask)
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.writer.changes()
    }

    pub(crate) fn uuid(&self) -> &str {
        &self.uuid
    }

    pub(crate) fn size_bytes(&self) -> u64 {
        let size_bytes = |path: &Path| fs::metadata(path).map_or(0, |metadata| metadata.len());
        size_bytes(&self.database) + size_bytes(&file_checks::log_path(&self.database))
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        // Whoever wants to know how it went calls `close`; what was acknowledged is on disk either way.
        let _ = self.close();
    }
}

/// Makes the folder if need be, and locks it.
fn enter(folder: &Path) -> Result<FolderLock, OpenError> {
    match fs::metadata(folder) {
        Ok(metadata) if !metadata.is_dir() => {
            return Err(OpenError::NotAFolder {
                path: folder.to_owned(),
            });
        }
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
            made.map_err(|error| in_file(folder, error))?;
        }
        Err(error) => return Err(in_file(folder, error)),
    }
    if let Some(kind) = file_system::network_kind(folder).map_err(|error| in_file(folder, error))? {
        return Err(OpenError::NetworkFileSystem {
            folder: folder.to_owned(),
            kind,
        });
    }
    match FolderLock::attempt(folder).map_err(|error| in_file(&folder.join("lock"), error))? {
        Attempted::Locked(lock) => Ok(lock),
        Attempted::HeldBy(pid) => Err(OpenError::InUse {
            folder: folder.to_owned(),
            pid,
        }),
    }
}

/// Makes an empty store under another name and renames it into place, so that a file which is there and empty is
/// always damage, never a start that was cut short.
fn create(folder: &Path, database: &Path) -> Result<(), OpenError> {
    let unfinished = database.with_extension("db.new");
    for leftover in [unfinished.clone(), file_checks::log_path(&unfinished)] {
        match fs::remove_file(&leftover) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(in_file(&leftover, error)),
            _ => {}
        }
    }
    // SQLite gives its log the mode of the database, but would make the database itself readable for others.
    let made = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&unfinished);
    made.map_err(|error| in_file(&unfinished, error))?;
    let refused = |error| refused(&unfinished, error);
    let mut conn = connect(&unfinished)?;
    conn.pragma_update(None, "application_id", APPLICATION_ID)
        .map_err(refused)?;
    migrate(&mut conn, &unfinished, MIGRATIONS)?;
    conn.close().map_err(|(_, error)| refused(error))?;
    let in_place = fs::rename(&unfinished, database).and_then(|()| fs::File::open(folder)?.sync_all());
    in_place.map_err(|error| in_file(database, error))
}

/// Refuses a database that this version must not touch. Not every page is read: that would take minutes where it
/// matters; damage elsewhere is found when it is met.
fn check(database: &Path, header: Header) -> Result<(), OpenError> {
    if header.schema > SCHEMA_VERSION {
        return Err(OpenError::NewerSchema {
            found: header.schema,
            known: SCHEMA_VERSION,
        });
    }
    let refused = |error| refused(database, error);
    let conn = connect_to_look(database, header)?;
    let schema = schema_of(&conn).map_err(refused)?;
    if schema > SCHEMA_VERSION {
        return Err(OpenError::NewerSchema {
            found: schema,
            known: SCHEMA_VERSION,
        });
    }
    let corrupt = |detail: String| OpenError::Corrupt {
        path: database.to_owned(),
        detail,
    };
    if schema == 0 {
        return Err(corrupt("it has no schema".to_owned()));
    }
    let pages: u32 = conn
        .query_row("PRAGMA page_count", [], |row| row.get(0))
        .map_err(refused)?;
    let page_bytes: u32 = conn
        .query_row("PRAGMA page_size", [], |row| row.get(0))
        .map_err(refused)?;
    if header.is_short || u64::from(pages) * u64::from(page_bytes) <= SMALL_BYTES {
        let verdict: String = conn
            .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
            .map_err(refused)?;
        if verdict != "ok" {
            return Err(corrupt(verdict));
        }
    }
    Tally::load(&conn)
        .map_err(|fault| fault_in(database, fault))?
        .ok_or_else(|| corrupt("its counts are missing".to_owned()))?;
    for sample in [
        "SELECT count(*) FROM settings, queues",
        "SELECT count(*) FROM (SELECT * FROM tasks ORDER BY id DESC LIMIT 3)",
        "SELECT count(*) FROM (SELECT * FROM specs ORDER BY task DESC LIMIT 3)",
        "SELECT count(*) FROM (SELECT * FROM history ORDER BY task DESC LIMIT 3)",
        "SELECT count(*) FROM (SELECT * FROM events ORDER BY sequence DESC LIMIT 3)",
        "SELECT count(*) FROM tasks WHERE state IN ('running', 'queued')",
    ] {
        conn.query_row(sample, [], |_| Ok(())).map_err(refused)?;
    }
    Ok(())
}

/// A connection that leaves everything as it is. Without a log it makes no file at all; with one it reads the log, and
/// does not fold it into the database on the way out.
fn connect_to_look(database: &Path, header: Header) -> Result<Connection, OpenError> {
    let refused = |error| refused(database, error);
    if header.has_log {
        let conn = connect(database)?;
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
            .map_err(refused)?;
        return Ok(conn);
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let escape = |byte: &u8| match byte {
        b'/' | b'.' | b'-' | b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(*byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    let path: String = database.as_os_str().as_bytes().iter().map(escape).collect();
    // A relative path would be read as a host name after two slashes, so there are none.
    Connection::open_with_flags(format!("file:{path}?immutable=1"), flags).map_err(refused)
}

fn connect(database: &Path) -> Result<Connection, OpenError> {
    let refused = |error| refused(database, error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(database, flags).map_err(refused)?;
    conn.set_prepared_statement_cache_capacity(256);
    let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
         PRAGMA busy_timeout = 5000; PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY; \
         PRAGMA journal_size_limit = 67108864;";
    conn.execute_batch(settings).map_err(refused)?;
    Ok(conn)
}

/// The counts as stored, with the floor raised above every id that was ever given out.
fn tally(conn: &Connection, database: &Path, id_floor: u64) -> Result<Tally, OpenError> {
    let missing = || OpenError::Corrupt {
        path: database.to_owned(),
        detail: "its counts are missing".to_owned(),
    };
    let mut tally = Tally::load(conn)
        .map_err(|fault| fault_in(database, fault))?
        .ok_or_else(missing)?;
    let newest = conn.query_row("SELECT coalesce(max(id), 0) FROM tasks", [], |row| row.get(0));
    tally.raise_floor(newest.map_err(|error| refused(database, error))?);
    tally.raise_floor(stored(id_floor));
    Ok(tally)
}

fn in_file(path: &Path, error: io::Error) -> OpenError {
    let path = path.to_owned();
    match error.kind() {
        io::ErrorKind::PermissionDenied => OpenError::PermissionDenied { path },
        io::ErrorKind::ReadOnlyFilesystem => OpenError::ReadOnly { path },
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => OpenError::DiskFull { path },
        io::ErrorKind::NotADirectory => OpenError::NotAFolder { path },
        _ => OpenError::Disk {
            path,
            source: Arc::new(error),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_becomes_a_reason_with_a_hint() {
        for (kind, expected) in [
            (io::ErrorKind::PermissionDenied, "no permission to read and write /x"),
            (io::ErrorKind::ReadOnlyFilesystem, "/x is on a read-only file system"),
            (io::ErrorKind::StorageFull, "the disk of /x is full"),
            (io::ErrorKind::NotADirectory, "/x is not a folder"),
        ] {
            let error = in_file(Path::new("/x"), kind.into());
            assert_eq!(error.to_string(), expected);
            assert!(error.hint().is_some());
        }
    }
}
