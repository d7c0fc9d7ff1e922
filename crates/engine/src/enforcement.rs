//! Takes down what really keeps a running program from writing, as its supervisor recorded it.

use std::sync::Arc;
use std::time::Duration;

use longhaul_model::{Access, Facts, Fence, TaskId};
use longhaul_supervisor::{AttemptFolder, Level, Reached};

use crate::attempts::confinement;
use crate::shared::{Shared, blocking};

/// How soon the record is looked for again, at first and at most: steps before the program may take long.
const LOOK: Duration = Duration::from_millis(10);
const LONGEST_LOOK: Duration = Duration::from_secs(1);

/// What is told of a task by this.
pub(crate) fn tell(facts: &mut Facts, access: Access, reached: &Reached) {
    if access == Access::ReadOnly {
        facts.enforcement = Some(confinement::enforcement(reached.level));
        facts.enforcement_detail = Some(reached.detail.clone());
    } else if reached.level < Level::Kernel {
        facts.enforcement_detail = Some(reached.detail.clone());
    }
}

/// Waits for the record of one attempt, and stores it. Ends with the attempt.
pub(crate) async fn follow(shared: Arc<Shared>, id: TaskId, fence: Fence) {
    let mut pause = LOOK;
    loop {
        let is_watched = shared.watched().get(&id).is_some_and(|watched| watched.fence == fence);
        let Some(task) = shared.board().task(id).cloned().filter(|task| task.life.fence == fence) else {
            return;
        };
        if !is_watched || *shared.stopping.borrow() {
            return;
        }
        let folder = shared.attempt_folder(id, fence);
        let looked = blocking(move || AttemptFolder::at(folder).leader().ok().flatten()).await;
        if let Some(reached) = looked.flatten().and_then(|leader| leader.sandbox) {
            let access = task.spec.access;
            let told = |known: &Facts| {
                let mut facts = known.clone();
                tell(&mut facts, access, &reached);
                facts
            };
            // What cannot be kept now the receipt says again.
            shared.change_facts(id, fence, told).await;
            return;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_LOOK);
    }
}
