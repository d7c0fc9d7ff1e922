//! The sandbox of macOS: a profile for sandbox-exec(1). Not yet run on a Mac.
//!
//! The profile language is Apple's own (sandbox(7), and the profiles in /System/Library/Sandbox/Profiles): of several
//! rules that match, the last decides.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io;
use std::os::fd::RawFd;
use std::path::{Path, PathBuf};

use super::rules::{Rules, Treatment};
use super::{Missing, Wanted, placeholders};
use crate::sandbox::{Level, Mode, Reached};

const SANDBOX_EXEC: &str = "/usr/bin/sandbox-exec";
const DEVICES: [&str; 6] = [
    "/dev/null",
    "/dev/zero",
    "/dev/random",
    "/dev/urandom",
    "/dev/tty",
    "/dev/ptmx",
];

/// A profile ready to be used; nothing if this machine has no sandbox-exec.
#[derive(Debug)]
pub(in crate::supervise) struct Cage {
    profile: Option<String>,
}

/// The child is refused nothing here: what is wrong with a profile, sandbox-exec says itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::supervise) struct Fault;

impl Fault {
    pub(in crate::supervise) fn to_wire(self) -> (u8, i32) {
        (0, 0)
    }

    pub(in crate::supervise) fn from_wire(_stage: u8, _errno: i32) -> Self {
        Self
    }

    pub(in crate::supervise) fn of_maps(_error: &io::Error) -> Self {
        Self
    }
}

impl Missing {
    pub(in crate::supervise) fn add(&mut self, _fault: Fault) {
        self.mounts = Some("sandbox-exec was refused".to_owned());
    }
}

impl Cage {
    pub(in crate::supervise) fn prepare(wanted: Wanted<'_>, missing: Missing) -> Self {
        let is_there = Path::new(SANDBOX_EXEC).exists() && missing.mounts.is_none();
        Self {
            profile: is_there.then(|| profile(&wanted)),
        }
    }

    pub(in crate::supervise) fn reached(&self) -> Reached {
        match self.profile {
            Some(_) => Reached {
                level: Level::Kernel,
                detail: "a profile of sandbox-exec".to_owned(),
            },
            None => Reached {
                level: Level::Agent,
                detail: format!("the kernel keeps nothing: {SANDBOX_EXEC} is not there"),
            },
        }
    }

    /// The words that start the program in here.
    pub(in crate::supervise) fn wrap(&self, program: PathBuf, argv: &[OsString]) -> (PathBuf, Vec<OsString>) {
        let Some(profile) = &self.profile else {
            return (program, argv.to_vec());
        };
        let words: Vec<OsString> = [SANDBOX_EXEC, "-p", profile, "--"]
            .into_iter()
            .map(OsString::from)
            .chain([program.into_os_string()])
            .chain(argv.iter().skip(1).cloned())
            .collect();
        (SANDBOX_EXEC.into(), words)
    }

    pub(in crate::supervise) fn has_namespace(&self) -> bool {
        false
    }

    pub(in crate::supervise) fn map_ids(&self, _pid: i32) -> io::Result<()> {
        Ok(())
    }

    pub(in crate::supervise) fn enter_namespace(&self) -> Result<(), Fault> {
        Ok(())
    }

    pub(in crate::supervise) fn change_tree(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    pub(in crate::supervise) fn shut(&self, _spare: RawFd) -> Result<(), Fault> {
        Ok(())
    }
}

fn profile(wanted: &Wanted<'_>) -> String {
    let mut text = String::from("(version 1)\n(allow default)\n");
    let everything = wanted.sandbox.mode == Mode::ReadOnly;
    if everything {
        text.push_str("(deny file-write*)\n(deny network-outbound (remote unix-socket))\n");
        text.push_str("(deny signal)\n(allow signal (target same-sandbox))\n");
        for path in DEVICES {
            let _ = writeln!(text, "(allow file-write* (literal {}))", quoted(Path::new(path)));
        }
        text.push_str("(allow file-write* (regex #\"^/dev/ttys[0-9]+$\"))\n");
    }
    placeholders::lay(wanted.sandbox);
    for (path, treatment) in Rules::of(wanted.sandbox, wanted.tmp).iter() {
        let path = quoted(path);
        let rule = match treatment {
            Treatment::AsItIs => format!("(allow file-read* file-write* (subpath {path}))"),
            Treatment::Carved | Treatment::ReadOnly => {
                format!("(allow file-read* (subpath {path}))\n(deny file-write* (subpath {path}))")
            }
            Treatment::Hidden => format!("(deny file-read* file-write* (subpath {path}))"),
        };
        let _ = writeln!(text, "{rule}");
    }
    if everything {
        for socket in wanted
            .sandbox
            .sockets_allowed
            .iter()
            .filter_map(|path| path.canonicalize().ok())
        {
            let socket = quoted(&socket);
            let _ = writeln!(text, "(allow network-outbound (remote unix-socket (subpath {socket})))");
        }
    }
    text
}

/// A path as a string of the profile language.
fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
