//! macOS: the null signal. Untested: this has not run on a Mac yet.

use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

/// Whether it is gone. One that only waits for its parent to notice counts as alive, and so does what cannot be determined.
pub(crate) fn has_ended(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| test_kill_process(pid) == Err(Errno::SRCH))
}
