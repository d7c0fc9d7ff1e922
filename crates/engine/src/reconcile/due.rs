//! Hunts waiting tasks whose time came or whose deadline passed without their being told.

use std::sync::Arc;

use crate::dispatch::events_of_time;
use crate::shared::Shared;

pub(crate) async fn run(shared: &Arc<Shared>) {
    let now = shared.clock.now();
    let events = {
        let board = shared.board();
        let due = board.tasks().filter(|task| task.life.is_due(now));
        due.flat_map(|task| events_of_time(task, now)).collect()
    };
    shared.happen_to_all(events).await;
}
