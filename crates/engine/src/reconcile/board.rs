//! Hunts differences between the board and the store. There should be none: every answer of the store is taken in.

use std::sync::Arc;

use crate::shared::{Shared, blocking, chain};

pub(crate) async fn run(shared: &Arc<Shared>) {
    // Taken before the store is read: what comes on the board meanwhile is news to both.
    let known_before = shared.board().ids();
    let held = Arc::clone(shared);
    match blocking(move || held.store.active_tasks()).await {
        Some(Ok(active)) if active.damaged.is_empty() => shared.board().replace(active.tasks, &known_before),
        Some(Ok(active)) => {
            for damaged in active.damaged {
                tracing::error!(%damaged, "a task cannot be read; it is left as it is");
            }
        }
        Some(Err(fault)) => tracing::warn!(error = %chain(&fault), "could not compare the board with the store"),
        None => {}
    }
}
