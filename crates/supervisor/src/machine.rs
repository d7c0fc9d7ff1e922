//! What the daemon may ask about this machine and its processes without owning one.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use crate::cgroup;
use crate::mark;
use crate::process;

/// The id of this boot of the machine: another one means that no process of before is left.
pub fn boot_id() -> io::Result<String> {
    process::boot_id()
}

/// The parent of a process; nothing if there is no such process.
pub fn parent(pid: i32) -> Option<i32> {
    process::read(pid).map(|facts| facts.parent)
}

/// When a process was started, in the unit of [`crate::Identity::start_time`]; nothing if there is none of that number,
/// or if it has ended and was not waited for yet.
pub fn start_time(pid: i32) -> Option<u64> {
    process::read(pid)
        .filter(|facts| !facts.zombie)
        .map(|facts| facts.start_time)
}

/// Whether the command line of a process names this folder or something in it, as that of a supervisor does.
pub fn is_told_of(pid: i32, folder: &Path) -> bool {
    process::is_told(pid, folder.as_os_str().as_bytes())
}

/// How a process stands to this one, as far as it shows whatever its parents are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confinement {
    /// It was started with no fewer rights than we were, and in the same user namespace.
    None,
    /// It, or what it comes from, was started in an attempt with [`crate::Spec::restricted`], of whichever daemon.
    Restricted,
    /// It is in another user namespace: a sandbox's or a container's.
    OtherNamespace,
    /// It cannot be looked at: it is gone, or hides from its own user.
    Unreadable,
}

/// How the process `pid` is confined.
pub fn confinement(pid: i32) -> Confinement {
    match (mark::is_carried_by(pid), process::is_in_our_user_namespace(pid)) {
        (Ok(true), _) => Confinement::Restricted,
        (Ok(false), Ok(true)) => Confinement::None,
        (Ok(false), Ok(false)) => Confinement::OtherNamespace,
        (Err(_), _) | (_, Err(_)) => Confinement::Unreadable,
    }
}

/// The processes of this user that were started in an attempt with [`crate::Spec::restricted`] and live, and the control
/// groups that they share with nobody else and that nobody of them is in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Restricted {
    /// Whether there are any.
    pub are_any: bool,
    /// The ids of their control groups.
    groups: HashSet<u64>,
    /// The ids of the control groups that everybody else is in.
    groups_of_others: HashSet<u64>,
}

impl Restricted {
    /// Looks through all processes.
    pub fn now() -> Self {
        let mut found = Self::default();
        for pid in process::all() {
            let is_restricted = mark::is_carried_by(pid).unwrap_or(false) && process::is_ours(pid);
            found.are_any |= is_restricted;
            let groups = match is_restricted {
                true => &mut found.groups,
                false => &mut found.groups_of_others,
            };
            groups.extend(process::control_group(pid).and_then(|path| cgroup::id_of(&path)));
        }
        found
    }

    /// Whether something made in this control group is proven to be none of theirs: others are in it, and none of them.
    /// A group that nobody is in any more may have been theirs.
    pub fn are_outside_of(&self, group: u64) -> bool {
        self.groups_of_others.contains(&group) && !self.groups.contains(&group)
    }
}

/// The control group of a process, as a path from the root of the hierarchy that this process sees (cgroups(7), version
/// 2); nothing if there is none, or no such process.
pub fn control_group(pid: i32) -> Option<String> {
    process::control_group(pid)
}

/// The absolute paths that sockets of this machine were bound as, in the kernel's table (`/proc/net/unix`,
/// proc_pid_net(5)); none where there is no such table. A path may hold any byte but a newline.
pub fn bound_sockets() -> Vec<PathBuf> {
    socket_paths(&std::fs::read("/proc/net/unix").unwrap_or_default())
}

/// The eighth field of each line.
pub(crate) fn socket_paths(table: &[u8]) -> Vec<PathBuf> {
    let lines = table.split(|byte| *byte == b'\n');
    let paths = lines.filter_map(|line| {
        let start = line.windows(2).position(|pair| pair == b" /")? + 1;
        Some(PathBuf::from(OsStr::from_bytes(&line[start..])))
    });
    paths.collect()
}
