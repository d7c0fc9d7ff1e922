//! Landlock (landlock(7)): the rules are laid out by the supervisor, and the child takes them upon itself.

use std::ffi::CString;
use std::os::fd::{AsRawFd, FromRawFd as _, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use super::calls::{self, Refused};
use crate::supervise::sandbox::rules::Rules;

const WRITE_FILE: u64 = 1 << 1;
const READ_FILE: u64 = 1 << 2;
/// Removing and making things of every kind.
const CHANGE_FOLDER: u64 = 0b1_1111_1111 << 4;
const REFER: u64 = 1 << 13;
const TRUNCATE: u64 = 1 << 14;
const IOCTL_DEV: u64 = 1 << 15;
const RESOLVE_UNIX: u64 = 1 << 16;
/// What can be allowed for something that is no folder.
const FOR_FILES: u64 = WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV | RESOLVE_UNIX;

const SCOPE_ABSTRACT_SOCKET: u64 = 1;
const SCOPE_SIGNAL: u64 = 1 << 1;

/// From which version on the kernel knows what.
fn handled_files(version: u32) -> u64 {
    let since = |needed: u32, rights: u64| if version >= needed { rights } else { 0 };
    WRITE_FILE | CHANGE_FOLDER | since(2, REFER) | since(3, TRUNCATE) | since(5, IOCTL_DEV) | since(9, RESOLVE_UNIX)
}

/// What is to be allowed beside what the rules say.
#[derive(Debug, Default)]
pub(super) struct Extras {
    /// Devices and folders of devices.
    pub(super) devices: Vec<PathBuf>,
    /// Sockets and folders of sockets.
    pub(super) sockets: Vec<PathBuf>,
    /// Open files that are the program's own, such as its output. What cannot be opened by name is passed over.
    pub(super) open_files: Vec<RawFd>,
}

/// Rules ready to be taken on.
#[derive(Debug)]
pub(super) struct Ruleset {
    descriptor: OwnedFd,
    handled: u64,
    pub(super) version: u32,
}

impl Ruleset {
    /// Lays the rules out. `alone` says that there will be no mounts to carve and to hide.
    pub(super) fn new(rules: &Rules, extras: &Extras, alone: bool) -> Result<Self, Refused> {
        let version = calls::landlock_version()?;
        let readable = if alone { rules.readable() } else { None };
        let reading = if readable.is_some() { READ_FILE } else { 0 };
        let handled = handled_files(version) | reading;
        let attributes = calls::RulesetAttributes {
            handled_files: handled,
            handled_network: 0,
            scoped: if version >= 6 {
                SCOPE_ABSTRACT_SOCKET | SCOPE_SIGNAL
            } else {
                0
            },
        };
        // SAFETY: the descriptor is new and nobody else's.
        let descriptor = unsafe { OwnedFd::from_raw_fd(calls::landlock_ruleset(&attributes)?) };
        let ruleset = Self {
            descriptor,
            handled,
            version,
        };
        for path in rules.writable(alone) {
            ruleset.allow(&path, !READ_FILE)?;
        }
        for path in readable.unwrap_or_default() {
            ruleset.allow(&path, READ_FILE)?;
        }
        for path in &extras.devices {
            ruleset.allow(path, WRITE_FILE | TRUNCATE | IOCTL_DEV)?;
        }
        for path in &extras.sockets {
            ruleset.allow(path, RESOLVE_UNIX)?;
        }
        for descriptor in &extras.open_files {
            // A pipe has no place in the tree, is refused here, and needs no leave.
            let _ = ruleset.allow_open(*descriptor, WRITE_FILE | IOCTL_DEV);
        }
        Ok(ruleset)
    }

    /// What went away meanwhile, or cannot be reached, is passed over.
    fn allow(&self, path: &Path, rights: u64) -> Result<(), Refused> {
        let Ok(path) = CString::new(path.as_os_str().as_bytes()) else {
            return Ok(());
        };
        let flags = libc::O_PATH | libc::O_CLOEXEC | libc::O_NOFOLLOW;
        // SAFETY: the path ends in a zero byte, and the descriptor is new.
        let opened = unsafe {
            match libc::open(path.as_ptr(), flags) {
                -1 => return Ok(()),
                opened => OwnedFd::from_raw_fd(opened),
            }
        };
        let is_folder =
            rustix::fs::fstat(&opened).is_ok_and(|facts| rustix::fs::FileType::from_raw_mode(facts.st_mode).is_dir());
        let fitting = self.handled & rights & if is_folder { u64::MAX } else { FOR_FILES };
        match fitting {
            0 => Ok(()),
            fitting => calls::landlock_allow(self.descriptor.as_raw_fd(), opened.as_raw_fd(), fitting),
        }
    }

    fn allow_open(&self, descriptor: RawFd, rights: u64) -> Result<(), Refused> {
        calls::landlock_allow(self.descriptor.as_raw_fd(), descriptor, self.handled & rights)
    }

    /// In the child: allows everything in a file system, or for a file, that came into being after the rules.
    pub(super) fn allow_new(&self, descriptor: RawFd, is_folder: bool) -> Result<(), Refused> {
        let fitting = if is_folder { u64::MAX } else { FOR_FILES };
        calls::landlock_allow(self.descriptor.as_raw_fd(), descriptor, self.handled & fitting)
    }

    /// In the child: takes the rules on.
    pub(super) fn enforce(&self) -> Result<(), Refused> {
        calls::landlock_enforce(self.descriptor.as_raw_fd())
    }
}
