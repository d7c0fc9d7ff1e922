//! What SQLite says, in the store's words.

use std::sync::Arc;

use rusqlite::ErrorCode;

use crate::acts::StoreFault;

impl From<rusqlite::Error> for StoreFault {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt {
                detail: error.to_string(),
            },
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => Self::Disk {
                source: Arc::new(error),
            },
            _ => Self::Database {
                source: Arc::new(error),
            },
        }
    }
}
