//! Telling those who are not looking: on the desktop, by a command, by webhooks.
//!
//! What is to be told is written down by the store together with what it tells of ([`longhaul_model::Notification`]);
//! here it is delivered, at least once, and tried again later where it did not arrive. What this is not: the page's own
//! notes, which it makes of the event stream.

mod channel;
mod command;
mod desktop;
mod message;
mod outbox;
mod pause;
#[cfg(test)]
mod tests;
mod undelivered;
mod webhook;

pub(crate) use outbox::Outbox;
