//! Holds claims back for a while after something failed.

use std::time::Duration;

use tokio::time::Instant;

/// How many tasks are claimed in one request: the rest come right after, and ends need not wait for them.
pub(super) const MOST_CLAIMS: usize = 64;
/// How soon it is tried again after the store failed, or a launch did so for the first time.
pub(super) const TROUBLE_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause between two launches that fail.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// Holds claims back for a while after something failed.
#[derive(Debug, Default)]
pub(super) struct LaunchPause {
    until: Option<Instant>,
    /// How long the pause before the next launch is, while launches fail.
    length: Option<Duration>,
}

impl LaunchPause {
    pub(super) fn begin(&mut self, length: Duration) {
        let until = Instant::now() + length;
        self.until = Some(self.until.map_or(until, |known| known.max(until)));
    }

    /// Returns at its end; never if there is none.
    pub(super) async fn is_over(&self) {
        match self.until {
            Some(until) => tokio::time::sleep_until(until).await,
            None => std::future::pending().await,
        }
    }

    /// How many tasks may be claimed now. While launches fail it is one now and then, to see whether they still do.
    pub(super) fn most_claims(&mut self, has_launch_trouble: bool) -> usize {
        if !has_launch_trouble && self.length.take().is_some() {
            self.until = None;
        }
        if self.until.is_some_and(|until| Instant::now() < until) {
            return 0;
        }
        self.until = None;
        if !has_launch_trouble {
            return MOST_CLAIMS;
        }
        let is_new = self.length.is_none();
        let length = self
            .length
            .map_or(TROUBLE_PAUSE, |length| (length * 2).min(LONGEST_PAUSE));
        self.length = Some(length);
        self.begin(length);
        usize::from(!is_new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn while_launches_fail_one_is_tried_now_and_then_and_all_once_one_went_well() {
        let mut pause = LaunchPause::default();
        assert_eq!(pause.most_claims(false), MOST_CLAIMS);
        assert_eq!(pause.most_claims(true), 0, "the first failure is followed by a pause");
        assert_eq!(pause.most_claims(true), 0);
        for expected in [2, 4, 8, 10, 10] {
            pause.until = Some(Instant::now());
            assert_eq!(pause.most_claims(true), 1);
            assert_eq!(pause.length, Some(Duration::from_secs(expected)));
            assert_eq!(pause.most_claims(true), 0);
        }
        assert_eq!(pause.most_claims(false), MOST_CLAIMS);
    }

    #[test]
    fn a_store_that_cannot_is_asked_again_after_a_pause() {
        let mut pause = LaunchPause::default();
        pause.begin(TROUBLE_PAUSE);
        assert_eq!(pause.most_claims(false), 0);
        pause.until = Some(Instant::now());
        assert_eq!(pause.most_claims(false), MOST_CLAIMS);
        assert_eq!(pause.until, None);
    }
}
