//! Control groups, version 2 (cgroups(7)): where ours is, and a leaf below it that holds one step's processes.
//!
//! Plain file operations: where there is no such hierarchy they find nothing.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Our own control group's folder, or why there is none that we may use.
pub(crate) fn own() -> Result<PathBuf, String> {
    let (root, point) = hierarchy()?;
    let membership =
        fs::read_to_string("/proc/self/cgroup").map_err(|_| "this system has no control groups".to_owned())?;
    let path = membership
        .lines()
        .find_map(|line| line.strip_prefix("0::"))
        .ok_or("we are in no cgroup2 group")?;
    let below = Path::new(path)
        .strip_prefix(&root)
        .map_err(|_| "our control group is outside what is mounted")?;
    let folder = point.join(below);
    let may_write = rustix::fs::access(folder.join("cgroup.procs"), rustix::fs::Access::WRITE_OK).is_ok()
        && rustix::fs::access(&folder, rustix::fs::Access::WRITE_OK).is_ok();
    if may_write {
        Ok(folder)
    } else {
        Err(format!("{} is not ours to write (no delegation)", folder.display()))
    }
}

/// The id of the group with this path, as a process's membership names it; nothing if there is no such group here.
pub(crate) fn id_of(path: &str) -> Option<u64> {
    let (root, point) = hierarchy().ok()?;
    let below = Path::new(path).strip_prefix(&root).ok()?;
    fs::metadata(point.join(below)).ok().map(|facts| facts.ino())
}

/// Root and mount point of the unified hierarchy, or why there is none.
fn hierarchy() -> Result<(PathBuf, PathBuf), String> {
    let mounts = fs::read("/proc/self/mountinfo").map_err(|_| "this system has no control groups".to_owned())?;
    let mounts = String::from_utf8_lossy(&mounts);
    mounts
        .lines()
        .find_map(unified_mount)
        .ok_or("no cgroup2 file system is mounted".to_owned())
}

/// Root and mount point of a line of mountinfo, if it is the unified hierarchy.
fn unified_mount(line: &str) -> Option<(PathBuf, PathBuf)> {
    let (before, after) = line.split_once(" - ")?;
    if after.split(' ').next()? != "cgroup2" {
        return None;
    }
    let mut fields = before.split(' ').skip(3);
    Some((unescape(fields.next()?), unescape(fields.next()?)))
}

fn unescape(field: &str) -> PathBuf {
    field
        .replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\")
        .into()
}

/// How a process comes into a control group.
///
/// Being born inside costs nothing. Moving in afterwards makes the kernel wait for a grace period of its readers,
/// 10 ms and more, so that is only the second best.
#[derive(Debug)]
pub(crate) struct Door {
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "only Linux has control groups")
    )]
    /// The group's folder, for a process that is to be born in it (clone3(2), `CLONE_INTO_CGROUP`).
    pub(crate) folder: File,
    /// Where a process writes `0` to move in.
    pub(crate) members: File,
}

/// A control group that is ours alone; its processes are one step's.
#[derive(Debug)]
pub(crate) struct Leaf {
    path: PathBuf,
}

impl Leaf {
    /// Makes one; an error if the kernel has no `cgroup.kill` (before 5.14) or does not let us.
    pub(crate) fn create(path: PathBuf) -> io::Result<Self> {
        fs::create_dir(&path)?;
        let leaf = Self { path };
        if leaf.path.join("cgroup.kill").exists() {
            Ok(leaf)
        } else {
            leaf.remove();
            Err(io::ErrorKind::Unsupported.into())
        }
    }

