//! The lock that keeps a second process away from a store. The kernel drops it with its holder, so it is never stale;
//! the pid inside only tells people who it is.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// A held lock; dropping it lets go.
#[derive(Debug)]
pub(super) struct FolderLock {
    _file: File,
}

/// What trying to lock came to.
#[derive(Debug)]
pub(super) enum Attempted {
    /// It is ours.
    Locked(FolderLock),
    /// It is another's; the pid is missing while that one is still writing it down.
    HeldBy(Option<u32>),
}

impl FolderLock {
    /// Tries to lock `folder`, without waiting.
    pub(super) fn attempt(folder: &Path) -> io::Result<Attempted> {
        let mut options = OpenOptions::new();
        let mut file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(folder.join("lock"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                // Only for people: what cannot be read is not told.
                let _ = file.take(32).read_to_string(&mut text);
                return Ok(Attempted::HeldBy(text.trim().parse().ok()));
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
        file.set_len(0)?;
        file.seek(SeekFrom::Start(0))?;
        writeln!(file, "{}", std::process::id())?;
        Ok(Attempted::Locked(Self { _file: file }))
    }
}
