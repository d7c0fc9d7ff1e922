//! What the threads of one stub model share.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::gates::Gates;
use super::seen::Seen;

/// What all threads know: the gates, what was asked, and how often a step was taken.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    pub(crate) gates: Gates,
    seen: Mutex<Vec<Seen>>,
    counts: Mutex<BTreeMap<String, u64>>,
}

impl Journal {
    /// Counts one more of this; how many there were with it.
    pub(crate) fn count(&self, key: String) -> u64 {
        let mut counts = self.counts.lock().expect("nobody panics while counting");
        let count = counts.entry(key).or_default();
        *count += 1;
        *count
    }

    /// All that was asked so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("nobody panics while noting").clone()
    }

    /// Keeps one more question.
    pub(crate) fn note(&self, seen: Seen) {
        self.seen.lock().expect("nobody panics while noting").push(seen);
    }
}