    /// Those whose path begins with `prefix`.
    pub(crate) fn beginning_with(prefix: &Path) -> Vec<Self> {
        let (Some(parent), Some(start)) = (prefix.parent(), prefix.file_name().and_then(|name| name.to_str())) else {
            return Vec::new();
        };
        let Ok(entries) = fs::read_dir(parent) else {
            return Vec::new();
        };
        let ours = |name: &str| name.strip_prefix(start).is_some_and(|rest| rest.starts_with('-'));
        entries
            .flatten()
            .filter(|entry| entry.file_name().to_str().is_some_and(ours))
            .map(|entry| Self { path: entry.path() })
            .collect()
    }

    /// The ways in.
    pub(crate) fn open_door(&self) -> io::Result<Door> {
        let members = OpenOptions::new().write(true).open(self.path.join("cgroup.procs"))?;
        Ok(Door {
            folder: File::open(&self.path)?,
            members,
        })
    }

    /// Kills all in it and below it at once.
    pub(crate) fn kill(&self) -> io::Result<()> {
        fs::write(self.path.join("cgroup.kill"), "1")
    }

    /// Whether nobody is in it or below it.
    pub(crate) fn is_empty(&self) -> bool {
        match fs::read_to_string(self.path.join("cgroup.events")) {
            Ok(events) => events.lines().any(|line| line == "populated 0"),
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        }
    }

    /// Its members, not those of groups below it.
    pub(crate) fn members(&self) -> Vec<i32> {
        fs::read_to_string(self.path.join("cgroup.procs"))
            .map(|list| list.lines().filter_map(|line| line.parse().ok()).collect())
            .unwrap_or_default()
    }

    /// Moves its members to the group above it, so that it can be removed though they live on.
    pub(crate) fn release(&self) {
        let Some(above) = self.path.parent().map(|parent| parent.join("cgroup.procs")) else {
            return;
        };
        // A member may fork while it is being moved; a few rounds catch its child.
        for _ in 0..8 {
            let members = self.members();
            if members.is_empty() {
                return;
            }
            for pid in members {
                let _ = fs::write(&above, pid.to_string());
            }
        }
    }

    /// Processor time of all that ever were in it, in milliseconds; `None` if it does not tell.
    pub(crate) fn cpu_ms(&self) -> Option<u64> {
        let stat = fs::read_to_string(self.path.join("cpu.stat")).ok()?;
        let used_us = stat.lines().find_map(|line| line.strip_prefix("usage_usec "))?;
        Some(used_us.trim().parse::<u64>().ok()? / 1000)
    }

    /// The most memory at once; `None` if memory is not counted.
    pub(crate) fn peak_memory_bytes(&self) -> Option<u64> {
        fs::read_to_string(self.path.join("memory.peak"))
            .ok()?
            .trim()
            .parse()
            .ok()
    }

    /// Removes it and the groups that were made below it. One that is not empty stays.
    pub(crate) fn remove(&self) {
        remove_below(&self.path, 0);
    }
}

/// The control groups of one attempt, those that its programs made included, at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ControlGroups {
    /// Their ids, by which the kernel names the group that a socket was made in (sock_diag(7)).
    pub ids: HashSet<u64>,
}

impl ControlGroups {
    pub(crate) fn beginning_with(prefix: &Path) -> Self {
        let mut found = Self::default();
        for leaf in Leaf::beginning_with(prefix) {
            found.add(&leaf, 0);
        }
        found
    }

    fn add(&mut self, leaf: &Leaf, depth: usize) {
        self.ids.extend(fs::metadata(&leaf.path).map(|facts| facts.ino()));
        if depth < MOST_LEVELS {
            folders_in(&leaf.path).for_each(|path| self.add(&Leaf { path }, depth + 1));
        }
    }
}

/// A program may make groups of its own below its own; this is more than the kernel's usual limit.
const MOST_LEVELS: usize = 32;

fn folders_in(path: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    folders.map(|entry| entry.path())
}

fn remove_below(path: &Path, depth: usize) {
    if depth < MOST_LEVELS {
        folders_in(path).for_each(|below| remove_below(&below, depth + 1));
    }
    let _ = fs::remove_dir(path);
}
