//! What became of an attempt: asked by the daemon at its start, after every wake-up, and in every periodic round.
//!
//! What this is not: a guess. Alive is proven by the lock and the supervisor's identity, over by the receipt, never
//! started by a `void` written while holding the lock.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::document::ReadError;
use crate::folder::{self, AttemptFolder};
use crate::identity::{Identity, Liveness};
use crate::process::Handle;
use crate::receipt::Receipt;
use crate::supervised::Supervised;

/// What an attempt folder shows.
#[derive(Debug)]
pub enum Found {
    /// A supervisor holds the lock and is who it says it is.
    Running(Supervised),
    /// A supervisor holds the lock and has not written that it began.
    Starting,
    /// It is over.
    Finished(Box<Receipt>),
    /// No supervisor ever began, and from now on none can: the folder has been declared void.
    NeverStarted,
    /// A supervisor began and is gone without a receipt. Its tree may live: sweep before anything else.
    Gone(Identity),
    /// A supervisor holds the lock but cannot be seen from here, for instance from another pid namespace.
    Unverified {
        /// Who it says it is.
        identity: Identity,
    },
    /// There is no such folder.
    Missing,
    /// A file of it is damaged, or of a version that this build does not read. Nothing was changed.
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// How often the moment between "the lock is held" and "its holder is gone" is looked at again.
const LOOKS: u32 = 50;

/// Finds out what became of the attempt in `folder`.
///
/// An error means that it could not be told; nothing may be concluded from it.
pub fn inspect(folder: &Path) -> io::Result<Found> {
    let attempt = AttemptFolder::at(folder);
    match look(&attempt) {
        Ok(found) => Ok(found),
        Err(Obstacle::Read(ReadError::Io { source, .. }) | Obstacle::Io(source)) => Err(source),
        Err(Obstacle::Read(error)) => Ok(Found::Damaged {
            path: error.path().to_owned(),
            reason: error.to_string(),
        }),
    }
}

enum Obstacle {
    Read(ReadError),
    Io(io::Error),
}

impl From<ReadError> for Obstacle {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

impl From<io::Error> for Obstacle {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

fn look(attempt: &AttemptFolder) -> Result<Found, Obstacle> {
    let mut unverified = None;
    for _ in 0..LOOKS {
        if let Some(receipt) = attempt.receipt()? {
            return Ok(Found::Finished(Box::new(receipt)));
        }
        let lock = match attempt.try_lock() {
            Ok(lock) => lock,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Missing),
            Err(error) => return Err(error.into()),
        };
        if lock.is_some() {
            return look_with_lock(attempt);
        }
        let Some(started) = attempt.started()? else {
            return Ok(Found::Starting);
        };
        match started.identity.liveness()? {
            Liveness::Alive => {
                if let Some(handle) = Handle::open(started.identity.pid, started.identity.start_time)? {
                    return Ok(Found::Running(Supervised::new(started.identity, handle)));
                }
            }
            Liveness::Gone => {}
            Liveness::Elsewhere => {
                return Ok(Found::Unverified {
                    identity: started.identity,
                });
            }
        }
        unverified = Some(started.identity);
        // It ends at this moment, or another look at this folder holds the lock: both pass at once.
        std::thread::sleep(Duration::from_millis(2));
    }
    match unverified {
        Some(identity) => Ok(Found::Unverified { identity }),
        None => Ok(Found::Starting),
    }
}

/// Nobody else can change the folder now.
fn look_with_lock(attempt: &AttemptFolder) -> Result<Found, Obstacle> {
    if let Some(receipt) = attempt.receipt()? {
        return Ok(Found::Finished(Box::new(receipt)));
    }
    if let Some(started) = attempt.started()? {
        return Ok(Found::Gone(started.identity));
    }
    // With or without a readable spec: nobody began, and from here on nobody can. The daemon may have been killed while
    // it filled the folder.
    let void = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(attempt.file(folder::VOID))?;
    void.sync_all()?;
    std::fs::File::open(attempt.path())?.sync_all()?;
    Ok(Found::NeverStarted)
}
