//! The one loop that decides who starts.

mod claim;
mod inbox;
mod launch_pause;
mod launch_trouble;
mod run;
#[cfg(test)]
mod tests;
mod times;

pub(crate) use inbox::{EndedAttempt, Inbox, Input};
pub(crate) use launch_trouble::LaunchTrouble;
pub(crate) use run::Dispatcher;
pub(crate) use times::events_of_time;
