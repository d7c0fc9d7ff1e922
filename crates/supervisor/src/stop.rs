//! The daemon's side of a stop: a durable request first, then a signal to look for it.
//!
//! What this is not: a kill. Only the supervisor signals the program.

use std::io;
use std::path::Path;

use crate::document::{self, ReadError};
use crate::folder::{self, AttemptFolder};
use crate::identity::Liveness;
use crate::process::Handle;
use crate::signal::Signal;
use crate::stop_request::StopRequest;

/// Why a stop could not be requested.
#[derive(Debug, thiserror::Error)]
pub enum StopError {
    /// The request could not be written; nothing was asked.
    #[error("writing the request to stop")]
    Write(#[source] io::Error),
    /// The request is on disk, but who the supervisor is could not be read.
    #[error("finding the supervisor to stop")]
    Read(#[from] ReadError),
    /// The request is on disk, but the supervisor could not be told.
    #[error("telling the supervisor to look")]
    Poke(#[source] io::Error),
}

/// Whether a supervisor was told to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Poked {
    /// It was told to look.
    Told,
    /// It has not begun yet; it looks for a request when it does.
    NotStarted,
    /// There is none any more.
    Gone,
    /// It lives in another pid namespace and cannot be reached from here.
    OutOfReach,
}

/// Asks the attempt in `folder` to end. The request is durable when this returns, and asking twice changes nothing.
pub fn request(folder: &Path, request: &StopRequest) -> Result<Poked, StopError> {
    document::write_first(folder, folder::STOP, request).map_err(StopError::Write)?;
    poke(folder)
}

/// Tells the supervisor to look for a request; without one this changes nothing.
pub fn poke(folder: &Path) -> Result<Poked, StopError> {
    let Some(started) = AttemptFolder::at(folder).started()? else {
        return Ok(Poked::NotStarted);
    };
    match started.identity.liveness().map_err(StopError::Poke)? {
        Liveness::Gone => return Ok(Poked::Gone),
        Liveness::Elsewhere => return Ok(Poked::OutOfReach),
        Liveness::Alive => {}
    }
    match Handle::open(started.identity.pid, started.identity.start_time).map_err(StopError::Poke)? {
        Some(handle) => {
            // A supervisor that somebody stopped would not hear us; one that runs takes no notice of the second signal.
            let told = handle.send(Signal::USR1).and_then(|()| handle.send(Signal::CONT));
            told.map(|()| Poked::Told).map_err(StopError::Poke)
        }
        None => Ok(Poked::Gone),
    }
}
