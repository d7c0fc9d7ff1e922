//! Which attempts have fewer rights than their user.

use std::sync::Arc;

use longhaul_model::{Fence, Task, TaskId};
use longhaul_supervisor::machine::Restricted;

use crate::ledger::Ledger;

/// The restricted attempts that run.
pub(super) async fn restricted_attempts(ledger: &Ledger) -> Vec<(TaskId, Fence)> {
    let running: Vec<Arc<Task>> = ledger.board().running().cloned().collect();
    let mut restricted = Vec::new();
    for task in running {
        if ledger.is_restricted(&task).await {
            restricted.push((task.id, task.life.fence));
        }
    }
    restricted
}

/// Whether a restricted task of this daemon runs, or anything that one of any daemon of this user has left behind. Looks
/// through all processes if none runs.
pub(super) async fn is_anybody_restricted(ledger: &Ledger) -> bool {
    !restricted_attempts(ledger).await.is_empty() || Restricted::now().are_any
}
