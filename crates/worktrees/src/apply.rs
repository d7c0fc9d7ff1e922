//! The second half of a landing: index, working tree and branch of the workspace move from one commit to the next, all or
//! nothing.
//!
//! An intent is on disk before anything is touched, and git's index is locked, with our mark in the lock. The files change
//! first, then the branch by compare-and-set, then the index in one step. Whoever finds the intent goes forward if the
//! branch has moved, and back if it has not.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use longhaul_failpoint::failpoint;
use longhaul_model::with_causes;
use serde::{Deserialize, Serialize};

use crate::error::TreeError;
use crate::git::Git;
use crate::land::{LandOrder, Ready, landable};
use crate::names::{Places, reference};
use crate::record::{Record, TreeStatus};
use crate::runner::Runner;
use crate::snapshot::OwnIndex;
use crate::{blockers, file, remove, repository, settle};

/// How often a workspace whose index somebody else has locked is looked at again, and how long after each other.
const LOOKS: u32 = 50;
const BETWEEN_LOOKS: std::time::Duration = std::time::Duration::from_millis(200);

/// What a landing is about to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intent {
    /// The landing's task.
    pub task: u64,
    /// The worktree's record.
    pub tree: u64,
    /// The checkout that is changed.
    pub workspace: PathBuf,
    /// From what to what.
    pub ready: Ready,
}

impl Intent {
    fn mark(&self) -> String {
        format!("longhaul landing {}\n", self.task)
    }

    /// The intent of the landing of this worktree that was cut off; nothing if there is none.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn read(places: &Places, tree: u64) -> Result<Option<Self>, file::FileError> {
        file::read(&places.intent(tree))
    }
}

/// How an application went.
#[derive(Debug, PartialEq, Eq)]
pub enum Applied {
    /// The target has the changes now.
    Done,
    /// The target is not any more what was merged into; nothing was changed.
    Moved,
}

/// Brings a merge into the workspace.
///
/// # Errors
/// If it was refused or failed; then the workspace is as it was, or the intent is still there to bring it back.
pub fn apply(runner: &dyn Runner, order: &LandOrder, ready: &Ready) -> Result<Applied, TreeError> {
    let places = Places::of(&order.state);
    let (record, _) = landable(&places, order.tree)?;
    let git = Git::at(runner, &record.workspace);
    let intent = Intent {
        task: order.task,
        tree: order.tree,
        workspace: record.workspace.clone(),
        ready: ready.clone(),
    };
    file::write(&places.intent(order.tree), &intent)?;
    failpoint!("landing.intended");
    let lock = Lock::take(&git, &intent.mark())?;
    failpoint!("landing.locked");
    // Under the lock, once more: nobody can stage or commit from here on.
    let looked = look(&git, &record, ready);
    match looked {
        Ok(true) => {}
        Ok(false) | Err(_) => {
            drop(lock);
            file::remove(&places.intent(order.tree))?;
            return looked.map(|_| Applied::Moved);
        }
    }
    if let Err(error) = change(&git, ready, &lock) {
        // Back to where it was, as after a crash: with the lock still there.
        lock.leave();
        recover(runner, &places, order.tree)?;
        return Err(error);
    }
    drop(lock);
    settle_record(&places, &git, &intent)?;
    Ok(Applied::Done)
}

/// Whether the target is still what was merged into, and nothing is in the way.
fn look(git: &Git<'_>, record: &Record, ready: &Ready) -> Result<bool, TreeError> {
    let place = record
        .place
        .as_ref()
        .expect("invariant: what can be landed has a place");
    crate::land::target(git, record, place)?;
    if repository::tip(git, &ready.target)?.as_ref() != Some(&ready.old) {
        return Ok(false);
    }
    blockers::refuse(git, &ready.old, &ready.new)?;
    Ok(true)
}

fn change(git: &Git<'_>, ready: &Ready, lock: &Lock) -> Result<(), TreeError> {
    let index = OwnIndex::copy(git, "longhaul-landing")?;
    let own = index.git(git);
    own.run(&["update-index", "-q", "--refresh"], b"")?;
    own.act(&["read-tree", "-m", "-u", &ready.old, &ready.new])?;
    failpoint!("landing.files-changed");
    move_branch(git, ready)?;
    failpoint!("landing.branch-moved");
    own.run(&["update-index", "-q", "--refresh"], b"")?;
    lock.publish(&index.path)
}

fn move_branch(git: &Git<'_>, ready: &Ready) -> Result<(), TreeError> {
    let branch = format!("refs/heads/{}", ready.target);
    let words = ["update-ref", "-m", "longhaul: land", &branch, &ready.new, &ready.old];
    Ok(git.act(&words)?)
}

/// The target has the changes: the record says so, and the intent goes.
fn settle_record(places: &Places, git: &Git<'_>, intent: &Intent) -> Result<(), TreeError> {
    // The commits as the task made them stay for as long as its history does, whatever the landing made of them.
    repository::set(git, &reference(intent.tree, "final"), &intent.ready.tip)?;
    if let Some(mut record) = Record::read(places, intent.tree)? {
        if let Some(base) = common_base(git, &intent.ready)? {
            record.base = base;
        }
        record.standing = TreeStatus::Landed {
            commit: intent.ready.new.clone(),
            tip: intent.ready.tip.clone(),
        };
        record.write(places)?;
    }
    failpoint!("landing.recorded");
    file::remove(&places.intent(intent.tree))?;
    Ok(())
}

