//! What is known of a worktree, or of what a task changed in place: written before anything is made, so that nothing is
//! ever there that nobody knows of.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::file::{self, FileError};
use crate::names::Places;

/// One worktree, or the changes of one writer in place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The file's version.
    pub version: u32,
    /// The first task that worked in it, which names it.
    pub tree: u64,
    /// The newest task that worked in it, to which it belongs.
    pub task: u64,
    /// The task's name as a part of names.
    pub slug: String,
    /// The workspace it was made from: the root of a git checkout.
    pub workspace: PathBuf,
    /// Where it stands.
    pub standing: TreeStatus,
    /// The worktree itself; nothing for changes in place.
    pub place: Option<Place>,
    /// The commit it was made from, or the tree that the workspace held before.
    pub base: String,
    /// Whether the newest task has left it in order: its last step was done.
    #[serde(default)]
    pub is_left: bool,
    /// What was saved of it when it was removed.
    #[serde(default)]
    pub salvaged: Option<Salvaged>,
    /// When it was made, in microseconds since 1970.
    #[serde(default)]
    pub made_at_us: i64,
}

/// Where a worktree lies and what it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Its folder; absolute.
    pub path: PathBuf,
    /// Its branch.
    pub branch: String,
    /// The branch it is to land on; nothing if the workspace had none checked out.
    pub target: Option<String>,
}

/// Where a worktree stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is", deny_unknown_fields)]
pub enum TreeStatus {
    /// It is being made; no program has been let in, so nothing in it is anybody's work.
    Preparing,
    /// Programs work or worked in it.
    Ready,
    /// Its changes are part of its target.
    Landed {
        /// The commit that brought them in.
        commit: String,
        /// What the worktree's branch was then.
        tip: String,
    },
    /// It was given up, after what was in it had been saved.
    Discarded,
}

/// What was saved of a worktree.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Salvaged {
    /// The branch with its commits and its uncommitted files; nothing if another branch has all of it.
    pub branch: Option<String>,
    /// The patch with the same; nothing as above.
    pub patch: Option<PathBuf>,
    /// Bundles of repositories that lay inside it.
    pub bundles: Vec<PathBuf>,
}

impl Salvaged {
    /// Whether there was nothing to save.
    pub fn is_nothing(&self) -> bool {
        self.branch.is_none() && self.bundles.is_empty()
    }
}

impl Record {
    /// The version that this build writes and reads.
    pub const VERSION: u32 = 1;

    /// The record of this number; nothing if there is none.
    ///
    /// # Errors
    /// If it cannot be read; it is left as it is.
    pub fn read(places: &Places, tree: u64) -> Result<Option<Self>, FileError> {
        let path = places.record(tree);
        match file::read::<Self>(&path)? {
            Some(record) if record.version != Self::VERSION || record.tree != tree => Err(FileError::Damaged {
                path,
                reason: format!("it has version {} and number {}", record.version, record.tree),
            }),
            record => Ok(record),
        }
    }

    /// Writes it, durably.
    ///
    /// # Errors
    /// If it cannot be written; the old one is still there.
    pub fn write(&self, places: &Places) -> Result<(), FileError> {
        file::write(&places.record(self.tree), self)
    }

    /// Forgets it, durably.
    ///
    /// # Errors
    /// If it cannot be removed.
    pub fn remove(places: &Places, tree: u64) -> Result<(), FileError> {
        file::remove(&places.record(tree))
    }

    /// Whether its folder is there.
    pub fn is_present(&self) -> bool {
        self.place.as_ref().is_some_and(|place| place.path.exists())
    }
}
