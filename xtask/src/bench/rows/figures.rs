//! Many measurements of one thing, and what is said about them: the median, and how far they spread.

use std::fmt;
use std::time::{Duration, Instant};

/// Durations, ordered.
#[derive(Debug, Clone)]
pub(crate) struct Figures(Vec<Duration>);

impl Figures {
    /// At least one measurement is needed.
    pub(crate) fn of(mut measured: Vec<Duration>) -> Self {
        assert!(!measured.is_empty(), "invariant: somebody measured something");
        measured.sort();
        Self(measured)
    }

    /// The duration below which `percent` of the measurements lie.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        self.0[((self.0.len() * percent) / 100).min(self.0.len() - 1)]
    }

    /// The middle one.
    pub(crate) fn median(&self) -> Duration {
        self.percentile(50)
    }

    /// The middle one, in milliseconds.
    pub(crate) fn median_ms(&self) -> f64 {
        ms(self.median())
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (least, most) = (self.0[0], self.0[self.0.len() - 1]);
        write!(f, "{:.2} ms ({:.2}–{:.2})", self.median_ms(), ms(least), ms(most))
    }
}

/// Milliseconds with their fraction.
pub(crate) fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// How long the act took, and what it gave.
pub(crate) fn timed<T>(act: impl FnOnce() -> T) -> (Duration, T) {
    let begun = Instant::now();
    let result = act();
    (begun.elapsed(), result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_and_the_percentiles_are_measurements_that_were_made() {
        let figures = Figures::of((1..=100).rev().map(Duration::from_millis).collect());
        assert_eq!(figures.median(), Duration::from_millis(51));
        assert_eq!(figures.percentile(99), Duration::from_millis(100));
        assert_eq!(
            Figures::of(vec![Duration::from_millis(7)]).percentile(99),
            Duration::from_millis(7)
        );
    }
}
