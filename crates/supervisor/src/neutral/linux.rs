//! Linux: the scheduling of a process (sched(7), ioprio_set(2)).

use rustix::thread::{CpuSet, sched_setaffinity};

/// `IOPRIO_WHO_PROCESS`, and no class: as the niceness says (linux/ioprio.h).
const OF_A_PROCESS: libc::c_int = 1;
const NO_CLASS: libc::c_int = 0;

/// The usual policy, every processor that may be had, no class of input and output. What is refused stays.
pub(super) fn schedule() {
    let parameters = libc::sched_param { sched_priority: 0 };
    // SAFETY: the structure outlives the call, and the second call takes numbers only.
    unsafe {
        libc::sched_setscheduler(0, libc::SCHED_OTHER, &raw const parameters);
        libc::syscall(libc::SYS_ioprio_set, OF_A_PROCESS, 0, NO_CLASS);
    }
    let mut all = CpuSet::new();
    (0..CpuSet::MAX_CPU).for_each(|processor| all.set(processor));
    // The kernel takes off what there is not and what a control group forbids.
    let _ = sched_setaffinity(None, &all);
}
