//! Hunts running tasks that were asked to stop and still run: their supervisor is asked again, and whether their tree
//! refuses to die is noted.

use std::sync::Arc;

use longhaul_model::{State, Task};
use longhaul_store::{Fact, FactsAmend};
use longhaul_supervisor::AttemptFolder;

use crate::attempts::Attempts;
use crate::runtime::blocking;

pub(super) async fn run(attempts: &Attempts) {
    let running: Vec<Arc<Task>> = attempts.ledger.board().running().cloned().collect();
    for task in running {
        let State::Running(running) = &task.life.state else {
            continue;
        };
        if running.stopping.is_some() {
            attempts.stop(task.id, task.life.fence).await;
        }
        note_unkillable(attempts, &task).await;
    }
}

async fn note_unkillable(attempts: &Attempts, task: &Task) {
    let folder = attempts.installation.attempt_folder(task.id, task.life.fence);
    let path = AttemptFolder::at(folder).unkillable_path();
    let Some(is_unkillable) = blocking(move || path.exists()).await else {
        return;
    };
    if is_unkillable == task.facts.unkillable_since.is_some() {
        return;
    }
    if is_unkillable {
        tracing::error!(task = %task.id, "processes of a task refuse to die; its slot stays taken");
    }
    let now = attempts.installation.clock.now();
    let amend = FactsAmend {
        task: task.id,
        fence: task.life.fence,
        facts: vec![Fact::Unkillable(is_unkillable.then_some(now))],
        at: now,
    };
    // What cannot be kept now is found again in the next round.
    let _ = attempts.ledger.amend(amend).await;
}
