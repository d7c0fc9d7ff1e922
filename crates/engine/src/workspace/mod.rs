//! Where tasks work: which workspace a folder belongs to, the worktrees of writers, and what they changed.
//!
//! What is done to worktrees is in the crate `longhaul-worktrees`; here is when, for whom, and what follows. What this is
//! not: it asks no store. Who uses a worktree is told to it.

mod arrange;
mod arrangement;
mod changes;
mod enclose;
mod identity;
mod report;
mod start_point;
mod tree_lock;
mod trees;
mod warning;
mod worktree;

pub(crate) use arrange::{arrange, has_worktree};
pub(crate) use arrangement::{Arrangement, Site};
pub use changes::ChangesError;
pub(crate) use enclose::{WORKTREE_LEFT_STEP, WORKTREE_STEP, check_steps, step_words};
pub(crate) use identity::of;
pub(crate) use report::{add_report, end_landing, read_report};
pub(crate) use tree_lock::{HeldTree, TreeLocks};
pub use trees::{TreeState, WorktreeView};
pub(crate) use trees::{forget, held, standing, tree_of};
pub(crate) use warning::uncommitted;
pub(crate) use worktree::TreeUse;
