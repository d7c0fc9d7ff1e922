//! What a supervisor and its children ask of Linux at their start (prctl(2), close_range(2)).

use std::io;

/// Adopts orphans of our tree, and drops descriptors that somebody left open above standard error.
pub(super) fn become_supervisor() -> io::Result<()> {
    // SAFETY: called once at the start of the process, before it has opened anything of its own.
    unsafe {
        libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, 0);
        // Fails if we lead a group already, as when started by hand: then we are apart enough.
        libc::setsid();
        if libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}

/// In the child: be killed when the supervisor dies. Fails if it has died already.
pub(super) fn die_with(supervisor: libc::pid_t) -> io::Result<()> {
    // SAFETY: both calls are safe between fork and exec.
    unsafe {
        if libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL, 0, 0, 0) != 0 {
            return Err(io::Error::last_os_error());
        }
        if libc::getppid() != supervisor {
            return Err(io::Error::from_raw_os_error(libc::ESRCH));
        }
    }
    Ok(())
}

/// In the child: every signal does by default what it does, those included that the C library keeps for itself and
/// that our starter may have ignored.
pub(super) fn reset_signals() {
    // All zeros is the default action in the kernel's own form of `sigaction`, which is at most this large.
    let default = [0_u64; 8];
    let set_size_bytes: libc::size_t = 8;
    for signal in 1..=64 {
        // SAFETY: the structure outlives the call; KILL and STOP are refused, which is right.
        unsafe {
            libc::syscall(
                libc::SYS_rt_sigaction,
                signal,
                default.as_ptr(),
                std::ptr::null_mut::<u64>(),
                set_size_bytes,
            );
        }
    }
}

/// `ru_maxrss` is in units of so many bytes.
pub(super) const MAXRSS_UNIT_BYTES: u64 = 1024;
