//! What the system knows about processes, and how to signal one without hitting a stranger.
//!
//! What this is not: a process manager. Nothing here waits for or starts anything.

use std::collections::HashSet;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

use crate::signal::Signal;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "macos")]
use macos as platform;

pub(crate) use platform::{
    all, boot_id, carries, channel, children, command, control_group, is_in_our_user_namespace, is_ours, is_told,
    nameless, pid_namespace, read, strays, ticks_per_second, writes_to,
};

/// One process at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Process {
    pub(crate) pid: i32,
    pub(crate) parent: i32,
    pub(crate) session: i32,
    /// See [`crate::Identity::start_time`].
    pub(crate) start_time: u64,
    /// Ended, but not yet waited for.
    pub(crate) zombie: bool,
    /// Of itself and of the children it has waited for.
    pub(crate) cpu_ms: u64,
}

/// A descriptor that becomes readable when that very process ends, and through which it can be signalled.
#[derive(Debug)]
pub(crate) struct Handle {
    descriptor: OwnedFd,
    pid: i32,
}

impl Handle {
    /// Opens the process `pid` if it is the one started at `start_time`; `None` if that one is gone.
    pub(crate) fn open(pid: i32, start_time: u64) -> io::Result<Option<Self>> {
        let Some(descriptor) = platform::open(pid)? else {
            return Ok(None);
        };
        // Looked at after opening: the descriptor is bound to whoever has the number, and this tells who that is.
        match read(pid) {
            Some(facts) if facts.start_time == start_time && !facts.zombie => Ok(Some(Self { descriptor, pid })),
            _ => Ok(None),
        }
    }

    /// Opens a child of ours that nobody has waited for yet, ended or not.
    pub(crate) fn open_child(pid: i32) -> io::Result<Option<Self>> {
        Ok(platform::open(pid)?.map(|descriptor| Self { descriptor, pid }))
    }

    /// Sends a signal; a process that has ended meanwhile is no error.
    pub(crate) fn send(&self, signal: Signal) -> io::Result<()> {
        platform::send(self.descriptor.as_fd(), self.pid, signal)
    }

    pub(crate) fn into_descriptor(self) -> OwnedFd {
        self.descriptor
    }
}

/// Sends a signal to the process `target` was, if it is still that one.
pub(crate) fn signal(target: &Process, signal: Signal) {
    // A process that went away or that may not be signalled is met again, or not, in the next round.
    if let Ok(Some(handle)) = Handle::open(target.pid, target.start_time) {
        let _ = handle.send(signal);
    }
}

/// Everything that descends from `root` at this moment, zombies included, `root` not.
///
/// An empty list proves nothing: a child of a parent that ends meanwhile moves to the subreaper. Whether a tree is
/// empty is answered by waiting for children until there are none.
pub(crate) fn descendants(root: i32) -> Vec<Process> {
    let mut found: Vec<Process> = Vec::new();
    let mut seen = HashSet::new();
    let mut unvisited: Vec<(i32, Option<u64>)> = vec![(root, None)];
    while let Some((pid, start_time)) = unvisited.pop() {
        let facts: Vec<Process> = children(pid).into_iter().filter_map(read).collect();
        if start_time.is_some() && read(pid).map(|parent| parent.start_time) != start_time {
            continue;
        }
        // A number that was used again between the list and the look has another parent.
        for child in facts
            .into_iter()
            .filter(|child| child.parent == pid && child.pid != root)
        {
            if seen.insert(child.pid) {
                unvisited.push((child.pid, Some(child.start_time)));
                found.push(child);
            }
        }
    }
    found
}
