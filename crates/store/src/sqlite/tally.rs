//! The running counts, and the highest numbers given out. Held by the writer, stored with every commit.

use longhaul_model::{StateName, Task, TaskId};
use rusqlite::Connection;

use crate::acts::{Counts, StoreFault};
use crate::sqlite::query;
use crate::sqlite::row::number;

/// What is counted. Copied before each request, so that one which is taken back is not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tally {
    states: [i64; StateName::ALL.len()],
    needs_attention: i64,
    newest_task: i64,
    newest_event: i64,
}

const COLUMNS: &str = "SELECT waiting, queued, running, completed, failed, canceled, interrupted, needs_attention, \
     newest_task, newest_event FROM tally WHERE one = 1";

impl Tally {
    /// The stored one; nothing if it is missing.
    pub(super) fn load(conn: &Connection) -> Result<Option<Self>, StoreFault> {
        query::one(conn, COLUMNS, [], |row| {
            let mut states = [0; StateName::ALL.len()];
            for (place, count) in states.iter_mut().enumerate() {
                *count = row.get(place)?;
            }
            Ok(Self {
                states,
                needs_attention: row.get(7)?,
                newest_task: row.get(8)?,
                newest_event: row.get(9)?,
            })
        })
    }

    pub(super) fn store(&self, conn: &Connection) -> Result<(), StoreFault> {
        let [waiting, queued, running, completed, failed, canceled, interrupted] = self.states;
        query::run(
            conn,
            "UPDATE tally SET waiting = ?1, queued = ?2, running = ?3, completed = ?4, failed = ?5, canceled = ?6, \
             interrupted = ?7, needs_attention = ?8, newest_task = ?9, newest_event = ?10 WHERE one = 1",
            (
                waiting,
                queued,
                running,
                completed,
                failed,
                canceled,
                interrupted,
                self.needs_attention,
                self.newest_task,
                self.newest_event,
            ),
        )?;
        Ok(())
    }

    /// No id up to `floor` is given out any more.
    pub(super) fn raise_floor(&mut self, floor: i64) {
        self.newest_task = self.newest_task.max(floor);
    }

    /// An id that was never given out; nothing if there is none left.
    pub(super) fn next_task(&mut self) -> Option<TaskId> {
        self.newest_task = self.newest_task.checked_add(1)?;
        TaskId::new(number(self.newest_task))
    }

    pub(super) fn next_event(&mut self) -> i64 {
        self.newest_event += 1;
        self.newest_event
    }

    pub(super) fn newest_event(&self) -> u64 {
        number(self.newest_event)
    }

    pub(super) fn finished(&self) -> u64 {
        let terminal = longhaul_model::TERMINAL
            .iter()
            .map(|state| self.states[*state as usize]);
        number(terminal.sum())
    }

    pub(super) fn added(&mut self, task: &Task) {
        self.count(task.state(), task.needs_attention(), 1);
    }

    pub(super) fn removed(&mut self, state: StateName, needed_attention: bool) {
        self.count(state, needed_attention, -1);
    }

    /// So many more need somebody; fewer if negative.
    pub(super) fn attention_changed(&mut self, by: i64) {
        self.needs_attention += by;
    }

    fn count(&mut self, state: StateName, needs_attention: bool, by: i64) {
        self.states[state as usize] += by;
        self.needs_attention += i64::from(needs_attention) * by;
    }
}

/// How many tasks there are.
pub(crate) fn counts(conn: &Connection) -> Result<Counts, StoreFault> {
    let missing = || StoreFault::Corrupt {
        detail: "the running counts are missing".to_owned(),
    };
    let tally = Tally::load(conn)?.ok_or_else(missing)?;
    Ok(Counts {
        states: tally.states.map(number),
        needs_attention: number(tally.needs_attention),
    })
}
