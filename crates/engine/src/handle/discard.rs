//! Giving a worktree up.

use std::sync::Arc;

use longhaul_model::TaskId;
use longhaul_store::StoreFault;
use longhaul_worktrees::{Places, Record, Salvaged, TreeError, TreeStatus, adopt, landable, remove};

use super::Handle;
use super::land::{LandError, idle_owner};
use crate::ledger::Ledger;
use crate::programs::GitRunner;
use crate::runtime::apart;
use crate::workspace::tree_of;

impl Handle {
    /// Gives a task's worktree up: what only it has is saved first. Gives the names of what was saved.
    pub async fn discard(&self, id: TaskId) -> Result<Salvaged, LandError> {
        let (ledger, places) = (Arc::clone(&self.rooms.ledger), self.rooms.installation.places());
        let tree = match idle_owner(&ledger, id).await {
            Ok(owner) => tree_of(&owner).get(),
            // A worktree may outlive the database that knew its task.
            Err(LandError::Unknown(_)) if places.record(id.get()).exists() || places.worktree(id.get()).exists() => {
                id.get()
            }
            Err(error) => return Err(error),
        };
        // Waited for out here: whoever has it may need a thread to be done with it.
        let held = self.rooms.trees.hold(tree).await;
        let discarded = apart(async move {
            let _held = held;
            discard_tree(&places, &ledger, id, tree).await
        });
        discarded.await.unwrap_or(Err(StoreFault::Closed.into()))
    }
}

/// Gives up the worktree of this number. Its lock is held. Blocks between its questions: whom it asks for is known from
/// its record.
async fn discard_tree(places: &Places, ledger: &Ledger, id: TaskId, tree: u64) -> Result<Salvaged, LandError> {
    let known = Record::read(places, tree).map_err(TreeError::from)?;
    let mut record = match known {
        Some(record) if record.place.is_some() => record,
        _ if places.worktree(tree).exists() => adopt(&GitRunner::acting(), places, tree)?,
        _ => {
            let refused = TreeError::Refused {
                message: format!("task {id} has no worktree"),
                hint: "only tasks run with --worktree have something to discard".to_owned(),
            };
            return Err(refused.into());
        }
    };
    if let Some(user) = TaskId::new(record.task)
        && let Some(user) = ledger.task(user).await?.filter(|user| !user.life.state.is_terminal())
    {
        return Err(LandError::StateForbids {
            task: user.id,
            state: user.state(),
        });
    }
    match &record.standing {
        TreeStatus::Discarded => return Ok(record.salvaged.unwrap_or_default()),
        TreeStatus::Landed { .. } if !record.is_present() => {
            return Err(landable(places, tree)
                .expect_err("what has landed cannot be landed")
                .into());
        }
        _ => {}
    }
    let standing = match &record.standing {
        landed @ TreeStatus::Landed { .. } => landed.clone(),
        _ => TreeStatus::Discarded,
    };
    Ok(remove(&GitRunner::acting(), places, &mut record, standing)?)
}
