//! What a task takes over from whoever submits it: environment, folder and umask.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use rustix::fs::Mode;

use super::environment::variable;

/// The submitter's circumstances.
#[derive(Debug, Clone)]
pub(crate) struct Submitter {
    /// The environment without our own variables. Names and values that are not UTF-8 cannot travel and are left out.
    pub(crate) environment: BTreeMap<String, String>,
    /// The folder.
    pub(crate) folder: PathBuf,
    /// The file mode mask.
    pub(crate) umask: u32,
}

impl Submitter {
    /// Reads them.
    ///
    /// # Errors
    /// If the working folder is gone.
    pub(crate) fn read() -> io::Result<Self> {
        Ok(Self {
            environment: environment(),
            folder: std::env::current_dir()?,
            umask: umask(),
        })
    }

    /// Only the environment, for a daemon that wants one to fall back on.
    pub(crate) fn environment_only() -> BTreeMap<String, String> {
        environment()
    }
}

/// One variable by name; nothing if it is not set or not UTF-8.
pub(crate) fn named_variable(name: &str) -> Option<String> {
    variable(name).and_then(|value| value.into_string().ok())
}

fn environment() -> BTreeMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        // A task's own LONGHAUL_ variables say who *it* is; handed down they would lie.
        .filter(|(name, _)| !name.starts_with("LONGHAUL_") && !name.is_empty())
        .collect()
}

/// The mask can only be read by setting it; no other thread creates files meanwhile, because there is none yet.
fn umask() -> u32 {
    let mask = rustix::process::umask(Mode::from_raw_mode(0o077));
    rustix::process::umask(mask);
    // 16 bits wide on macOS and 32 on Linux.
    u64::from(mask.bits()) as u32
}
