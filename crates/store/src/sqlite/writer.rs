//! The one thread that writes.
//!
//! Requests wait in two bounded lanes. The thread takes everything that waits (the urgent lane first, about a thousand
//! at most), does it in one transaction, each request taken back alone if it fails, and answers only after the COMMIT:
//! many waiting clients share one sync of the disk, and a single one never waits for company. Requests are done without
//! savepoints; if one fails after it wrote something, the whole group is taken back and done again with them.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use longhaul_failpoint::failpoint;
use rusqlite::Connection;
use tokio::sync::{oneshot, watch};

use crate::acts::StoreFault;
use crate::sqlite::tally::Tally;
use crate::sqlite::work::{RequestIsolation, Work};

/// How many requests share one commit at most.
const GROUP: usize = 1_000;
/// How many ordinary requests may wait.
const NORMAL_LANE: usize = 4_096;
/// How many urgent ones may: more than any machine runs attempts, and still not memory without bound.
const URGENT_LANE: usize = 65_536;

/// Which lane a request waits in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Claims, ends and cancels: done first.
    Urgent,
    /// All else.
    Normal,
}

/// One request on its way.
trait Request: Send {
    /// Done once more if the first time was taken back.
    fn act(&mut self, work: &mut Work<'_>);
    fn answer(self: Box<Self>, committed: Result<(), StoreFault>);
}

struct Pending<F, A, E> {
    act: F,
    answer: Option<Result<A, E>>,
    reply: oneshot::Sender<Result<A, E>>,
}

impl<F, A, E> Request for Pending<F, A, E>
where
    F: FnMut(&mut Work<'_>) -> Result<A, E> + Send,
    A: Send,
    E: From<StoreFault> + Send,
{
    fn act(&mut self, work: &mut Work<'_>) {
        self.answer = Some(work.isolated(&mut self.act));
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreFault>) {
        // Even a refusal may rest on what an earlier request of the same lost group did.
        let answer = match (committed, self.answer) {
            (Ok(()), Some(answer)) => answer,
            (Ok(()), None) => Err(StoreFault::Closed.into()),
            (Err(fault), _) => Err(fault.into()),
        };
        // Whoever asked may have gone; what was done stays done.
        let _ = self.reply.send(answer);
    }
}

#[derive(Default)]
struct Lanes {
    urgent: VecDeque<Box<dyn Request>>,
    normal: VecDeque<Box<dyn Request>>,
    closed: bool,
}

#[derive(Default)]
struct Inbox {
    lanes: Mutex<Lanes>,
    arrived: Condvar,
}

impl Inbox {
    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, lane: Lane, request: Box<dyn Request>) -> Result<(), StoreFault> {
        let mut lanes = self.lanes();
        if lanes.closed {
            return Err(StoreFault::Closed);
        }
        let (line, room) = match lane {
            Lane::Urgent => (&mut lanes.urgent, URGENT_LANE),
            Lane::Normal => (&mut lanes.normal, NORMAL_LANE),
        };
        if line.len() >= room {
            return Err(StoreFault::Busy);
        }
        line.push_back(request);
        self.arrived.notify_one();
        Ok(())
    }

    /// What waits, urgent first; nothing once the inbox is closed and empty. Waits for the first to arrive.
    fn take(&self) -> Option<Vec<Box<dyn Request>>> {
        let mut lanes = self.lanes();
        while lanes.urgent.is_empty() && lanes.normal.is_empty() {
            if lanes.closed {
                return None;
            }
            lanes = self.arrived.wait(lanes).unwrap_or_else(PoisonError::into_inner);
        }
        let urgent = lanes.urgent.len().min(GROUP);
        let mut group: Vec<_> = lanes.urgent.drain(..urgent).collect();
        let normal = lanes.normal.len().min(GROUP - urgent);
        group.extend(lanes.normal.drain(..normal));
        Some(group)
    }

    /// Refuses what comes from now on.
    fn close(&self) {
        self.lanes().closed = true;
        self.arrived.notify_all();
    }
}

/// The writing side of an open store.
pub(super) struct Writer {
    inbox: Arc<Inbox>,
    changes: watch::Receiver<u64>,
    thread: Mutex<Option<JoinHandle<Result<(), StoreFault>>>>,
}

impl Writer {
    /// Starts the thread, which owns `conn` from now on.
    pub(super) fn start(conn: Connection, tally: Tally) -> io::Result<Self> {
        let inbox = Arc::new(Inbox::default());
        let (announce, changes) = watch::channel(tally.newest_event());
        let of_thread = Arc::clone(&inbox);
        let write = move || {
            // Also if an act panics: nobody must wait for a thread that is gone.
            let _closing = CloseOnDrop(Arc::clone(&of_thread));
            Thread { conn, tally, announce }.run(&of_thread)
        };
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(write)?;
        Ok(Self {
            inbox,
            changes,
            thread: Mutex::new(Some(thread)),
        })
    }

    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.clone()
    }

