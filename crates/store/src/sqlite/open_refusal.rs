//! What SQLite says of a database becomes a reason not to open it.

use std::path::Path;
use std::sync::Arc;

use crate::acts::{OpenError, StoreFault};

/// What SQLite said of `database`, as a reason not to open it.
pub(super) fn refused(database: &Path, error: rusqlite::Error) -> OpenError {
    fault_in(database, error.into())
}

/// A fault of `database`, as a reason not to open it.
pub(super) fn fault_in(database: &Path, fault: StoreFault) -> OpenError {
    let path = database.to_owned();
    match fault {
        StoreFault::DiskFull => OpenError::DiskFull { path },
        StoreFault::ReadOnly => OpenError::PermissionDenied { path },
        StoreFault::Corrupt { detail } => OpenError::Corrupt { path, detail },
        StoreFault::Disk { source } => OpenError::Disk { path, source },
        StoreFault::Database { source } => OpenError::Database { path, source },
        fault => OpenError::Database {
            path,
            source: Arc::new(fault),
        },
    }
}
