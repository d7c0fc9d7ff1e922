//! A running supervisor, as the daemon holds it.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

use crate::identity::Identity;
use crate::process::Handle;

/// A supervisor that was alive when this was made. Its descriptor becomes readable when it ends.
#[derive(Debug)]
pub struct Supervised {
    identity: Identity,
    descriptor: OwnedFd,
}

impl Supervised {
    pub(crate) fn new(identity: Identity, handle: Handle) -> Self {
        Self {
            identity,
            descriptor: handle.into_descriptor(),
        }
    }

    /// Who it is.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Its process number.
    pub fn pid(&self) -> i32 {
        self.identity.pid
    }

    /// Takes its exit status from the system if it is our own child and has ended, so that no zombie is left. `None`
    /// while it runs, or if it is not our child.
    pub fn reap(&self) -> io::Result<Option<i32>> {
        let mut status = 0;
        loop {
            // SAFETY: status is ours to write; the number is our child's or nobody's, since only we reap our children.
            let reaped = unsafe { libc::waitpid(self.identity.pid, &raw mut status, libc::WNOHANG) };
            if reaped == self.identity.pid {
                let code = if libc::WIFEXITED(status) {
                    libc::WEXITSTATUS(status)
                } else {
                    128 + libc::WTERMSIG(status)
                };
                return Ok(Some(code));
            }
            match io::Error::last_os_error() {
                _ if reaped == 0 => return Ok(None),
                error if error.raw_os_error() == Some(libc::ECHILD) => return Ok(None),
                error if error.kind() == io::ErrorKind::Interrupted => {}
                error => return Err(error),
            }
        }
    }
}

impl AsFd for Supervised {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}

impl AsRawFd for Supervised {
    fn as_raw_fd(&self) -> RawFd {
        self.descriptor.as_raw_fd()
    }
}
