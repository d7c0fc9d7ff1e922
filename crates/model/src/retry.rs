//! How long to wait before the next automatic attempt.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
pub(crate) const LONGEST: Duration = Duration::from_secs(600);

/// The back-off after the `ended`-th attempt: 1 s, doubling, at most 10 minutes, then shortened by up to half.
///
/// `jitter_permille` (0–1000) says how much of that half is taken off; the caller draws it, so that tasks which
/// failed together do not come back together.
pub fn backoff(ended: u32, jitter_permille: u16) -> Duration {
    let doublings = ended.saturating_sub(1).min(16);
    let full = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    let off = full.mul_f64(f64::from(jitter_permille.min(1000)) / 2000.0);
    full - off
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_doubles_from_a_second_and_stops_at_ten_minutes() {
        let full: Vec<u64> = (1..=12).map(|n| backoff(n, 0).as_secs()).collect();
        assert_eq!(full, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]);
        assert_eq!(backoff(u32::MAX, 0), LONGEST);
    }

    #[test]
    fn jitter_takes_off_at_most_half() {
        assert_eq!(backoff(3, 1000), Duration::from_secs(2));
        assert_eq!(backoff(3, 9999), Duration::from_secs(2));
    }
}
