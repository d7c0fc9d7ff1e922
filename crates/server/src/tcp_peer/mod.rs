//! Which process is at the other end of a TCP connection from this machine.
//!
//! The kernel tells it of a Unix socket by itself; of TCP it has to be looked up. It matters only for processes inside
//! tasks: a token that is not theirs must not give them more than their task's rights.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;

#[cfg(target_os = "linux")]
pub(crate) use linux::process_at;
#[cfg(target_os = "macos")]
pub(crate) use macos::process_at;
