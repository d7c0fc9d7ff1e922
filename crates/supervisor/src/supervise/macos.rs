//! What a supervisor and its children ask of macOS at their start. Not yet run on a Mac.
//!
//! There is neither a subreaper nor a parent-death signal: what escapes is found by its marker and session.

use std::io;

/// Leaves the session we were started in, and drops descriptors above standard error.
pub(super) fn become_supervisor() -> io::Result<()> {
    // SAFETY: called once at the start of the process, before it has opened anything of its own.
    unsafe {
        for descriptor in 3..libc::getdtablesize() {
            libc::close(descriptor);
        }
        libc::setsid();
    }
    Ok(())
}

/// In the child: fails if the supervisor has died already.
pub(super) fn die_with(supervisor: libc::pid_t) -> io::Result<()> {
    // SAFETY: safe between fork and exec.
    match unsafe { libc::getppid() } == supervisor {
        true => Ok(()),
        false => Err(io::Error::from_raw_os_error(libc::ESRCH)),
    }
}

/// In the child: every signal does by default what it does.
pub(super) fn reset_signals() {
    for signal in 1..32 {
        // SAFETY: safe between fork and exec; KILL and STOP are refused, which is right.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
}

/// `ru_maxrss` is in units of so many bytes.
pub(super) const MAXRSS_UNIT_BYTES: u64 = 1;
