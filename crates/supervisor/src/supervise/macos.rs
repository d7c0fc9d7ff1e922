//! What a supervisor and its children ask of macOS at their start. Not yet run on a Mac.
//!
//! There is neither a subreaper nor a parent-death signal: what escapes is found by its marker and session.

use std::io;

use crate::cgroup::Door;

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

/// What a fork gave.
pub(super) struct Born {
    /// The child's number in the parent; nothing in the child.
    pub(super) pid: Option<libc::pid_t>,
    /// Whether the child was born inside a control group: there are none here.
    pub(super) is_inside: bool,
}

/// Forks.
///
/// # Safety
///
/// As for fork(2) in a process of one thread: the child may make system calls only.
pub(super) unsafe fn fork_into(_door: Option<&Door>) -> io::Result<Born> {
    // SAFETY: as the caller promises.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        pid => Ok(Born {
            pid: (pid > 0).then_some(pid),
            is_inside: false,
        }),
    }
}

/// What the last system call of this thread failed with. Safe between fork and exec.
pub(super) fn errno() -> i32 {
    // SAFETY: the location is this thread's own.
    unsafe { *libc::__error() }
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
