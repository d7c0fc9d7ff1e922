//! Hunts running attempts that nobody in this daemon looks after: those of an earlier daemon, and those whose watching
//! failed.

use std::sync::Arc;

use crate::attempts;
use crate::shared::Shared;

pub(crate) async fn run(shared: &Arc<Shared>) {
    // One after the other is fast enough (a look costs some tens of microseconds), and kind to the disk.
    for (task, fence) in shared.unwatched() {
        attempts::settle(Arc::clone(shared), task, fence).await;
    }
}
