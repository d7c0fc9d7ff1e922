//! What this process does not take over from whoever started it.
//!
//! The signals, limits and scheduling themselves are the supervisor's room; here stands who sets back what.

use std::ffi::OsString;
use std::path::Path;

pub(crate) use longhaul_supervisor::neutral::foreign_place;
use longhaul_supervisor::{Signal, neutral};
use rustix::fs::Mode;

/// Where programs lie on every usual system.
const USUAL_FOLDERS: [&str; 4] = ["/usr/local/bin", "/usr/bin", "/bin", "/opt/homebrew/bin"];

/// Whatever this process is: it learns how its children ended.
pub(crate) fn as_anybody() {
    neutral::wait_for_children();
}

/// As the daemon. To be called while there is one thread.
///
/// A daemon in the foreground keeps the limits and the niceness that a person or a service gave to it, and goes on
/// ignoring a hang-up where `nohup` asked for that.
pub(crate) fn as_daemon(detached: bool) {
    neutral::signals(if detached { &[] } else { &[Signal::HUP] });
    if detached {
        // It must not end with the terminal of whoever needed it first. A process that leads its group already cannot
        // leave it, and need not.
        let _ = rustix::process::setsid();
        neutral::raise_limits();
        neutral::schedule();
    }
    // What is private says so itself; what its git writes into a repository others may read.
    rustix::process::umask(Mode::from_raw_mode(0o022));
    clear_environment();
}

/// No variable leads the daemon's own git elsewhere, and git is found.
fn clear_environment() {
    let is_of_git = |name: &OsString| name.as_encoded_bytes().starts_with(b"GIT_");
    let of_git = std::env::vars_os().map(|(name, _)| name).filter(is_of_git);
    let path = with_usual_folders();
    for name in of_git.collect::<Vec<_>>() {
        // SAFETY: this is the only thread.
        unsafe { std::env::remove_var(name) };
    }
    if let Some(path) = path {
        // SAFETY: as above.
        unsafe { std::env::set_var("PATH", path) };
    }
}

/// The `PATH` with the usual folders behind it, if git is not found on it.
fn with_usual_folders() -> Option<OsString> {
    let found = std::env::vars_os().find(|(name, _)| name == "PATH");
    let mut folders: Vec<_> = found
        .map(|(_, path)| std::env::split_paths(&path).collect())
        .unwrap_or_default();
    if folders
        .iter()
        .any(|folder: &std::path::PathBuf| folder.join("git").exists())
    {
        return None;
    }
    folders.extend(USUAL_FOLDERS.map(|folder| Path::new(folder).to_owned()));
    std::env::join_paths(folders).ok()
}
