//! The tasks: the store, the board that copies it, who supervises which attempt, and who waits for whom.
//!
//! The only room that writes tasks. What follows from a write is emitted as a [`Consequence`] once the write is durable;
//! the ledger itself starts nothing. Everybody else reads, or asks for an act.

mod consequence;
mod facts;
mod hints;
#[expect(clippy::module_inception, reason = "the ledger is the room's own word")]
mod ledger;
mod questions;
mod reads;
mod settings;
mod supervision;
#[cfg(test)]
mod tests;
mod waiters;

pub(crate) use consequence::Consequence;
pub(crate) use ledger::Ledger;
pub(crate) use reads::Reads;
pub(crate) use supervision::{AttemptGuard, Supervision, Supervisor};
