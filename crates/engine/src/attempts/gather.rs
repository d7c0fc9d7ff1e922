//! What an attempt is started from, all of it, before anything is planned.

use std::collections::BTreeMap;
use std::path::PathBuf;

use longhaul_model::{Access, Task};
use longhaul_supervisor::AttemptFolder;

use super::ask::Asked;
use super::confinement;
use super::owned::OwnedAttempt;
use super::start_error::StartError;
use crate::executors::{Brief, Landed};
use crate::homes::{self, Home};
use crate::workspace::{Arrangement, Site, TreeUse, arrange};

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

/// Puts together what was asked and what lies on disk, and records the worktree that the attempt is to have. Blocks.
pub(super) fn gather(attempt: &OwnedAttempt, task: &Task, asked: Asked) -> Result<Gathered, StartError> {
    let room = &attempt.room;
    let Asked {
        environment,
        is_restricted,
        landed,
        tree,
    } = asked;
    let site = Site {
        installation: &room.installation,
        task,
        fence: attempt.fence(),
        environment: &environment,
    };
    let arrangement = match tree {
        Some((held, tree_use)) => {
            let arrangement = arrange(&site, tree_use);
            drop(held);
            arrangement
        }
        None => arrange(&site, Ok(TreeUse::default())),
    };
    let arrangement = arrangement.map_err(StartError::Refused)?;
    Ok(Gathered {
        other_homes: match task.spec.access {
            Access::ReadOnly => homes::others(&room.installation.state),
            Access::Write | Access::Unmanaged => Vec::new(),
        },
        is_restricted,
        landed: landed.map_err(StartError::Refused)?,
        arrangement,
        task_folder: room.installation.task_folder(task.id),
        tmp: AttemptFolder::at(attempt.folder()).tmp_path(),
        environment,
    })
}
