//! Who may start: a pure thought about a board of active tasks.
//!
//! `board` is the copy of the active tasks, `admit` the plain function that chooses from it, `blocks` the same thought for
//! people; `slots`, `lanes` and `reader_limit` are what it counts. What this is not: it reads no store and starts nobody.

mod admit;
mod blocks;
mod board;
mod comparison;
mod lane_rules;
mod lanes;
mod place;
mod reader_limit;
mod slots;
mod usage_limits;
mod workspaces;

pub(crate) use admit::{Admission, admit};
pub use blocks::Block;
pub(crate) use blocks::Obstacles;
#[cfg(test)]
pub(crate) use blocks::blocked_by;
pub(crate) use board::Board;
pub(crate) use lane_rules::LaneRules;
pub(crate) use lanes::Lane;
pub(crate) use reader_limit::is_helper;
pub(crate) use workspaces::workspaces;
pub use workspaces::{LaneWaiter, WorkspaceLanes};
