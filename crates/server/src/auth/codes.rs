//! One-time codes, with which `longhaul open` brings a page in. They live in memory, and only as digests.

use std::time::{Duration, Instant};

use subtle::ConstantTimeEq;

use super::secret::{Secret, digest};

/// How long a code is good.
pub(super) const CODE_LIVES: Duration = Duration::from_secs(120);
/// How many are open at once; the oldest makes room.
const MOST_CODES: usize = 32;

/// The codes that were given out and not yet used.
#[derive(Debug, Default)]
pub(super) struct Codes(Vec<([u8; 32], Instant)>);

impl Codes {
    pub(super) fn add(&mut self, code: &Secret, now: Instant) {
        self.forget_old(now);
        if self.0.len() >= MOST_CODES {
            self.0.remove(0);
        }
        self.0.push((digest(code.reveal()), now));
    }

    /// Whether the code is good; it is used up then.
    pub(super) fn take(&mut self, presented: &str, now: Instant) -> bool {
        self.forget_old(now);
        let presented = digest(presented);
        let found = self.0.iter().position(|(code, _)| code.ct_eq(&presented).into());
        found.map(|place| self.0.remove(place)).is_some()
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    fn forget_old(&mut self, now: Instant) {
        self.0
            .retain(|(_, made)| now.saturating_duration_since(*made) < CODE_LIVES);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_good_once_and_not_for_long() {
        let mut codes = Codes::default();
        let code = Secret::random().expect("randomness");
        let now = Instant::now();
        codes.add(&code, now);
        assert!(!codes.take("something else", now));
        assert!(codes.take(code.reveal(), now));
        assert!(!codes.take(code.reveal(), now));
        codes.add(&code, now);
        assert!(!codes.take(code.reveal(), now + CODE_LIVES));
    }

    #[test]
    fn the_oldest_code_makes_room() {
        let mut codes = Codes::default();
        let now = Instant::now();
        let made: Vec<_> = (0..=MOST_CODES)
            .map(|_| Secret::random().expect("randomness"))
            .collect();
        made.iter().for_each(|code| codes.add(code, now));
        assert!(!codes.take(made[0].reveal(), now));
        assert!(codes.take(made[1].reveal(), now));
    }
}
