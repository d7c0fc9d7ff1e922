//! The small JSON files of an attempt folder: each with a version, each whole or not there.
//!
//! What this is not: forgiving. A file that does not parse is reported with its path and never replaced.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The version that this build writes and the only one it reads.
pub(crate) const VERSION: u32 = 1;

/// Why a file of an attempt folder could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is there but is not what it should be: truncated, zero-filled, garbage.
    #[error("{} is damaged: {reason}", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What was wrong with it.
        reason: String,
    },
    /// It was written by a version of Longhaul that this one does not know.
    #[error("{} has version {version}, which this build does not read", path.display())]
    UnknownVersion {
        /// Which file.
        path: PathBuf,
        /// The version it carries.
        version: u64,
    },
    /// The system refused to read it.
    #[error("reading {}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl ReadError {
    pub(crate) fn damaged(path: &Path, reason: impl ToString) -> Self {
        Self::Damaged {
            path: path.to_owned(),
            reason: reason.to_string(),
        }
    }

    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            source,
        }
    }

    /// The file it is about.
    pub fn path(&self) -> &Path {
        match self {
            Self::Damaged { path, .. } | Self::UnknownVersion { path, .. } | Self::Io { path, .. } => path,
        }
    }
}

/// Reads `path`; `None` if there is no such file.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, ReadError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(ReadError::io(path, error)),
    };
    parse(&bytes, path).map(Some)
}

/// Reads what came from `path`.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8], path: &Path) -> Result<T, ReadError> {
    #[derive(serde::Deserialize)]
    struct Versioned {
        version: u64,
    }
    let versioned: Versioned = serde_json::from_slice(bytes).map_err(|error| ReadError::damaged(path, error))?;
    if versioned.version != u64::from(VERSION) {
        return Err(ReadError::UnknownVersion {
            path: path.to_owned(),
            version: versioned.version,
        });
    }
    serde_json::from_slice(bytes).map_err(|error| ReadError::damaged(path, error))
}

/// Whether a written file must survive a power cut, or only a crash of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Its bytes are synced before it appears, so that it is never there and damaged; a power cut in the next seconds
    /// may still take its name. The daemon's database, which is told next, is what acknowledges.
    Synced,
    /// Whole or absent, but perhaps gone after a power cut.
    Renamed,
}

/// Writes `value` as `folder/name`, replacing what was there in one step.
pub(crate) fn write<T: Serialize>(folder: &Path, name: &str, value: &T, durability: Durability) -> io::Result<()> {
    let temporary = write_temporary(folder, name, value, durability)?;
    std::fs::rename(&temporary, folder.join(name)).inspect_err(|_| {
        let _ = std::fs::remove_file(&temporary);
    })
}

/// Writes `value` as `folder/name` unless such a file exists; says whether it wrote. The first one wins.
pub(crate) fn write_first<T: Serialize>(folder: &Path, name: &str, value: &T) -> io::Result<bool> {
    let temporary = write_temporary(folder, name, value, Durability::Synced)?;
    // A link, not a rename: it fails if the name is taken, and it appears whole.
    let linked = std::fs::hard_link(&temporary, folder.join(name));
    let _ = std::fs::remove_file(&temporary);
    match linked {
        Ok(()) => File::open(folder)?.sync_all().map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

fn write_temporary<T: Serialize>(folder: &Path, name: &str, value: &T, durability: Durability) -> io::Result<PathBuf> {
    let path = folder.join(format!(".{name}.{}", std::process::id()));
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)?;
        let mut bytes = serde_json::to_vec(value)?;
        bytes.push(b'\n');
        file.write_all(&bytes)?;
        if durability == Durability::Synced {
            file.sync_all()?;
        }
        Ok(())
    };
    write().inspect_err(|_| {
        let _ = std::fs::remove_file(&path);
    })?;
    Ok(path)
}
