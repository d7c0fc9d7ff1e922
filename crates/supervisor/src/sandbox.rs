//! What a program may not do, kept by the kernel: the wish in a spec, what was reached of it, and what this machine gives.
//!
//! What this is not: the keeping itself, which the program's own process does before it becomes the program
//! (`supervise/sandbox`). `docs/concepts/enforcement.md` says what is guaranteed and what is not.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

use crate::raw_text;

/// What a program may not do.
///
/// Of several paths that hold a file, the deepest decides; of equal ones `hidden` goes before `read_only_within` and
/// `protected`, and these before `writable`. Paths are absolute; links in them are followed once, before the program
/// starts, and paths that lead nowhere then are passed over, except those of `read_only_within`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sandbox {
    /// How much is kept from it.
    pub mode: Mode,
    /// What it may write in spite of everything: folders with all in them, or single files. Its private temporary folder
    /// and the usual devices are always among them. They must exist.
    #[serde(default, with = "raw_text::paths")]
    pub writable: Vec<PathBuf>,
    /// What it may not write though it lies in something writable: an agent's configuration, hooks, plugins, memory. In
    /// the place of one that does not exist yet an empty one is made, a file if its name has an extension or begins
    /// with a dot (`{}` for `.json`), else a folder; it stays. Where Landlock is alone, all of this stays writable: grants
    /// cannot be carved without keeping the program from making new files beside.
    #[serde(default, with = "raw_text::paths")]
    pub read_only_within: Vec<PathBuf>,
    /// What it may not even see: folders look empty to it, files too.
    #[serde(default, with = "raw_text::paths")]
    pub hidden: Vec<PathBuf>,
    /// What it sees though it lies in something hidden; it is writable only if `writable` says so (or the mode is
    /// [`Mode::Protect`]).
    #[serde(default, with = "raw_text::paths")]
    pub visible: Vec<PathBuf>,
    /// What it may not write whatever it lies in. All there is for [`Mode::Protect`].
    #[serde(default, with = "raw_text::paths")]
    pub protected: Vec<PathBuf>,
    /// Unix sockets, or folders of such, that it may reach. All others outside `writable` are masked in
    /// [`Mode::ReadOnly`].
    #[serde(default, with = "raw_text::paths")]
    pub sockets_allowed: Vec<PathBuf>,
    /// What must be reached; the program is not started with less.
    #[serde(default)]
    pub require: Option<Level>,
    /// Which of the kernel's means are used.
    #[serde(default)]
    pub layers: Layers,
}

impl Sandbox {
    /// Everything read-only, by every means there is, with nothing writable but the private temporary folder.
    pub fn read_only() -> Self {
        Self::new(Mode::ReadOnly)
    }

    /// Nothing kept from it but what is then named in `protected` and `hidden`.
    pub fn protect() -> Self {
        Self::new(Mode::Protect)
    }

    fn new(mode: Mode) -> Self {
        Self {
            mode,
            writable: Vec::new(),
            read_only_within: Vec::new(),
            hidden: Vec::new(),
            visible: Vec::new(),
            protected: Vec::new(),
            sockets_allowed: Vec::new(),
            require: None,
            layers: Layers::Both,
        }
    }
}

/// How much is kept from a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// The whole file tree is read-only but for what is writable, sockets are masked, capabilities are gone.
    ReadOnly,
    /// The file tree is as it is but for what is protected or hidden. Kept by the mount namespace alone; the program may
    /// no longer mount, nor gain privileges.
    Protect,
}

/// Which of the kernel's means are used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layers {
    /// All that this machine gives.
    #[default]
    Both,
    /// Landlock alone, even where namespaces could be had; for tests.
    LandlockAlone,
    /// The mount namespace alone, even where Landlock could be had; for tests.
    MountsAlone,
}

/// Who keeps it, from the weakest to the strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Nobody but the program itself.
    Agent,
    /// The kernel, by one of its means.
    KernelPartial,
    /// The kernel, by all of them.
    Kernel,
}

/// What was reached for one program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// How much.
    pub level: Level,
    /// By what, and what is missing, for people.
    pub detail: String,
}

/// How the machine is asked what it gives: the argument in the place of a folder.
pub(crate) const PROBE: &str = "--probe";

/// What this machine gives a read-only program, found out by trying: `program supervise --probe` makes a process that
/// shuts itself in and ends. Blocks for a few milliseconds.
///
/// An error means that it could not be found out, and nothing else.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the room of the supervisor's own processes"
)]
pub fn probe(program: &Path, environment: &[(OsString, OsString)]) -> io::Result<Reached> {
    let output = Command::new(program)
        .args(["supervise", PROBE])
        .env_clear()
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other(format!("the probe ended with {}", output.status)));
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}