/// What of the target's own history the worktree began with, or took in since: its changes are told against that.
fn common_base(git: &Git<'_>, ready: &Ready) -> Result<Option<String>, TreeError> {
    Ok(git.maybe(&["merge-base", &ready.old, &ready.tip])?)
}

/// Removes the worktree of what has landed. What was written into it since is saved like anything else.
///
/// # Errors
/// If it could not be removed; it is still there then.
pub fn clear_landed(runner: &dyn Runner, places: &Places, tree: u64) -> Result<crate::Salvaged, TreeError> {
    let Some(mut record) = Record::read(places, tree)? else {
        return Ok(crate::Salvaged::default());
    };
    let standing = record.standing.clone();
    if !matches!(standing, TreeStatus::Landed { .. }) {
        return Ok(crate::Salvaged::default());
    }
    remove::remove(runner, places, &mut record, standing)
}

/// Records that the target has everything already.
///
/// # Errors
/// If it cannot be recorded.
pub(crate) fn record_nothing(runner: &dyn Runner, order: &LandOrder, commit: &str, tip: &str) -> Result<(), TreeError> {
    let places = Places::of(&order.state);
    let (mut record, _) = landable(&places, order.tree)?;
    repository::set(
        &Git::at(runner, &record.workspace),
        &reference(order.tree, "final"),
        tip,
    )?;
    record.standing = TreeStatus::Landed {
        commit: commit.to_owned(),
        tip: tip.to_owned(),
    };
    Ok(record.write(&places)?)
}

/// Ends a landing that was cut off: forward if the branch has moved, back if it has not. Says whether it landed; nothing
/// if there was none. Only when no landing of this worktree runs.
///
/// # Errors
/// If it cannot be ended now; the intent is still there.
pub fn recover(runner: &dyn Runner, places: &Places, tree: u64) -> Result<Option<bool>, TreeError> {
    let Some(intent) = Intent::read(places, tree)? else {
        return Ok(None);
    };
    let git = Git::at(runner, &intent.workspace);
    if !repository::is_checkout(&git) {
        return Err(TreeError::refused(
            format!("{} is no git checkout any more", intent.workspace.display()),
            format!("remove {} if that is right", places.intent(tree).display()),
        ));
    }
    let ready = &intent.ready;
    let tip = repository::tip(&git, &ready.target)?;
    let has_moved = match &tip {
        Some(tip) => repository::is_ancestor(&git, &ready.new, tip)?,
        None => false,
    };
    let is_current = repository::branch(&git)?.as_ref() == Some(&ready.target);
    let is_untouched = tip.as_ref().is_some_and(|tip| {
        *tip == if has_moved {
            ready.new.clone()
        } else {
            ready.old.clone()
        }
    });
    // With our lock still there nobody has worked here since. Without it, somebody may have gone on, on another branch or
    // by another commit: then the files are what they made of them.
    if Lock::is_there(&git, &intent.mark())? || (is_current && is_untouched) {
        let lock = Lock::take(&git, &intent.mark())?;
        let (goal, other) = if has_moved {
            (&ready.new, &ready.old)
        } else {
            (&ready.old, &ready.new)
        };
        let index = settle::settle(&git, goal, other)?;
        lock.publish(&index.path)?;
    }
    failpoint!("landing.recovered");
    if has_moved {
        settle_record(places, &git, &intent)?;
    } else {
        file::remove(&places.intent(tree))?;
    }
    Ok(Some(has_moved))
}

/// Git's lock on the index, with our mark in it, so that one left by a crash is known as ours.
struct Lock {
    path: PathBuf,
    index: PathBuf,
}

impl Lock {
    fn take(git: &Git<'_>, mark: &str) -> Result<Self, TreeError> {
        let index = repository::inside(git, "index")?;
        let path = index.with_file_name("index.lock");
        for _ in 0..LOOKS {
            match File::options().write(true).create_new(true).open(&path) {
                Ok(mut file) => {
                    let written = file.write_all(mark.as_bytes()).and_then(|()| file.sync_all());
                    written.map_err(|source| TreeError::Io {
                        path: path.clone(),
                        source,
                    })?;
                    return Ok(Self { path, index });
                }
                Err(_) if fs::read(&path).is_ok_and(|text| text == mark.as_bytes()) => return Ok(Self { path, index }),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => std::thread::sleep(BETWEEN_LOOKS),
                Err(source) => return Err(TreeError::Io { path, source }),
            }
        }
        Err(TreeError::refused(
            format!("another git command works in {}", git.folder().display()),
            format!("wait for it; if there is none, remove {}", path.display()),
        ))
    }

    /// Whether a lock of ours is there, left behind or held.
    fn is_there(git: &Git<'_>, mark: &str) -> Result<bool, TreeError> {
        let path = repository::inside(git, "index")?.with_file_name("index.lock");
        Ok(fs::read(&path).is_ok_and(|text| text == mark.as_bytes()))
    }

    /// Goes away and leaves the lock, for whoever brings things to an end.
    fn leave(self) {
        std::mem::forget(self);
    }

    /// Makes another file the index, in one step.
    fn publish(&self, new: &Path) -> Result<(), TreeError> {
        let publish = || -> std::io::Result<()> {
            File::open(new)?.sync_all()?;
            fs::rename(new, &self.index)
        };
        publish().map_err(|source| TreeError::Io {
            path: self.index.clone(),
            source,
        })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.path) {
            eprintln!(
                "longhaul: could not remove {}: {}",
                self.path.display(),
                with_causes(&error)
            );
        }
    }
}
