//! The one loop that decides who starts.

mod inbox;
mod launch_pause;
mod run;

pub(crate) use inbox::{EndedAttempt, Input};
pub(crate) use run::{events_of_time, run};
