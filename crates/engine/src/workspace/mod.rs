//! Where tasks work: which workspace a folder belongs to, the worktrees of writers, what they changed, and what becomes of
//! it.
//!
//! What is done to worktrees is in the crate `longhaul-worktrees`; here is when, for whom, and what follows.

mod arrange;
mod changes;
mod enclose;
mod ended;
mod identity;
mod keep;
mod trees;
mod warning;

pub(crate) use arrange::{Arrangement, arrange};
pub use changes::ChangesError;
pub(crate) use enclose::{check_steps, step_words};
pub(crate) use ended::{exit_of, take_in};
pub(crate) use identity::of;
pub(crate) use keep::{examine, is_over, landing_of, remove_old, run as look_after, spared};
pub use trees::{Standing, TreeState};
pub(crate) use trees::{forget, held, owner, standing, tree_of};
pub(crate) use warning::uncommitted;
