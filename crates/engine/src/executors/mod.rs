//! What turns a task into steps to run, and the end of those steps into a verdict. One file for each kind.
//!
//! An executor starts nothing and stores nothing: it is told values, says what is to be done, and reads what was done.

pub(crate) mod agent;
mod clone;
mod command;
mod executor;
mod heard;
mod land;
mod login;
mod registry;
mod text;
mod verdict;

pub(crate) use executor::{Brief, Concluded, Landed, Over, OwnFolders, Plan};
pub(crate) use heard::Heard;
pub(crate) use registry::executor;
pub(crate) use text::tail_text;
