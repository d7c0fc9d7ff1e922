//! Connections that only read. A few are kept; a burst waits for one to come back.

use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OpenFlags};

use crate::acts::StoreFault;

/// More would only wait for each other's memory; the daemon has two workers.
const CONNECTIONS: usize = 4;

/// The reading side of an open store.
pub(super) struct Readers {
    database: PathBuf,
    pool: Mutex<Pool>,
    returned: Condvar,
}

#[derive(Default)]
struct Pool {
    idle: Vec<Connection>,
    lent: usize,
    closed: bool,
}

impl Readers {
    pub(super) fn new(database: &Path) -> Self {
        Self {
            database: database.to_owned(),
            pool: Mutex::default(),
            returned: Condvar::new(),
        }
    }

    /// Asks within one snapshot of the database.
    pub(super) fn read<T>(&self, ask: impl FnOnce(&Connection) -> Result<T, StoreFault>) -> Result<T, StoreFault> {
        let loan = self.lend()?;
        let conn = loan.conn();
        let snapshot = conn.unchecked_transaction()?;
        let answer = ask(&snapshot);
        snapshot.finish()?;
        answer
    }

    /// Refuses new reads and waits for those on their way.
    pub(super) fn close(&self) {
        let mut pool = self.pool();
        pool.closed = true;
        pool.idle.clear();
        self.returned.notify_all();
        while pool.lent > 0 {
            pool = self.returned.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lend(&self) -> Result<Loan<'_>, StoreFault> {
        let mut pool = self.pool();
        loop {
            if pool.closed {
                return Err(StoreFault::Closed);
            }
            if let Some(conn) = pool.idle.pop() {
                pool.lent += 1;
                return Ok(Loan {
                    readers: self,
                    conn: Some(conn),
                });
            }
            if pool.lent < CONNECTIONS {
                pool.lent += 1;
                drop(pool);
                // Counted before it is open, so that a failure gives the place back.
                let mut loan = Loan {
                    readers: self,
                    conn: None,
                };
                loan.conn = Some(open(&self.database)?);
                return Ok(loan);
            }
            pool = self.returned.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

struct Loan<'pool> {
    readers: &'pool Readers,
    conn: Option<Connection>,
}

impl Loan<'_> {
    fn conn(&self) -> &Connection {
        self.conn
            .as_ref()
            .expect("invariant: a loan that was given out has its connection")
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        let mut pool = self.readers.pool();
        pool.lent -= 1;
        if !pool.closed {
            pool.idle.extend(self.conn.take());
        }
        drop(pool);
        self.readers.returned.notify_all();
    }
}

fn open(database: &Path) -> rusqlite::Result<Connection> {
    let conn = Connection::open_with_flags(
        database,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    conn.set_prepared_statement_cache_capacity(64);
    conn.execute_batch("PRAGMA busy_timeout = 5000; PRAGMA cache_size = -2000; PRAGMA temp_store = MEMORY;")?;
    Ok(conn)
}
