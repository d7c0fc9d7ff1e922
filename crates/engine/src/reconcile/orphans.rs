//! Hunts running attempts that nobody in this daemon looks after: those of an earlier daemon, and those whose watching
//! failed.

use std::sync::Arc;

use crate::attempts::{Care, adopt};
use crate::shared::Shared;

pub(crate) async fn run(shared: &Arc<Shared>) {
    // One look after the other is fast enough (some tens of microseconds each), and kind to the disk. What follows from
    // each may take its time, and is not waited for.
    for (task, fence) in shared.unwatched() {
        if let Some(care) = Care::take(shared, task, fence) {
            adopt(care).await;
        }
    }
}
