//! What an act works with: the write connection inside a transaction, and the counts.

use std::cell::RefCell;

use rusqlite::{Connection, Params, Row};

use crate::acts::StoreFault;
use crate::sqlite::query;
use crate::sqlite::tally::Tally;

/// How the requests of a group are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RequestIsolation {
    /// Not at all, as long as none fails after it wrote something; refusals come before that. A savepoint each would
    /// halve what a group can do: it copies every page that is touched, and cuts the search index into small pieces.
    Optimistic,
    /// By a savepoint each.
    Savepoint,
}

/// One open transaction.
pub(crate) struct Work<'writer> {
    pub(super) conn: &'writer Connection,
    pub(super) tally: Tally,
    isolation: RequestIsolation,
    /// Whether a request failed after it wrote something, and nothing can take that back alone.
    dirty: bool,
    /// Why the database gave the whole transaction up; nothing while it stands.
    transaction_lost: RefCell<Option<StoreFault>>,
}

impl<'writer> Work<'writer> {
    pub(super) fn new(conn: &'writer Connection, tally: Tally, isolation: RequestIsolation) -> Self {
        Self {
            conn,
            tally,
            isolation,
            dirty: false,
            transaction_lost: RefCell::default(),
        }
    }

    /// Why nothing of this transaction is left: the database ends one by itself when the disk is full or fails.
    /// Nothing while it stands.
    pub(super) fn transaction_lost(&self) -> Option<StoreFault> {
        self.transaction_lost.borrow().clone()
    }

    /// Whether the transaction must not be committed, but done again carefully.
    pub(super) fn is_dirty(&self) -> bool {
        self.dirty
    }

    fn noted<T>(&self, answer: Result<T, StoreFault>) -> Result<T, StoreFault> {
        if let Err(fault) = &answer
            && self.conn.is_autocommit()
        {
            self.transaction_lost.borrow_mut().get_or_insert_with(|| fault.clone());
        }
        answer
    }

    pub(super) fn run(&self, sql: &str, params: impl Params) -> Result<usize, StoreFault> {
        self.noted(query::run(self.conn, sql, params))
    }

    pub(super) fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreFault> {
        self.noted(query::one(self.conn, sql, params, read))
    }

    pub(super) fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreFault> {
        self.noted(query::all(self.conn, sql, params, read))
    }

    /// Does `act`, and takes back all of it if it fails.
    pub(super) fn isolated<A, E: From<StoreFault>>(
        &mut self,
        act: impl FnOnce(&mut Self) -> Result<A, E>,
    ) -> Result<A, E> {
        let before = self.tally;
        let changes = self.conn.total_changes();
        if self.isolation == RequestIsolation::Savepoint {
            self.run("SAVEPOINT request", [])?;
        }
        let answer = act(self);
        if answer.is_err() {
            self.tally = before;
        }
        match self.isolation {
            RequestIsolation::Optimistic => self.dirty |= answer.is_err() && self.conn.total_changes() != changes,
            RequestIsolation::Savepoint if self.transaction_lost().is_some() => {}
            RequestIsolation::Savepoint => {
                if answer.is_err() {
                    self.run("ROLLBACK TO request", [])?;
                }
                self.run("RELEASE request", [])?;
            }
        }
        answer
    }
}
