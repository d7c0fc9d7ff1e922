//! What the store is asked before an attempt is started: the sections that block afterwards have the answers already.
//!
//! What this is not: it changes nothing, and looks at nothing on disk but the records of worktrees.

use std::collections::BTreeMap;
use std::sync::Arc;

use longhaul_model::{Outcome, Reason, StateName, Task, with_causes};
use longhaul_worktrees::{Record, TreeError};

use super::owned::{Attempts, OwnedAttempt};
use super::start_error::StartError;
use crate::executors::Landed;
use crate::workspace::{HeldTree, TreeUse, has_worktree, tree_of};

/// The answers.
pub(super) struct Asked {
    /// The environment it was submitted with.
    pub(super) environment: BTreeMap<String, String>,
    /// Whether it has fewer rights than its user.
    pub(super) is_restricted: bool,
    /// What is to be landed; nothing for other kinds.
    pub(super) landed: Result<Option<Landed>, Outcome>,
    /// Who uses the worktree that it is to work in, and its lock, so that this stays so; nothing if it works in place.
    pub(super) tree: Option<(HeldTree, Result<TreeUse, TreeError>)>,
}

/// Asks for all that the start of this task's attempt depends on.
pub(super) async fn ask(attempt: &OwnedAttempt, task: &Task) -> Result<Asked, StartError> {
    let room = &attempt.room;
    let stored = room.ledger.stored().environment(task.id).await;
    let environment = stored.map_err(StartError::Environment)?.unwrap_or_default();
    let is_restricted = room.ledger.is_restricted(task).await;
    let landed = landed(room, task).await;
    let tree = if has_worktree(task) {
        let held = room.trees.hold(tree_of(task).get()).await;
        let tree_use = tree_use(room, task).await;
        Some((held, tree_use))
    } else {
        None
    };
    Ok(Asked {
        environment,
        is_restricted,
        landed,
        tree,
    })
}

/// Who uses the worktree that a task is to work in. Its lock is held.
async fn tree_use(room: &Attempts, task: &Task) -> Result<TreeUse, TreeError> {
    let tree = tree_of(task);
    let record = Record::read(&room.installation.places(), tree.get())?;
    let mut user = record.as_ref().map(|record| record.task);
    if let Some(other) = user
        && (other == task.id.get() || room.ledger.is_over(other).await)
    {
        user = None;
    }
    let is_running = |landing: &Arc<Task>| landing.state() == StateName::Running;
    Ok(TreeUse {
        user,
        landing: room
            .ledger
            .landing_of(tree)
            .await
            .filter(is_running)
            .map(|landing| landing.id),
        record,
    })
}

/// The task whose worktree is to be landed, and whether somebody began to work there again since; nothing for other kinds.
async fn landed(room: &Attempts, task: &Task) -> Result<Option<Landed>, Outcome> {
    let Some(landing) = task.spec.work.landing() else {
        return Ok(None);
    };
    let refuse = |why: String| Outcome::new(Reason::Setup, why);
    let landed = room.ledger.task(landing.task).await;
    let Some(landed) = landed.map_err(|fault| refuse(fault.to_string()))? else {
        return Ok(Some(Landed { task: None, user: None }));
    };
    let tree = tree_of(&landed);
    let _held = room.trees.hold(tree.get()).await;
    let record = Record::read(&room.installation.places(), tree.get());
    let mut user = record
        .map_err(|error| refuse(with_causes(&error)))?
        .map(|record| record.task);
    if let Some(other) = user
        && room.ledger.is_over(other).await
    {
        user = None;
    }
    Ok(Some(Landed {
        task: Some(landed),
        user,
    }))
}
