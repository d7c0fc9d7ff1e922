//! Where a supervisor says what went wrong with itself: a file of its folder, made only when there is something to say.
//!
//! What this is not: the program's output, or the receipt.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::sync::OnceLock;

use crate::folder::{self, AttemptFolder};

static PATH: OnceLock<PathBuf> = OnceLock::new();

/// From now on complaints go to the folder of this attempt, those of a panic included.
pub(super) fn begin(attempt: &AttemptFolder) {
    if PATH.set(attempt.file(folder::LOG)).is_ok() {
        std::panic::set_hook(Box::new(|panic| complain(&panic.to_string())));
    }
}

/// Adds a line to the log. What cannot even be logged is lost: nobody else listens.
pub(super) fn complain(text: &str) {
    let Some(path) = PATH.get() else { return };
    if let Ok(mut file) = OpenOptions::new().append(true).create(true).mode(0o600).open(path) {
        let _ = writeln!(file, "{text}");
    }
}
