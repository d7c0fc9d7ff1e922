//! Whether a process that is not ours has ended.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;

#[cfg(target_os = "linux")]
pub(crate) use linux::has_ended;
#[cfg(target_os = "macos")]
pub(crate) use macos::has_ended;
