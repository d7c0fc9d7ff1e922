//! The mark of a restricted attempt: every process of it is born with one, and none of them can take it off.
//!
//! Parents can be left, an environment emptied, a session changed, a supervisor killed; what tells the daemon even then
//! that somebody was started with fewer rights than its user must be inherited, final and visible from outside. On Linux
//! it is a hard limit that no kernel since 2.4 has enforced, the one on file locks (`RLIMIT_LOCKS`, getrlimit(2)):
//! whoever lacks `CAP_SYS_RESOURCE` in the first user namespace can only lower it, and `/proc/PID/limits` shows it even
//! of a process that hides the rest. It says *that* a process is restricted, not of which task it is.
//!
//! What this is not: a way to keep anybody from anything. That is the sandbox.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "macos")]
use macos as platform;

pub(crate) use platform::{Mark, is_carried_by};
