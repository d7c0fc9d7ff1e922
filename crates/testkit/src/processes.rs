//! The processes of a world: everything whose command line or environment names the world's folder.

use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};

#[cfg(target_os = "linux")]
use crate::linux as system;
#[cfg(target_os = "macos")]
use crate::macos as system;

/// A process as a test sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// Its parent's number.
    pub parent: u32,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Its environment when it started, as `NAME=VALUE`.
    pub environment: Vec<String>,
}

impl Process {
    /// The value of a variable in its environment; nothing if it has none.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.environment
            .iter()
            .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }

    /// The task and fence it supervises; nothing if it is no supervisor.
    pub fn supervises(&self) -> Option<(u64, u64)> {
        if !self.arguments.iter().any(|argument| argument == "supervise") {
            return None;
        }
        let folder = self.arguments.iter().find(|argument| argument.contains("/attempts/"))?;
        let mut parts = folder.trim_end_matches('/').rsplit('/');
        let fence = parts.next()?.parse().ok()?;
        Some((parts.next()?.parse().ok()?, fence))
    }

    /// Whether it is a daemon.
    pub fn is_daemon(&self) -> bool {
        self.arguments.windows(2).any(|pair| pair == ["daemon", "run"])
    }
}

/// All living processes that name `root`; zombies are not among them.
pub fn within(root: &Path) -> Vec<Process> {
    let root = root.to_string_lossy();
    let names_root = |text: &String| text.contains(root.as_ref());
    let mut all = system::all_processes();
    all.retain(|process| process.arguments.iter().any(names_root) || process.environment.iter().any(names_root));
    all
}

/// Whether a process with this number lives; a zombie does not.
pub fn is_alive(pid: u32) -> bool {
    system::is_alive(pid)
}

/// Sends a signal; whether there was somebody to get it.
pub fn send(pid: u32, signal: Signal) -> bool {
    i32::try_from(pid)
        .ok()
        .and_then(Pid::from_raw)
        .is_some_and(|pid| kill_process(pid, signal).is_ok())
}
