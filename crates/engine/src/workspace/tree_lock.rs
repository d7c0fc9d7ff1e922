//! Who changes which worktree's standing: arranging, landing and removing take turns.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

/// A lock for each worktree. It is held while the store is asked who uses the worktree, so it is one that can be awaited.
#[derive(Debug, Default)]
pub(crate) struct TreeLocks(Mutex<HashMap<u64, Arc<tokio::sync::Mutex<()>>>>);

/// A worktree whose standing nobody else looks at or changes, until this is dropped.
#[derive(Debug)]
pub(crate) struct HeldTree {
    _lock: OwnedMutexGuard<()>,
}

impl TreeLocks {
    /// Waits for its turn with the worktree of this number. Whoever goes on in a section that blocks takes it along: dropped
    /// earlier, it would let somebody in between. Such a section never waits for a turn itself: the pool could be full of
    /// those who do, and whoever has the turn waits for a place in it.
    pub(crate) async fn hold(&self, tree: u64) -> HeldTree {
        HeldTree {
            _lock: self.of(tree).lock_owned().await,
        }
    }

    fn of(&self, tree: u64) -> Arc<tokio::sync::Mutex<()>> {
        let mut trees = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that nobody holds are of no use.
        trees.retain(|_, lock| Arc::strong_count(lock) > 1);
        Arc::clone(trees.entry(tree).or_default())
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::*;

    #[tokio::test]
    async fn a_turn_lasts_as_long_as_it_is_held_and_others_worktrees_have_theirs() {
        let trees = TreeLocks::default();
        let held = trees.hold(1).await;
        let mut next = pin!(trees.hold(1));
        let mut context = Context::from_waker(Waker::noop());
        assert!(next.as_mut().poll(&mut context).is_pending());
        drop(trees.hold(2).await);
        // Taken along to another thread, as a section that blocks does.
        std::thread::spawn(move || drop(held)).join().expect("it is dropped");
        assert!(next.poll(&mut context).is_ready());
    }
}
