//! What a supervisor and its children ask of Linux at their start (prctl(2), close_range(2)).

use std::io;
use std::os::fd::AsRawFd as _;

use crate::cgroup::Door;

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

/// What a fork gave.
pub(super) struct Born {
    /// The child's number in the parent; nothing in the child.
    pub(super) pid: Option<libc::pid_t>,
    /// Whether the child was born inside the control group.
    pub(super) is_inside: bool,
}

/// Forks; the child is born inside the control group where the kernel can do that (5.7), and beside it elsewhere.
///
/// # Safety
///
/// As for fork(2) in a process of one thread: the child may make system calls only.
pub(super) unsafe fn fork_into(door: Option<&Door>) -> io::Result<Born> {
    if let Some(door) = door {
        // SAFETY: a structure of numbers, for which zero means "not asked for".
        let mut wish: libc::clone_args = unsafe { std::mem::zeroed() };
        wish.flags = CLONE_INTO_CGROUP;
        wish.exit_signal = libc::SIGCHLD as u64;
        wish.cgroup = door.folder.as_raw_fd() as u64;
        // SAFETY: without memory sharing and without a stack of its own this is a fork.
        let pid = unsafe { libc::syscall(libc::SYS_clone3, &raw const wish, size_of::<libc::clone_args>()) };
        if pid >= 0 {
            return Ok(Born {
                pid: (pid > 0).then_some(pid as libc::pid_t),
                is_inside: true,
            });
        }
        // An older kernel, a filter on system calls, or a group that will not have us: the plain way.
    }
    // SAFETY: as the caller promises.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        pid => Ok(Born {
            pid: (pid > 0).then_some(pid),
            is_inside: false,
        }),
    }
}

/// linux/sched.h; libc has it in too narrow a type.
const CLONE_INTO_CGROUP: u64 = 0x2_0000_0000;

/// What the last system call of this thread failed with. Safe between fork and exec.
pub(super) fn errno() -> i32 {
    // SAFETY: the location is this thread's own.
    unsafe { *libc::__errno_location() }
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
