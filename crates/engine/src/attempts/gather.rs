//! What an attempt is started from: everything that is asked of others, before anything is planned.

use std::collections::BTreeMap;
use std::path::PathBuf;

use longhaul_model::{Access, Outcome, Reason, StateName, Task};
use longhaul_supervisor::AttemptFolder;
use longhaul_worktrees::{Record, TreeError};

use super::confinement;
use super::owned::OwnedAttempt;
use super::start_error::StartError;
use crate::causes::chain;
use crate::executors::{Brief, Landed};
use crate::homes::{self, Home};
use crate::ledger::Ledger;
use crate::workspace::{Arrangement, Site, TreeUse, arrange, has_worktree, tree_of};

/// What was gathered for one attempt.
pub(super) struct Gathered {
    /// The environment it was submitted with.
    pub(super) environment: BTreeMap<String, String>,
    pub(super) arrangement: Arrangement,
    /// The other homes of this user, of which a reader sees nothing.
    pub(super) other_homes: Vec<Home>,
    /// Whether it has fewer rights than its user.
    pub(super) is_restricted: bool,
    landed: Option<Landed>,
    task_folder: PathBuf,
    /// What it gets as `TMPDIR`.
    pub(super) tmp: PathBuf,
}

impl Gathered {
    /// What its executor is told.
    pub(super) fn brief<'a>(&'a self, attempt: &'a OwnedAttempt, task: &'a Task) -> Brief<'a> {
        let installation = &attempt.room.installation;
        Brief {
            installation,
            task,
            fence: attempt.fence(),
            environment: &self.environment,
            tmp: &self.tmp,
            folder: &self.task_folder,
            arrangement: &self.arrangement,
            landed: self.landed.as_ref(),
            enforced: confinement::enforcement(installation.machine.level),
        }
    }
}

/// Asks for all that an attempt of this task needs, and records the worktree that it is to have. Blocks.
pub(super) fn gather(attempt: &OwnedAttempt, task: &Task) -> Result<Gathered, StartError> {
    let room = &attempt.room;
    let stored = room.ledger.stored().environment(task.id);
    let environment = stored.map_err(StartError::Environment)?.unwrap_or_default();
    let site = Site {
        installation: &room.installation,
        task,
        fence: attempt.fence(),
        environment: &environment,
    };
    let arrangement = if has_worktree(task) {
        let tree = tree_of(task).get();
        room.trees.hold(tree, || arrange(&site, tree_use(&room.ledger, &site)))
    } else {
        arrange(&site, Ok(TreeUse::default()))
    };
    let arrangement = arrangement.map_err(StartError::Refused)?;
    Ok(Gathered {
        other_homes: match task.spec.access {
            Access::ReadOnly => homes::others(&room.installation.state),
            Access::Write | Access::Unmanaged => Vec::new(),
        },
        is_restricted: room.ledger.is_restricted(task),
        landed: landed(attempt, task).map_err(StartError::Refused)?,
        arrangement,
        task_folder: room.installation.task_folder(task.id),
        tmp: AttemptFolder::at(attempt.folder()).tmp_path(),
        environment,
    })
}

/// Who uses the worktree that a task is to work in. Its lock is held.
fn tree_use(ledger: &Ledger, site: &Site<'_>) -> Result<TreeUse, TreeError> {
    let tree = tree_of(site.task);
    let record = Record::read(&site.installation.places(), tree.get())?;
    let other = record.as_ref().map(|record| record.task);
    let is_running = |landing: &std::sync::Arc<Task>| landing.state() == StateName::Running;
    Ok(TreeUse {
        user: other.filter(|other| *other != site.task.id.get() && !ledger.is_over(*other)),
        landing: ledger.landing_of(tree).filter(is_running).map(|landing| landing.id),
        record,
    })
}

/// The task whose worktree is to be landed, and whether somebody began to work there again since; nothing for other kinds.
fn landed(attempt: &OwnedAttempt, task: &Task) -> Result<Option<Landed>, Outcome> {
    let Some(landing) = task.spec.work.landing() else {
        return Ok(None);
    };
    let (room, refuse) = (&attempt.room, |why: String| Outcome::new(Reason::Setup, why));
    let landed = room.ledger.task(landing.task);
    let landed = landed.map_err(|fault| refuse(fault.to_string()))?;
    let Some(landed) = landed else {
        return Ok(Some(Landed { task: None, user: None }));
    };
    let tree = tree_of(&landed).get();
    let user = room.trees.hold(tree, || {
        let record = Record::read(&room.installation.places(), tree);
        let record = record.map_err(|error| refuse(chain(&error)))?;
        let user = record.map(|record| record.task);
        Ok(user.filter(|user| !room.ledger.is_over(*user)))
    })?;
    Ok(Some(Landed {
        task: Some(landed),
        user,
    }))
}
