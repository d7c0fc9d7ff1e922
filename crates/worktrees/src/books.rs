//! Git's books of the worktrees of one repository, opened by one of us at a time.
//!
//! `git worktree add` writes its entry in several steps, and other commands of that family read all entries: `add` and
//! `lock` die of one that is half written, and `prune` takes it for a left-over and removes it. Git has no lock of its
//! own for this. What the user does by hand is not kept out; only the entry is written under the lock, the files are
//! filled in after it.

use std::fs::File;

use crate::error::TreeError;
use crate::git::Git;
use crate::repository;

/// The books, opened. They are closed when this is dropped, and when its process dies.
pub(crate) struct Books {
    _lock: File,
}

impl Books {
    /// Waits until nobody else of us has them open. Must not be called by who has them open already.
    ///
    /// # Errors
    /// If there is no repository, or its folder cannot be locked.
    pub(crate) fn open(git: &Git<'_>) -> Result<Self, TreeError> {
        let common = repository::common(git)?;
        let cannot = |source| TreeError::Io {
            path: common.clone(),
            source,
        };
        // The folder itself is what is locked (flock(2) takes any descriptor): no file of ours in it.
        let lock = File::open(&common).map_err(cannot)?;
        lock.lock().map_err(cannot)?;
        Ok(Self { _lock: lock })
    }
}
