//! Keeping a program from what it may not do, by the program's own process on its way to becoming it.
//!
//! Everything is laid out before the fork ([`Cage::prepare`]); between fork and exec the child makes system calls only.
//! `rules` says which path is treated how, `sockets` which sockets are masked; how it is kept is the platform's.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub(super) use linux::{Cage, Fault};
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "macos")]
pub(super) use macos::{Cage, Fault};
mod placeholders;
mod probe;
#[cfg_attr(
    not(target_os = "linux"),
    expect(dead_code, reason = "only Landlock wants to know what to grant")
)]
mod rules;
#[cfg(target_os = "linux")]
mod sockets;

use std::os::fd::RawFd;
use std::path::Path;

pub(super) use probe::probe;

use crate::environment::Environment;
use crate::sandbox::Sandbox;

/// What a sandbox is prepared for.
#[cfg_attr(
    not(target_os = "linux"),
    expect(dead_code, reason = "a profile needs no more than paths")
)]
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) sandbox: &'a Sandbox,
    pub(super) environment: &'a Environment,
    /// The folder that the program runs in.
    pub(super) cwd: &'a Path,
    /// The attempt's own temporary folder.
    pub(super) tmp: Option<&'a Path>,
    /// Where the program's output goes.
    pub(super) outputs: [RawFd; 2],
}

/// What could not be had of the kernel so far, each with why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Missing {
    pub(super) mounts: Option<String>,
    pub(super) landlock: Option<String>,
    pub(super) filter: Option<String>,
}
