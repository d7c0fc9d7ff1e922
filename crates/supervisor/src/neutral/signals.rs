//! Signals: dispositions and the mask outlive exec(2) (signal(7)).

use std::mem::MaybeUninit;
use std::ptr;

use crate::signal::Signal;

/// What a write beyond a file size limit and a used-up processor time limit send: both end a process by default, and
/// without a word. Ignored, the write fails with an error that can be told.
const NOT_TO_DIE_OF: [libc::c_int; 2] = [libc::SIGXFSZ, libc::SIGXCPU];

/// Undoes what the starter had ignored or blocked, all but `kept`. To be called while there is one thread.
///
/// A broken pipe stays ignored: that is our own runtime's doing, and every write looks at its error. So does what
/// a handler is installed for.
pub fn signals(kept: &[Signal]) {
    let is_kept = |number| number == libc::SIGPIPE || kept.iter().any(|signal| signal.raw() == number);
    for number in (1..=highest()).filter(|number| !is_kept(*number)) {
        heed(number);
    }
    for number in NOT_TO_DIE_OF {
        // SAFETY: no handler is installed; ignoring touches no memory of ours.
        unsafe { libc::signal(number, libc::SIG_IGN) };
    }
    let mut none = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: the set is initialised before it is used.
    unsafe {
        libc::sigemptyset(none.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_SETMASK, none.as_ptr(), ptr::null_mut());
    }
}

/// Children can be waited for: where SIGCHLD is ignored the kernel throws their exit codes away.
pub fn wait_for_children() {
    heed(libc::SIGCHLD);
}

/// An ignored signal does again what it does by default.
fn heed(number: libc::c_int) {
    let mut found = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: the structure outlives the call, which fills it or fails (for numbers that the C library keeps for itself);
    // the second call installs no handler.
    unsafe {
        if libc::sigaction(number, ptr::null(), found.as_mut_ptr()) == 0
            && found.assume_init().sa_sigaction == libc::SIG_IGN
        {
            libc::signal(number, libc::SIG_DFL);
        }
    }
}

/// The highest number of a signal.
fn highest() -> libc::c_int {
    #[cfg(target_os = "linux")]
    return libc::SIGRTMAX();
    #[cfg(not(target_os = "linux"))]
    31
}
