//! Opening a store, and every reason not to. Whatever the reason, what was there is left as it was.

use std::path::PathBuf;

use crate::acts::fault::Cause;

/// How to open a store.
#[derive(Debug, Clone, Copy, Default)]
pub struct OpenOptions {
    /// The next task gets an id above this one; 0 if only the database decides. The daemon hands in the highest
    /// number among the attempt folders, so that a restored older database never gives out an id twice.
    pub id_floor: u64,
}

/// Why a store was not opened.
#[derive(Debug, Clone, thiserror::Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error("the store in {} is in use by {}", folder.display(), holder(*pid))]
    InUse {
        /// The store's folder.
        folder: PathBuf,
        /// The process that holds it; nothing if it has not said yet.
        pid: Option<u32>,
    },
    /// Its folder is on a network file system, whose locks and syncs cannot be trusted.
    #[error("{} is on a network file system ({kind})", folder.display())]
    NetworkFileSystem {
        /// The store's folder.
        folder: PathBuf,
        /// Which kind.
        kind: String,
    },
    /// A newer Longhaul wrote it.
    #[error("the store has schema {found}, and this version knows only up to {known}")]
    NewerSchema {
        /// Its schema.
        found: u32,
        /// The newest this version knows.
        known: u32,
    },
    /// The file is no database of ours, or a damaged one.
    #[error("{} is damaged: {detail}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// The file system is mounted read-only.
    #[error("{} is on a read-only file system", path.display())]
    ReadOnly {
        /// What could not be written.
        path: PathBuf,
    },
    /// The disk is full.
    #[error("the disk of {} is full", path.display())]
    DiskFull {
        /// What could not be written.
        path: PathBuf,
    },
    /// This user may not read and write it.
    #[error("no permission to read and write {}", path.display())]
    PermissionDenied {
        /// What was refused.
        path: PathBuf,
    },
    /// There is something else in its place.
    #[error("{} is not a folder", path.display())]
    NotAFolder {
        /// The place.
        path: PathBuf,
    },
    /// The database library in this binary has known faults.
    #[error("the SQLite in this binary is {found}, and 3.51.3 is the oldest that is safe")]
    OldLibrary {
        /// Its version.
        found: String,
    },
    /// The copy that is made before the schema changes could not be made; the schema did not change.
    #[error("making a copy of the store before its schema changes, in {}", path.display())]
    Backup {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: Cause,
    },
    /// The operating system refused otherwise.
    #[error("opening {}", path.display())]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// What it said.
        #[source]
        source: Cause,
    },
    /// The database refused otherwise.
    #[error("opening the database {}", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// What it said.
        #[source]
        source: Cause,
    },
}

fn holder(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
}

impl OpenError {
    /// What a person does about it; nothing if nothing is known to help.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::InUse { .. } => Some("one daemon is running on this folder already; use it, or stop it first"),
            Self::NetworkFileSystem { .. } => Some("set LONGHAUL_HOME to a folder on a local disk"),
            Self::NewerSchema { .. } => Some("install the newer version again; nothing was changed"),
            Self::Corrupt { .. } => {
                Some("nothing was changed; move the file aside, then restore a copy or start with an empty store")
            }
            Self::ReadOnly { .. } => Some("make the file system writable, or set LONGHAUL_HOME to another folder"),
            Self::DiskFull { .. } => Some("free some space and start again; nothing is lost"),
            Self::PermissionDenied { .. } => Some("the folder and its files must belong to the user who runs Longhaul"),
            Self::NotAFolder { .. } => Some("move it aside, or set LONGHAUL_HOME to another folder"),
            Self::OldLibrary { .. } => Some("build Longhaul with its bundled SQLite"),
            Self::Backup { .. } => Some("free some space for one more copy of the database"),
            Self::Disk { .. } | Self::Database { .. } => None,
        }
    }
}
