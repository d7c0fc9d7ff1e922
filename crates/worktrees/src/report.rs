//! What a step of ours tells the daemon beside its output: a file in the task's folder.

use std::path::Path;

use longhaul_model::Landing;
use serde::{Deserialize, Serialize};

use crate::file::{self, FileError};

/// What the steps of one attempt have to tell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Report {
    /// What the task's owner should know although nothing failed.
    pub notes: Vec<String>,
    /// Why a step failed.
    pub error: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// What became of a landing.
    pub landing: Option<Landing>,
}

impl Report {
    /// The report in this file; an empty one if there is none.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        Ok(file::read(path)?.unwrap_or_default())
    }

    /// Writes it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), FileError> {
        file::write(path, self)
    }

    /// Notes something, unless it is noted already.
    pub fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}
