//! By a pipe that the handler writes into. Not yet run on a Mac.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicI32, Ordering};

use super::WATCHED;
use crate::signal::Signal;

static WRITING_END: AtomicI32 = AtomicI32::new(-1);

extern "C" fn note(number: libc::c_int) {
    let byte = number.to_le_bytes()[0];
    // SAFETY: write is allowed in a handler; a full pipe loses nothing that matters, since one byte is waiting.
    unsafe {
        libc::write(WRITING_END.load(Ordering::Relaxed), (&raw const byte).cast(), 1);
    }
}

/// The watched signals as a descriptor.
#[derive(Debug)]
pub(in crate::supervise) struct Signals {
    descriptor: OwnedFd,
    _writing_end: OwnedFd,
}

impl Signals {
    /// From here on the watched signals no longer end us.
    pub(in crate::supervise) fn watch() -> io::Result<Self> {
        let (reading_end, writing_end) = rustix::pipe::pipe()?;
        for end in [&reading_end, &writing_end] {
            rustix::io::fcntl_setfd(end, rustix::io::FdFlags::CLOEXEC)?;
            rustix::io::ioctl_fionbio(end, true)?;
        }
        WRITING_END.store(writing_end.as_raw_fd(), Ordering::Relaxed);
        let handler: extern "C" fn(libc::c_int) = note;
        for signal in WATCHED {
            // SAFETY: the handler only writes to a descriptor that lives as long as the process.
            unsafe { libc::signal(signal.raw(), handler as libc::sighandler_t) };
        }
        Ok(Self {
            descriptor: reading_end,
            _writing_end: writing_end,
        })
    }

    /// The next signal that has arrived; `None` if there is none.
    pub(in crate::supervise) fn take(&self) -> Option<Signal> {
        let mut byte = [0_u8; 1];
        match rustix::io::read(&self.descriptor, &mut byte) {
            Ok(1) => Some(Signal::from_raw(byte[0].into())),
            _ => None,
        }
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}
