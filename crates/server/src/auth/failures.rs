//! How often somebody came with a wrong secret: more often than a person would, and they are told to wait.
//!
//! A right secret always gets in: it cannot be guessed, and a lock that strangers can close would keep the user out.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// How many wrong ones in a row are answered at once.
const BURST: u32 = 10;
/// How long until one more is.
const EVERY: Duration = Duration::from_secs(6);
/// How many addresses are remembered.
const MOST_ADDRESSES: usize = 1_024;

/// By address: when what it did will be forgotten.
#[derive(Debug)]
pub(super) struct Failures(pub(super) HashMap<IpAddr, Instant>);

impl Failures {
    /// Notes a wrong secret; how long to wait, if there were too many.
    pub(super) fn note(&mut self, from: IpAddr, now: Instant) -> Result<(), Duration> {
        self.0.retain(|_, forgotten| *forgotten > now);
        if self.0.len() >= MOST_ADDRESSES && !self.0.contains_key(&from) {
            return Err(EVERY);
        }
        let forgotten = self.0.entry(from).or_insert(now);
        let after_this = (*forgotten).max(now) + EVERY;
        let allowed = now + EVERY * BURST;
        if after_this > allowed {
            return Err(after_this - allowed);
        }
        *forgotten = after_this;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_burst_of_wrong_secrets_one_waits_and_others_do_not() {
        let mut failures = Failures(HashMap::new());
        let (one, other) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2]));
        let now = Instant::now();
        for _ in 0..BURST {
            assert_eq!(failures.note(one, now), Ok(()));
        }
        assert_eq!(failures.note(one, now), Err(EVERY));
        assert_eq!(failures.note(other, now), Ok(()));
        assert_eq!(failures.note(one, now + EVERY), Ok(()));
        assert_eq!(failures.note(one, now + EVERY), Err(EVERY));
    }
}
