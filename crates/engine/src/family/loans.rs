//! Slots lent to descendants, and telling the supervisor that its task waits through us.

use std::sync::{Arc, Mutex, PoisonError};

use longhaul_model::TaskId;
use longhaul_supervisor::AttemptFolder;

use crate::installation::Installation;
use crate::ledger::Ledger;
use crate::runtime::{blocking, spawn};

/// Lends slots.
pub(crate) struct Loans {
    installation: Arc<Installation>,
    ledger: Arc<Ledger>,
    /// One at a time, so that what the file says at last is so.
    busy_files: Mutex<()>,
}

/// A slot lent to a descendant for as long as this lives.
pub(crate) struct Loan {
    loans: Arc<Loans>,
    lender: TaskId,
    descendant: TaskId,
}

impl Loans {
    pub(crate) fn new(installation: &Arc<Installation>, ledger: &Arc<Ledger>) -> Self {
        Self {
            installation: Arc::clone(installation),
            ledger: Arc::clone(ledger),
            busy_files: Mutex::default(),
        }
    }

    /// Lends the slot of `lender`, which waits for `descendant`, and notes that it is not idle.
    pub(crate) fn lend(self: &Arc<Self>, lender: TaskId, descendant: TaskId) -> Loan {
        self.ledger.lend(lender, descendant);
        spawn(Arc::clone(self).tell_busy(lender));
        Loan {
            loans: Arc::clone(self),
            lender,
            descendant,
        }
    }

    /// Tells the supervisor, by a file, whether its task waits through us: then it is not idle.
    pub(crate) async fn tell_busy(self: Arc<Self>, task: TaskId) {
        let Some(fence) = self.ledger.active(task).map(|task| task.life.fence) else {
            return;
        };
        let path = AttemptFolder::at(self.installation.attempt_folder(task, fence)).busy_path();
        let tell = move || {
            let _one_at_a_time = self.busy_files.lock().unwrap_or_else(PoisonError::into_inner);
            let is_waiting = self.ledger.board().is_waiting_inside(task);
            // A file that cannot be changed now is looked at again in the next round.
            let _ = match (is_waiting, path.exists()) {
                (true, false) => std::fs::write(&path, ""),
                (false, true) => std::fs::remove_file(&path),
                (true, true) | (false, false) => Ok(()),
            };
        };
        blocking(tell).await;
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        self.loans.ledger.end_loan(self.lender, self.descendant);
        spawn(Arc::clone(&self.loans).tell_busy(self.lender));
    }
}
