//! The one place of this crate that asks for the time.
//!
//! What this is not: a way to measure durations across processes. Durations come from [`Instant`], which does not
//! follow the wall clock, so that a clock set back never makes one negative.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The wall clock, in microseconds since 1970-01-01 UTC; 0 for a clock set before that.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the room where the supervisor asks the wall clock"
)]
pub(crate) fn wall_us() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// The monotonic clock.
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// A duration in whole microseconds.
pub(crate) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
