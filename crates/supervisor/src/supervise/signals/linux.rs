//! By signalfd(2): the signals are blocked and read.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, FromRawFd, OwnedFd};

use super::WATCHED;
use crate::signal::Signal;

/// The watched signals as a descriptor.
#[derive(Debug)]
pub(in crate::supervise) struct Signals {
    descriptor: OwnedFd,
}

impl Signals {
    /// From here on the watched signals no longer end us.
    pub(in crate::supervise) fn watch() -> io::Result<Self> {
        let mut set = MaybeUninit::<libc::sigset_t>::uninit();
        // SAFETY: the set is initialised before use; the new descriptor is nobody else's.
        unsafe {
            libc::sigemptyset(set.as_mut_ptr());
            for signal in WATCHED {
                libc::sigaddset(set.as_mut_ptr(), signal.raw());
            }
            if libc::sigprocmask(libc::SIG_BLOCK, set.as_ptr(), std::ptr::null_mut()) != 0 {
                return Err(io::Error::last_os_error());
            }
            let raw = libc::signalfd(-1, set.as_ptr(), libc::SFD_CLOEXEC | libc::SFD_NONBLOCK);
            if raw < 0 {
                return Err(io::Error::last_os_error());
            }
            Ok(Self {
                descriptor: OwnedFd::from_raw_fd(raw),
            })
        }
    }

    /// The next signal that has arrived; `None` if there is none.
    pub(in crate::supervise) fn take(&self) -> Option<Signal> {
        let mut bytes = [0_u8; size_of::<libc::signalfd_siginfo>()];
        match rustix::io::read(&self.descriptor, &mut bytes) {
            // The number is the first field (signalfd(2)).
            Ok(count) if count == bytes.len() => {
                let number = u32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
                Some(Signal::from_raw(number.cast_signed()))
            }
            _ => None,
        }
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.descriptor.as_fd()
    }
}
