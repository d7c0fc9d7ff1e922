//! Hunts running attempts that nobody in this daemon supervises: those of an earlier daemon, and those whose supervision
//! failed.

use std::sync::Arc;

use crate::attempts::Attempts;

pub(crate) async fn run(attempts: &Arc<Attempts>) {
    // One look after the other is fast enough (some tens of microseconds each), and kind to the disk. What follows from
    // each may take its time, and is not waited for.
    for (task, fence) in attempts.ledger.unsupervised() {
        if let Some(guard) = attempts.ledger.take_up(task, fence) {
            attempts.adopt(guard).await;
        }
    }
}
