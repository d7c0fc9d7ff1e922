//! What a task takes over from whoever submits it: environment, folder and umask.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use rustix::fs::Mode;

use super::environment::variable;

/// The submitter's circumstances.
#[derive(Debug, Clone)]
pub(crate) struct Submitter {
    /// The environment without our own variables.
    pub(crate) environment: BTreeMap<String, String>,
    /// What is not in it, because names and values that are not UTF-8 cannot travel as JSON; as they can be shown.
    pub(crate) left_out: Vec<String>,
    /// The file mode mask.
    pub(crate) umask: u32,
}

impl Submitter {
    /// Reads them.
    pub(crate) fn read() -> Self {
        let (environment, left_out) = environment();
        Self {
            environment,
            left_out,
            umask: umask(),
        }
    }

    /// The folder.
    ///
    /// # Errors
    /// If it is gone.
    pub(crate) fn folder() -> io::Result<PathBuf> {
        std::env::current_dir()
    }

    /// Only the environment, for a daemon that wants one to fall back on.
    pub(crate) fn environment_only() -> BTreeMap<String, String> {
        environment().0
    }
}

/// One variable by name; nothing if it is not set or not UTF-8.
pub(crate) fn named_variable(name: &str) -> Option<String> {
    variable(name).and_then(|value| value.into_string().ok())
}

fn environment() -> (BTreeMap<String, String>, Vec<String>) {
    let mut environment = BTreeMap::new();
    let mut left_out = Vec::new();
    for (name, value) in std::env::vars_os() {
        match (name.to_str(), value.to_str()) {
            // A task's own LONGHAUL_ variables say who *it* is; handed down they would lie.
            (Some(name), _) if name.starts_with("LONGHAUL_") || name.is_empty() => {}
            (Some(name), Some(value)) => {
                environment.insert(name.to_owned(), value.to_owned());
            }
            _ => left_out.push(name.to_string_lossy().into_owned()),
        }
    }
    (environment, left_out)
}

/// For as long as this is held, what is made here can be used by its owner, whatever the umask says: a shell with 0777 would
/// leave a state folder that nobody can enter. Its other bits hold on, and what is started meanwhile inherits it.
#[derive(Debug)]
#[must_use = "it holds until it is dropped"]
pub(crate) struct OwnRights(Mode);

impl OwnRights {
    /// Begins it.
    pub(crate) fn keep() -> Self {
        let before = rustix::process::umask(Mode::from_raw_mode(0o077));
        rustix::process::umask(before.difference(Mode::RWXU));
        Self(before)
    }
}

impl Drop for OwnRights {
    fn drop(&mut self) {
        rustix::process::umask(self.0);
    }
}

/// The mask can only be read by setting it; no other thread creates files meanwhile, because there is none yet.
fn umask() -> u32 {
    let mask = rustix::process::umask(Mode::from_raw_mode(0o077));
    rustix::process::umask(mask);
    // 16 bits wide on macOS and 32 on Linux.
    u64::from(mask.bits()) as u32
}
