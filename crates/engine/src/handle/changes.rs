//! What a task changed.

use longhaul_model::{Access, Task, TaskId};
use longhaul_store::StoreFault;
use longhaul_worktrees::{Changes, Record, TreeError, changes};

use super::Handle;
use crate::programs::GitRunner;
use crate::runtime::blocking;
use crate::workspace::{ChangesError, tree_of};

impl Handle {
    /// What a task changed.
    pub async fn changes_of(&self, id: TaskId, with_hunks: bool) -> Result<Changes, ChangesError> {
        let task = self.rooms.ledger.task(id).await?.ok_or(ChangesError::Unknown(id))?;
        let places = self.rooms.installation.places();
        let told = blocking(move || {
            let tree = tree_of(&task).get();
            let record = Record::read(&places, tree).map_err(TreeError::from)?;
            match record {
                Some(record) => Ok(changes(&GitRunner::asking(), &record, with_hunks)?),
                None => Err(ChangesError::NotRecorded {
                    task: id,
                    why: why_not_recorded(&task),
                }),
            }
        });
        told.await.unwrap_or(Err(StoreFault::Closed.into()))
    }
}

fn why_not_recorded(task: &Task) -> &'static str {
    match (task.spec.access, task.spec.isolation) {
        (Access::Write, _) if task.life.attempt.0 == 0 => "it has not started yet",
        (Access::Write, _) => "it did not work in a git repository",
        _ => "only tasks run with --write or --worktree have them recorded",
    }
}
