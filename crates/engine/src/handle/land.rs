//! Landing a worktree: whether it can be, and submitting it.

use std::sync::Arc;

use longhaul_model::{Actor, LandManner, StateName, Task, TaskId};
use longhaul_store::{InsertError, StoreFault};
use longhaul_worktrees::{Git, TreeError, check_git, landable, target};

use super::Handle;
use crate::installation::Installation;
use crate::ledger::Ledger;
use crate::programs::GitRunner;
use crate::runtime::blocking;
use crate::workspace::tree_of;

/// Why a worktree was neither landed nor given up. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum LandError {
    /// There is no such task.
    #[error("there is no task {0}")]
    Unknown(TaskId),
    /// Its state forbids it.
    #[error("task {task}, to which the worktree belongs, is {state}")]
    StateForbids {
        /// The task.
        task: TaskId,
        /// Its state.
        state: StateName,
    },
    /// Somebody lands it already.
    #[error("task {landing} lands it already")]
    Landing {
        /// The landing.
        landing: TaskId,
    },
    /// The state of things forbids it.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// The store did not take the landing.
    #[error(transparent)]
    Insert(#[from] InsertError),
    /// The store could not be read.
    #[error(transparent)]
    Read(#[from] StoreFault),
}

impl Handle {
    /// Submits the landing of a task's worktree, after a look whether it can succeed at all.
    pub async fn land(
        &self,
        id: TaskId,
        manner: LandManner,
        message: Option<String>,
        actor: Actor,
    ) -> Result<TaskId, LandError> {
        let task = idle_owner(&self.rooms.ledger, id).await?;
        let (installation, landed) = (Arc::clone(&self.rooms.installation), Arc::clone(&task));
        let looked = blocking(move || look(&installation, &landed, manner)).await;
        looked.ok_or(StoreFault::Closed)??;
        Ok(self
            .rooms
            .submitter
            .submit_landing(&task, manner, message, actor)
            .await?)
    }
}

/// The task to which the worktree of this one belongs now, if nobody works in it or lands it.
pub(super) async fn idle_owner(ledger: &Ledger, id: TaskId) -> Result<Arc<Task>, LandError> {
    let task = ledger.task(id).await?.ok_or(LandError::Unknown(id))?;
    let owner = ledger.owner_of_tree(&task).await?;
    if !owner.life.state.is_terminal() {
        return Err(LandError::StateForbids {
            task: owner.id,
            state: owner.state(),
        });
    }
    let tree = tree_of(&owner);
    // One of another chain may go on in it: by `--resume`.
    let user = ledger.board().tasks().find(|task| tree_of(task) == tree).cloned();
    if let Some(user) = user {
        return Err(LandError::StateForbids {
            task: user.id,
            state: user.state(),
        });
    }
    match ledger.landing_of(tree).await {
        Some(landing) => Err(LandError::Landing { landing: landing.id }),
        None => Ok(owner),
    }
}

/// Whether a landing can succeed, as far as a look can tell. The landing itself looks again.
fn look(installation: &Installation, task: &Task, manner: LandManner) -> Result<(), TreeError> {
    let (record, place) = landable(&installation.places(), tree_of(task).get())?;
    let runner = GitRunner::asking();
    let git = Git::at(&runner, &record.workspace);
    check_git(&git, manner)?;
    target(&git, &record, &place).map(drop)
}
