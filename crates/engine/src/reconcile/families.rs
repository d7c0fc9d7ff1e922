//! Hunts active children of canceled parents.

use std::collections::BTreeSet;
use std::sync::Arc;

use longhaul_model::{StateName, TaskId};

use crate::family;
use crate::shared::Shared;

pub(crate) async fn run(shared: &Arc<Shared>) {
    let parents: BTreeSet<TaskId> = shared.board().tasks().filter_map(|task| task.parent).collect();
    for parent in parents {
        if shared
            .task(parent)
            .ok()
            .flatten()
            .is_some_and(|task| is_canceled(&task))
        {
            family::cancel_children(Arc::clone(shared), parent).await;
        }
    }
}

fn is_canceled(task: &longhaul_model::Task) -> bool {
    match &task.life.state {
        longhaul_model::State::Running(running) => running.stopping.is_some(),
        state => state.name() == StateName::Canceled,
    }
}
