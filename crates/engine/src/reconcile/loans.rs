//! Hunts files that tell a supervisor that its task waits through us although it does not: the daemon it waited through
//! is gone, or the file could not be removed.

use std::sync::Arc;

use longhaul_model::TaskId;

use crate::family;
use crate::shared::Shared;

pub(crate) async fn run(shared: &Arc<Shared>) {
    // Without an idle timeout nobody reads the file.
    let watched_for_idleness: Vec<TaskId> = {
        let board = shared.board();
        let running = board.running().filter(|task| task.spec.idle_timeout_ms.is_some());
        running.map(|task| task.id).collect()
    };
    for task in watched_for_idleness {
        family::tell_busy(Arc::clone(shared), task).await;
    }
}
