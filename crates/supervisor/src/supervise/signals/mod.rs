//! Signals to the supervisor, as something to poll.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub(super) use linux::Signals;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "macos")]
pub(super) use macos::Signals;

use crate::signal::Signal;

/// A child's end, a word to look for a request, and what tells us to end.
const WATCHED: [Signal; 6] = [
    Signal::CHLD,
    Signal::USR1,
    Signal::TERM,
    Signal::INT,
    Signal::HUP,
    Signal::QUIT,
];
