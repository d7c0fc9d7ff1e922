//! Slots lent to descendants, and telling the supervisor that its task waits through us.

use std::sync::Arc;

use longhaul_model::TaskId;
use longhaul_supervisor::AttemptFolder;

use crate::dispatch::Input;
use crate::shared::{Shared, blocking, spawn};

/// A slot lent to a descendant for as long as this lives.
pub(crate) struct Loan {
    shared: Arc<Shared>,
    lender: TaskId,
    descendant: TaskId,
}

impl Loan {
    /// Lends the slot of `lender`, which waits for `descendant`, and notes that it is not idle.
    pub(crate) fn begin(shared: &Arc<Shared>, lender: TaskId, descendant: TaskId) -> Self {
        shared.board().lend(lender, descendant);
        shared.tell(Input::Dispatch);
        spawn(tell_busy(Arc::clone(shared), lender));
        Self {
            shared: Arc::clone(shared),
            lender,
            descendant,
        }
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        self.shared.board().end_loan(self.lender, self.descendant);
        spawn(tell_busy(Arc::clone(&self.shared), self.lender));
        self.shared.tell(Input::Dispatch);
    }
}

/// Tells the supervisor, by a file, whether its task waits through us: then it is not idle.
pub(crate) async fn tell_busy(shared: Arc<Shared>, task: TaskId) {
    let Some(fence) = shared.board().task(task).map(|task| task.life.fence) else {
        return;
    };
    let path = AttemptFolder::at(shared.attempt_folder(task, fence)).busy_path();
    let tell = move || {
        let _one_at_a_time = shared.busy_files.lock();
        let is_waiting = shared.board().is_waiting_inside(task);
        // A file that cannot be changed now is looked at again in the next round.
        let _ = match (is_waiting, path.exists()) {
            (true, false) => std::fs::write(&path, ""),
            (false, true) => std::fs::remove_file(&path),
            (true, true) | (false, false) => Ok(()),
        };
    };
    blocking(tell).await;
}
