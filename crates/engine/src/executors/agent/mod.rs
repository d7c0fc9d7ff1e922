//! `agent`: a coding agent and what it is asked, through the adapter that knows it.
//!
//! What this is not: knowledge about any one agent. How it is started and what its output means is its adapter's
//! (`longhaul-agents`); here is what Longhaul makes of that.

mod asked;
mod carry;
mod end;
mod executor;
mod known;
mod plan;
mod review;
mod usage;

pub(crate) use carry::earlier_session_usage;
pub(super) use executor::Agent;
pub(crate) use known::{activity_line, known_of};
