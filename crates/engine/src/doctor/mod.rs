//! What works on this machine and what does not. Every finding that is not well names its cure.

mod agents;
mod examine;
mod worktrees;

pub(crate) use examine::Checkup;
