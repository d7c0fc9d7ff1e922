//! `longhaul daemon install`: a service file for the user's own service manager. It is written, not enabled.

mod install;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "macos")]
use macos as platform;

pub(super) use install::run;
