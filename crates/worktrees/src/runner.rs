//! How a program is started, as this crate asks for it. It starts nothing itself: the engine hands in its helper room,
//! with a time limit; a step of an attempt hands in [`Direct`](crate::Direct).

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

/// Variables that would lead git to another repository or index than the one it is asked about: a task may have been
/// submitted from inside a git hook. The list is `git rev-parse --local-env-vars`.
pub const LOCAL_VARIABLES: [&str; 16] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
    "GIT_OBJECT_DIRECTORY",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_REPLACE_REF_BASE",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_COMMON_DIR",
    "GIT_INTERNAL_SUPER_PREFIX",
];

/// A program to run to its end.
#[derive(Debug, Clone, Default)]
pub struct Program {
    /// Its name, then its arguments.
    pub words: Vec<OsString>,
    /// The folder it runs in.
    pub folder: PathBuf,
    /// Variables on top of the runner's environment, from which [`LOCAL_VARIABLES`] are taken first.
    pub variables: Vec<(&'static str, OsString)>,
    /// What it reads; may be empty.
    pub input: Vec<u8>,
}

/// A program that is over.
#[derive(Debug, Clone, Default)]
pub struct Ended {
    /// Its exit code; 128 and the number for a signal.
    pub code: i32,
    /// What it wrote to standard output.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error.
    pub stderr: Vec<u8>,
}

/// Runs programs.
pub trait Runner {
    /// Runs one to its end.
    ///
    /// # Errors
    /// If it cannot be started, or its time is up.
    fn run(&self, program: &Program) -> io::Result<Ended>;
}
