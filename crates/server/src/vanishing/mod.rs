//! Notices when something vanishes from a folder: the system tells where it can, and a look now and then makes sure.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub(crate) use linux::Vanishing;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "macos")]
pub(crate) use macos::Vanishing;
