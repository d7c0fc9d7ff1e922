//! Why something about a worktree was not done.

use std::path::PathBuf;

use crate::file::FileError;
use crate::git::GitError;

/// Why something about a worktree was not done. Nothing is lost by any of them.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// Git could not, or would not.
    #[error(transparent)]
    Git(#[from] GitError),
    /// A file of ours.
    #[error(transparent)]
    File(#[from] FileError),
    /// The state of things forbids it.
    #[error("{message}")]
    Refused {
        /// What is in the way.
        message: String,
        /// What to do about it.
        hint: String,
    },
    /// A folder or a file could not be made or removed.
    #[error("changing {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

impl TreeError {
    /// A refusal with its way out.
    pub(crate) fn refused(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Refused {
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// What to do about it; nothing if nothing is known to help.
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Refused { hint, .. } => Some(hint),
            _ => None,
        }
    }
}
