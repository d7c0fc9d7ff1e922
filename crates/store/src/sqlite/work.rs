//! What an act works with: the write connection inside a transaction, and the counts.

use std::cell::RefCell;

use rusqlite::{Connection, Params, Row};

use crate::acts::StoreFault;
use crate::sqlite::query;
use crate::sqlite::tally::Tally;

/// One open transaction.
pub(crate) struct Work<'writer> {
    pub(super) conn: &'writer Connection,
    pub(super) tally: Tally,
    /// Why the database gave the whole transaction up; nothing while it stands.
    lost: RefCell<Option<StoreFault>>,
}

impl<'writer> Work<'writer> {
    pub(super) fn new(conn: &'writer Connection, tally: Tally) -> Self {
        Self {
            conn,
            tally,
            lost: RefCell::default(),
        }
    }

    /// Why nothing of this transaction is left: the database ends one by itself when the disk is full or fails.
    /// Nothing while it stands.
    pub(super) fn lost(&self) -> Option<StoreFault> {
        self.lost.borrow().clone()
    }

    fn noted<T>(&self, answer: Result<T, StoreFault>) -> Result<T, StoreFault> {
        if let Err(fault) = &answer
            && self.conn.is_autocommit()
        {
            self.lost.borrow_mut().get_or_insert_with(|| fault.clone());
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
    pub(super) fn alone<A, E: From<StoreFault>>(
        &mut self,
        act: impl FnOnce(&mut Self) -> Result<A, E>,
    ) -> Result<A, E> {
        let before = self.tally;
        self.run("SAVEPOINT alone", [])?;
        let answer = act(self);
        if answer.is_err() {
            self.tally = before;
            if self.lost.borrow().is_some() {
                return answer;
            }
            self.run("ROLLBACK TO alone", [])?;
        }
        self.run("RELEASE alone", [])?;
        answer
    }
}
