//! The one room in which the engine runs short programs itself: probes, questions to git, notifications.
//!
//! What this is not: a task's own processes are never started here. That is the supervisor's work.

mod answer;
mod captured;
mod git_runner;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
mod run;

pub(crate) use answer::ask;
pub(crate) use git_runner::GitRunner;
pub(crate) use run::{ProgramEnd, run, run_with_input};
