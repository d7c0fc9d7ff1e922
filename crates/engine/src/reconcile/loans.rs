//! Hunts files that tell a supervisor that its task waits through us although it does not: the daemon it waited through
//! is gone, or the file could not be removed.

use std::sync::Arc;

use longhaul_model::TaskId;

use crate::family::Loans;
use crate::ledger::Ledger;

pub(super) async fn run(ledger: &Ledger, loans: &Arc<Loans>) {
    // Without an idle timeout nobody reads the file.
    let watched_for_idleness: Vec<TaskId> = {
        let board = ledger.board();
        let running = board.running().filter(|task| task.spec.idle_timeout_ms.is_some());
        running.map(|task| task.id).collect()
    };
    for task in watched_for_idleness {
        Arc::clone(loans).tell_busy(task).await;
    }
}