    /// Hands `act` to the thread and waits for the commit.
    pub(super) async fn write<A, E>(
        &self,
        lane: Lane,
        act: impl FnMut(&mut Work<'_>) -> Result<A, E> + Send + 'static,
    ) -> Result<A, E>
    where
        A: Send + 'static,
        E: From<StoreFault> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.inbox.put(
            lane,
            Box::new(Pending {
                act,
                answer: None,
                reply,
            }),
        )?;
        answer.await.unwrap_or_else(|_| Err(StoreFault::Closed.into()))
    }

    /// Does what waits, folds the log into the file and ends the thread. A second call does nothing.
    pub(super) fn close(&self) -> Result<(), StoreFault> {
        self.inbox.close();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        thread.map_or(Ok(()), |thread| thread.join().unwrap_or(Err(StoreFault::Closed)))
    }
}

struct CloseOnDrop(Arc<Inbox>);

impl Drop for CloseOnDrop {
    fn drop(&mut self) {
        self.0.close();
        let mut lanes = self.0.lanes();
        lanes.urgent.clear();
        lanes.normal.clear();
    }
}

struct Thread {
    conn: Connection,
    tally: Tally,
    announce: watch::Sender<u64>,
}

impl Thread {
    fn run(mut self, inbox: &Inbox) -> Result<(), StoreFault> {
        while let Some(mut group) = inbox.take() {
            let committed = self.commit(&mut group);
            for request in group {
                request.answer(committed.clone());
            }
        }
        // A reader that is still busy makes this a partial fold; the next start does the rest.
        self.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        self.conn.close().map_err(|(_, error)| error.into())
    }

    /// All of the group or nothing of it. Whatever the answer, no transaction is open afterwards.
    fn commit(&mut self, group: &mut [Box<dyn Request>]) -> Result<(), StoreFault> {
        let mut tally = self.transact(group, RequestIsolation::Optimistic)?;
        if tally.is_none() {
            tally = self.transact(group, RequestIsolation::Savepoint)?;
        }
        let Some(tally) = tally else {
            return Err(StoreFault::Closed);
        };
        if tally.newest_event() != self.tally.newest_event() {
            self.announce.send_replace(tally.newest_event());
        }
        self.tally = tally;
        Ok(())
    }

    /// Nothing if a request failed in the middle: then all was taken back, and wants to be done again carefully.
    fn transact(
        &self,
        group: &mut [Box<dyn Request>],
        isolation: RequestIsolation,
    ) -> Result<Option<Tally>, StoreFault> {
        let answer = self.attempt(group, isolation);
        if !self.conn.is_autocommit() {
            self.conn.execute_batch("ROLLBACK")?;
        }
        answer
    }

    fn attempt(
        &self,
        group: &mut [Box<dyn Request>],
        isolation: RequestIsolation,
    ) -> Result<Option<Tally>, StoreFault> {
        let mut work = Work::new(&self.conn, self.tally, isolation);
        work.run("BEGIN IMMEDIATE", [])?;
        for request in group {
            request.act(&mut work);
            if let Some(fault) = work.transaction_lost() {
                return Err(fault);
            }
            if work.is_dirty() {
                return Ok(None);
            }
        }
        if work.tally != self.tally {
            work.tally.store(&self.conn)?;
        }
        failpoint!("store.before-commit");
        work.run("COMMIT", [])?;
        failpoint!("store.after-commit");
        Ok(Some(work.tally))
    }
}
