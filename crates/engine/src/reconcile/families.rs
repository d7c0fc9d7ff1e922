//! Hunts active children of canceled parents.

use std::collections::BTreeSet;
use std::sync::Arc;

use longhaul_model::{State, StateName, Task, TaskId};

use crate::family;
use crate::shared::Shared;

pub(crate) async fn run(shared: &Arc<Shared>) {
    let parents: BTreeSet<TaskId> = shared.board().tasks().filter_map(|task| task.parent).collect();
    for parent in parents {
        check(Arc::clone(shared), parent).await;
    }
}

/// The same for the children of one task.
pub(crate) async fn check(shared: Arc<Shared>, parent: TaskId) {
    if shared
        .task(parent)
        .ok()
        .flatten()
        .is_some_and(|task| is_canceled(&task))
    {
        family::cancel_children(shared, parent).await;
    }
}

fn is_canceled(task: &Task) -> bool {
    match &task.life.state {
        State::Running(running) => running.stopping.is_some(),
        state => state.name() == StateName::Canceled,
    }
}
