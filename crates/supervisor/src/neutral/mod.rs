//! A neutral start: what a daemon and a supervisor do not take over from whoever happened to start them.
//!
//! The first command of a user starts the daemon that serves all later ones, and the daemon starts every supervisor: what
//! that command had ignored, blocked or been limited to would rule everybody's tasks.
//!
//! What this is not: what a task's program starts with. A program gets every signal back as it is by default at its birth.

mod limits;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "macos")]
use macos as platform;
#[cfg(target_os = "linux")]
mod place;
mod signals;

pub use limits::{lower_than_usual, raise_limits};
#[cfg(target_os = "macos")]
pub use macos::foreign_place;
#[cfg(target_os = "linux")]
pub use place::foreign_place;
pub use signals::{signals, wait_for_children};

/// Sets back niceness and scheduling of this process, where that is allowed. To be called while there is one thread.
pub fn schedule() {
    // A lower niceness needs a right that most users lack; then it stays, and `lower_than_usual` tells.
    let _ = rustix::process::setpriority_process(None, 0);
    platform::schedule();
}
