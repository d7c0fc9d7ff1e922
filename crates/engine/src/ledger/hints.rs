//! What the board is told that the store does not hold: ends about to be recorded, usage limits that somebody found, slots
//! that are lent. All of it is gone with the daemon, and found out again.

use std::sync::Arc;

use jiff::Timestamp;
use longhaul_model::{Task, TaskId, Verdict};

use super::consequence::Consequence;
use super::ledger::Ledger;

impl Ledger {
    /// Notes that the end of a running task is about to be recorded, and what it says about all others of its agent.
    pub(crate) fn note_ending(&self, task: TaskId, verdict: &Verdict, now: Timestamp) {
        let mut board = self.board_to_change();
        board.note_ending(task);
        let Some(task) = board.task(task).cloned() else { return };
        let Some(work) = task.spec.work.agent() else { return };
        match (verdict, task.started_at) {
            (Verdict::UsageLimitReached { until, .. }, _) => board.usage_limits.note(&work.agent, *until, now),
            (Verdict::Succeeded(_), Some(started_at)) => board.usage_limits.lift(&work.agent, started_at),
            _ => {}
        }
    }

    /// The queued tasks that would only find their agent's usage limit reached, and until when.
    pub(crate) fn usage_limited(&self, now: Timestamp) -> Vec<(TaskId, Timestamp)> {
        self.board_to_change().limited(now)
    }

    /// The waiting tasks whose time came, which then are not due again until something is known about them.
    pub(crate) fn take_due(&self, now: Timestamp) -> Vec<Arc<Task>> {
        let mut board = self.board_to_change();
        let due = board.due(now);
        due.into_iter().filter_map(|id| board.take_due(id)).collect()
    }

    /// Leaves a task alone whose record cannot be used.
    pub(crate) fn forget(&self, task: TaskId) {
        self.board_to_change().forget(task);
    }

    /// Notes that a task waits for a descendant of its own, which may start in its slot.
    pub(crate) fn lend(&self, lender: TaskId, descendant: TaskId) {
        self.board_to_change().lend(lender, descendant);
        self.emit(Consequence::Dispatch);
    }

    /// Notes that such a wait is over.
    pub(crate) fn end_loan(&self, lender: TaskId, descendant: TaskId) {
        self.board_to_change().end_loan(lender, descendant);
        self.emit(Consequence::Dispatch);
    }
}
