//! Which coding agents this machine has: where, which version, signed in or not, and what a user should know of that.
//!
//! What this is not: a check before each start. A submit only looks whether the program is there; everything that asks
//! the program itself is for `longhaul agents` and `doctor`.

mod examine;
mod program;
mod report;
mod sign_in;
mod version;

pub(crate) use examine::Examiner;
pub(crate) use program::find;
pub use report::{AgentFinding, AgentReport};
