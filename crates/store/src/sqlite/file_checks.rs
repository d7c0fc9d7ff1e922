//! What can be told of a database file without SQLite, which would already write beside it.
//!
//! The layout is that of "Database File Format" in SQLite's documentation, section 1.3.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Marks a database as ours: "LHqu".
pub(super) const APPLICATION_ID: u32 = 0x4C48_7175;

const HEADER: usize = 100;

/// What the first page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// Our schema's number.
    pub(super) schema: u32,
    /// Whether the file is shorter than it says of itself. With a log beside it that may be a fold that was cut short.
    pub(super) is_short: bool,
    /// Whether there is a log with something in it.
    pub(super) has_log: bool,
}

/// What is there.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FileState {
    /// Nothing: a store can be made here.
    Nothing,
    /// A file that may well be ours.
    Database(Header),
    /// Something that must not be touched.
    Damaged(String),
}

/// The write-ahead log beside a database.
pub(super) fn log_path(database: &Path) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push("-wal");
    path.into()
}

/// Looks, and touches nothing.
pub(super) fn look(database: &Path) -> io::Result<FileState> {
    let log_bytes = match std::fs::metadata(log_path(database)) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        Err(error) => return Err(error),
    };
    let mut file = match File::open(database) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let lost =
                || FileState::Damaged("its write-ahead log is there, but the database itself is missing".to_owned());
            return Ok(if log_bytes > 0 { lost() } else { FileState::Nothing });
        }
        Err(error) => return Err(error),
    };
    let size_bytes = file.metadata()?.len();
    let mut header = Vec::with_capacity(HEADER);
    file.by_ref().take(HEADER as u64).read_to_end(&mut header)?;
    Ok(match read_header(&header, size_bytes, log_bytes > 0) {
        Ok(Header {
            is_short: true,
            has_log: false,
            ..
        }) => FileState::Damaged("its end is missing".to_owned()),
        Ok(header) => FileState::Database(header),
        Err(detail) => FileState::Damaged(detail),
    })
}

fn read_header(bytes: &[u8], size_bytes: u64, has_log: bool) -> Result<Header, String> {
    let Ok(bytes) = <[u8; HEADER]>::try_from(bytes) else {
        return Err(format!("it has only {size_bytes} bytes"));
    };
    if bytes.iter().all(|byte| *byte == 0) {
        return Err("it begins with zeros".to_owned());
    }
    if !bytes.starts_with(b"SQLite format 3\0") {
        return Err("it is not a database".to_owned());
    }
    let number = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    if number(68) != APPLICATION_ID {
        return Err("it is the database of another program".to_owned());
    }
    let page_bytes = match u16::from_be_bytes([bytes[16], bytes[17]]) {
        1 => 65_536,
        size if size.is_power_of_two() && size >= 512 => u64::from(size),
        size => return Err(format!("its pages would have {size} bytes")),
    };
    let pages = u64::from(number(28));
    Ok(Header {
        schema: number(60),
        is_short: size_bytes < pages * page_bytes,
        has_log,
    })
}
