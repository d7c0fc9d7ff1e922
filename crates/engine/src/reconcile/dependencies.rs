//! Hunts waiting tasks that depend on a task which is over, and were not told.

use std::sync::Arc;

use longhaul_model::{Event, State, TaskId};

use crate::shared::{Shared, chain};

pub(crate) async fn run(shared: &Arc<Shared>) {
    let dependencies = shared.board().dependencies();
    for dependency in dependencies {
        tell_dependents(shared, dependency).await;
    }
}

/// The same for one waiting task, right after it was stored: what it depends on may have ended in that moment.
pub(crate) async fn check(shared: Arc<Shared>, id: TaskId) {
    let Some(task) = shared.board().task(id).cloned() else {
        return;
    };
    let State::Waiting(waiting) = &task.life.state else {
        return;
    };
    for dependency in &waiting.waits.dependencies {
        tell_dependents(&shared, *dependency).await;
    }
}

async fn tell_dependents(shared: &Arc<Shared>, dependency: TaskId) {
    // What is on the board is not over.
    if shared.board().task(dependency).is_some() {
        return;
    }
    let state = match shared.store.task(dependency) {
        Ok(Some(task)) if task.life.state.is_terminal() => task.state(),
        Ok(_) => return,
        Err(error) => {
            tracing::warn!(task = %dependency, error = %chain(&error), "could not read a task that others wait for");
            return;
        }
    };
    let ended = Event::DependencyEnded {
        task: dependency,
        state,
    };
    let dependents = shared.board().dependents(dependency);
    let events = dependents.into_iter().map(|dependent| (dependent, ended.clone()));
    shared.happen_to_all(events.collect()).await;
}
