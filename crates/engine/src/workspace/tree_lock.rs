//! Who changes which worktree's standing: arranging, landing and removing take turns.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A lock for each worktree.
#[derive(Debug, Default)]
pub(crate) struct TreeLocks(Mutex<HashMap<u64, Arc<Mutex<()>>>>);

impl TreeLocks {
    /// Looks at the standing of a worktree, and changes it, while nobody else does. Blocks.
    pub(crate) fn hold<T>(&self, tree: u64, act: impl FnOnce() -> T) -> T {
        let lock = self.of(tree);
        let _held = lock.lock().unwrap_or_else(PoisonError::into_inner);
        act()
    }

    fn of(&self, tree: u64) -> Arc<Mutex<()>> {
        let mut trees = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that nobody holds are of no use.
        trees.retain(|_, lock| Arc::strong_count(lock) > 1);
        Arc::clone(trees.entry(tree).or_default())
    }
}
