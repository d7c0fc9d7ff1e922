//! Hunts running tasks that were asked to stop and still run: their supervisor is asked again, and whether their tree
//! refuses to die is noted.

use std::sync::Arc;

use jiff::Timestamp;
use longhaul_model::{Facts, State, Task};
use longhaul_store::FactsSet;
use longhaul_supervisor::AttemptFolder;

use crate::attempts;
use crate::shared::{Shared, blocking};

pub(crate) async fn run(shared: &Arc<Shared>) {
    let running: Vec<Arc<Task>> = shared.board().running().cloned().collect();
    for task in running {
        let State::Running(running) = &task.life.state else {
            continue;
        };
        if running.stopping.is_some() {
            attempts::stop(Arc::clone(shared), task.id, task.life.fence).await;
        }
        note_unkillable(shared, &task).await;
    }
}

async fn note_unkillable(shared: &Arc<Shared>, task: &Task) {
    let path = AttemptFolder::at(shared.attempt_folder(task.id, task.life.fence)).unkillable_path();
    let Some(is_unkillable) = blocking(move || path.exists()).await else {
        return;
    };
    let unkillable_since: Option<Timestamp> = match (task.facts.unkillable_since, is_unkillable) {
        (known, true) => known.or_else(|| Some(shared.clock.now())),
        (_, false) => None,
    };
    if unkillable_since == task.facts.unkillable_since {
        return;
    }
    if is_unkillable {
        tracing::error!(task = %task.id, "processes of a task refuse to die; its slot stays taken");
    }
    let facts = Facts {
        unkillable_since,
        ..task.facts.clone()
    };
    let set = FactsSet {
        task: task.id,
        fence: task.life.fence,
        facts,
        at: shared.clock.now(),
    };
    if shared.store.facts_set(set).await.is_ok()
        && let Ok(Some(task)) = shared.store.task(task.id)
    {
        shared.note(Arc::new(task));
    }
}
