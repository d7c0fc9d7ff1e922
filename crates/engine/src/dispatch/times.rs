//! What the clock tells waiting tasks.

use std::sync::Arc;

use jiff::Timestamp;
use longhaul_model::{Event, Task, TaskId};

use crate::ledger::Ledger;
use crate::runtime::spawn;

/// Lets the time come for the waiting tasks whose time it is.
pub(super) fn wake_those_due(ledger: &Arc<Ledger>, now: Timestamp) {
    let due = ledger.take_due(now);
    if due.is_empty() {
        return;
    }
    let events = due.iter().flat_map(|task| events_of_time(task, now)).collect();
    let ledger = Arc::clone(ledger);
    spawn(async move { ledger.apply_events(events).await });
}

/// What the time tells a waiting task. A wait that ends in the same moment as its deadline has ended in time.
pub(crate) fn events_of_time(task: &Task, now: Timestamp) -> Vec<(TaskId, Event)> {
    let has_missed_deadline = task.life.deadline().is_some_and(|deadline| deadline <= now);
    let missed = has_missed_deadline.then_some((task.id, Event::DeadlinePassed));
    std::iter::once((task.id, Event::TimeCame)).chain(missed).collect()
}
