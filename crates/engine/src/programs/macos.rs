//! Waiting for a program on macOS: it is looked at now and then. Untested: there was no such machine.

use std::io;
use std::time::{Duration, Instant};

use rustix::process::{Pid, WaitId, WaitIdOptions};

/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// Whether the process ended within the limit. It is not reaped.
pub(super) fn wait_for_end(pid: Pid, limit: Duration) -> io::Result<bool> {
    let began = Instant::now();
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    loop {
        if rustix::process::waitid(WaitId::Pid(pid), options)?.is_some() {
            return Ok(true);
        }
        if began.elapsed() >= limit {
            return Ok(false);
        }
        std::thread::sleep(LOOK);
    }
}
