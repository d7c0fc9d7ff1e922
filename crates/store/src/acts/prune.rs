//! Forgetting finished tasks.

use std::collections::BTreeSet;

use jiff::Timestamp;
use longhaul_model::TaskId;

/// Which finished tasks may go. Active tasks never do, nor those that an active task waits for, repeats or has as
/// parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PruneRules {
    /// Only those that ended before this time.
    pub ended_before: Timestamp,
    /// This many of those that ended last stay whatever their age.
    pub keep_newest: u64,
    /// At most this many in one call, so that other writes are not kept waiting.
    pub limit: u32,
    /// These stay whatever else holds: somebody's work is still in their worktrees.
    pub spared: BTreeSet<TaskId>,
}
