//! Descriptors that a shell or a test harness left open in us.

use std::os::fd::{BorrowedFd, RawFd};

use rustix::io::{FdFlags, fcntl_setfd};

/// Sees to it that what we start holds none of them: a daemon that keeps its caller's pipe open makes the caller wait
/// for ever.
pub(crate) fn keep_from_children() {
    // `/dev/fd` is there on Linux and on macOS.
    let Ok(entries) = std::fs::read_dir("/dev/fd") else {
        return;
    };
    let open: Vec<RawFd> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect();
    for number in open.into_iter().filter(|number| *number > 2) {
        // SAFETY: the descriptor is borrowed for one call that only sets its close-on-exec flag; if it was closed since the
        // folder was read (the folder's own one is), the call answers EBADF.
        let descriptor = unsafe { BorrowedFd::borrow_raw(number) };
        let _ = fcntl_setfd(descriptor, FdFlags::CLOEXEC);
    }
}
