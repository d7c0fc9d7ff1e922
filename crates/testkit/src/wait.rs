//! The only way in which tests wait: for a condition, with a deadline.
//!
//! What this is not: a way to give something time. A wait whose condition is already true costs nothing.

use std::time::{Duration, Instant};

/// How often a condition is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(4);

/// Long enough for anything that works, on a machine that is busy with other tests.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Returns as soon as `condition` holds.
///
/// # Panics
/// With `what` in the message when it does not hold within `deadline`.
#[track_caller]
pub fn wait_until(what: &str, deadline: Duration, mut condition: impl FnMut() -> bool) {
    let met = wait_for(deadline, || condition().then_some(()));
    assert!(met.is_some(), "waited {deadline:?} in vain until {what}");
}

/// The first answer of `look`; nothing if there is none within `deadline`.
pub fn wait_for<T>(deadline: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let began = Instant::now();
    loop {
        // Asked before looking, so that the last look is after the deadline and not before it.
        let is_last = began.elapsed() >= deadline;
        if let Some(seen) = look() {
            return Some(seen);
        }
        if is_last {
            return None;
        }
        std::thread::sleep(LOOK_EVERY);
    }
}
