//! When a delivery that did not arrive is tried again.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// The longest pause between two tries.
const LONGEST: Duration = Duration::from_secs(3_600);

/// When to try again after `tries` tries, the last of them at `now`, of what has been due since `since`; nothing if it
/// is no longer of use.
pub(super) fn next_try(tries: u32, since: Timestamp, now: Timestamp, of_use: Duration) -> Option<Timestamp> {
    let pause_s = 1_u64.checked_shl(tries.saturating_sub(1)).unwrap_or(u64::MAX);
    let pause = Duration::from_secs(pause_s).min(LONGEST);
    // Those that failed together do not come again together.
    let jitter = pause.mul_f64(f64::from(fastrand::u8(..)) / 1_024.0);
    let at = now.checked_add(pause + jitter).ok()?;
    let end = since.checked_add(SignedDuration::try_from(of_use).ok()?).ok()?;
    (at < end).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour_and_end() {
        let start = Timestamp::UNIX_EPOCH;
        let day = Duration::from_secs(86_400);
        let after = |tries| next_try(tries, start, start, day).expect("there is time").as_second();
        assert!((1..=2).contains(&after(1)));
        assert!((8..=10).contains(&after(4)));
        assert!((3_600..=4_500).contains(&after(30)));
        assert!((3_600..=4_500).contains(&after(u32::MAX)));
        let late = Timestamp::from_second(86_399).expect("in range");
        assert_eq!(next_try(1, start, late, day), None);
    }
}
