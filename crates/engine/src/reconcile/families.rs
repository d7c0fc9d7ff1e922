//! Hunts active children of canceled parents.

use std::sync::Arc;

use longhaul_model::{State, StateName, TaskId};

use crate::family;
use crate::shared::Shared;

pub(crate) async fn run(shared: &Arc<Shared>) {
    let parents = shared.board().parents();
    for parent in parents {
        check(Arc::clone(shared), parent).await;
    }
}

/// The same for the children of one task.
pub(crate) async fn check(shared: Arc<Shared>, parent: TaskId) {
    if is_canceled(&shared, parent) {
        family::cancel_children(shared, parent).await;
    }
}

/// Whether a task is canceled, or will be as soon as its tree is gone.
pub(crate) fn is_canceled(shared: &Shared, task: TaskId) -> bool {
    let task = shared.task(task).ok().flatten();
    task.is_some_and(|task| match &task.life.state {
        State::Running(running) => running.stopping.is_some(),
        state => state.name() == StateName::Canceled,
    })
}
