//! Hunts waiting tasks whose time came or whose deadline passed without their being told.

use jiff::Timestamp;

use crate::dispatch::events_of_time;
use crate::ledger::Ledger;

pub(super) async fn run(ledger: &Ledger, now: Timestamp) {
    let events = {
        let board = ledger.board();
        let due = board.tasks().filter(|task| task.life.is_due(now));
        due.flat_map(|task| events_of_time(task, now)).collect()
    };
    ledger.apply_events(events).await;
}
