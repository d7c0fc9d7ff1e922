//! The hidden `supervise FOLDER`: this process becomes the supervisor of one attempt.
//!
//! Decided before the command line is parsed, because a supervisor must stay small.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::exit;

pub(crate) fn run(folder: Option<PathBuf>) -> ExitCode {
    match folder {
        Some(folder) => ExitCode::from(longhaul_supervisor::supervise(&folder)),
        None => ExitCode::from(exit::USAGE),
    }
}
