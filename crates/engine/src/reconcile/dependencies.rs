//! Hunts waiting tasks that depend on a task which is over, and were not told.

use longhaul_model::{Event, State, Task, TaskId, with_causes};

use crate::ledger::Ledger;

pub(super) async fn run(ledger: &Ledger) {
    let dependencies = ledger.board().dependencies();
    for dependency in dependencies {
        check_dependency(ledger, dependency).await;
    }
}

/// Checks what one waiting task depends on, right after it was stored: that may have ended in that moment.
pub(crate) async fn check(ledger: &Ledger, id: TaskId) {
    let Some(task) = ledger.active(id) else { return };
    let State::Waiting(waiting) = &task.life.state else {
        return;
    };
    for dependency in &waiting.waits.dependencies {
        check_dependency(ledger, *dependency).await;
    }
}

async fn check_dependency(ledger: &Ledger, dependency: TaskId) {
    // What is on the board is not over.
    if ledger.active(dependency).is_some() {
        return;
    }
    match ledger.stored().task(dependency).await {
        Ok(Some(task)) if task.life.state.is_terminal() => tell_dependents(ledger, &task).await,
        Ok(_) => {}
        Err(error) => {
            tracing::warn!(task = %dependency, error = %with_causes(&error), "could not read a task that others wait for");
        }
    }
}

/// Tells those that depend on a task which is over how it ended.
pub(crate) async fn tell_dependents(ledger: &Ledger, over: &Task) {
    let ended = Event::DependencyEnded {
        task: over.id,
        state: over.state(),
    };
    let dependents = ledger.board().dependents(over.id);
    let events = dependents.into_iter().map(|dependent| (dependent, ended.clone()));
    ledger.apply_events(events.collect()).await;
}
