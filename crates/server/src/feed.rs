//! What the listeners of the event stream were told last, so that an event is read once and not once for each of them.
//!
//! A listener that is further behind than what is kept here reads for itself, and holds up nobody.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::Mutex;

/// How many events are kept for listeners that are a little behind the first.
const MOST_EVENTS: usize = 256;
/// How much of them. A task's prompt may be long, and each of its events carries it.
const MOST_BYTES: usize = 4 << 20;

/// One event as it goes over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Its place in the sequence.
    pub(crate) sequence: u64,
    pub(crate) text: Arc<str>,
}

/// The newest events that somebody was told, in order and without a gap.
#[derive(Debug, Default)]
pub(crate) struct Feed {
    recent: Mutex<Recent>,
}

#[derive(Debug, Default)]
struct Recent {
    frames: VecDeque<Frame>,
    size_bytes: usize,
}

impl Feed {
    /// The events after `last`, in order; empty if there are none. `read` reads them, and is only run if nobody has
    /// before; listeners that come meanwhile wait for it and take what it found.
    ///
    /// # Errors
    /// Those of `read`.
    pub(crate) async fn after<E>(
        &self,
        last: u64,
        read: impl Future<Output = Result<Vec<Frame>, E>>,
    ) -> Result<Vec<Frame>, E> {
        let mut recent = self.recent.lock().await;
        if recent.begins_after(last) {
            drop(recent);
            return read.await;
        }
        let known = recent.after(last);
        if !known.is_empty() {
            return Ok(known);
        }
        let frames = read.await?;
        recent.keep(&frames);
        Ok(frames)
    }
}

impl Recent {
    /// Whether the event after `last` was dropped already, or never kept.
    fn begins_after(&self, last: u64) -> bool {
        self.frames.front().is_some_and(|oldest| oldest.sequence > last + 1)
    }

    fn after(&self, last: u64) -> Vec<Frame> {
        let told = self.frames.iter().skip_while(|frame| frame.sequence <= last);
        told.cloned().collect()
    }

    fn keep(&mut self, frames: &[Frame]) {
        let (Some(first), newest) = (frames.first(), self.frames.back()) else {
            return;
        };
        if newest.is_some_and(|newest| newest.sequence + 1 != first.sequence) {
            self.frames.clear();
            self.size_bytes = 0;
        }
        self.size_bytes += frames.iter().map(|frame| frame.text.len()).sum::<usize>();
        self.frames.extend(frames.iter().cloned());
        while self.frames.len() > MOST_EVENTS || (self.size_bytes > MOST_BYTES && self.frames.len() > 1) {
            let Some(oldest) = self.frames.pop_front() else { return };
            self.size_bytes -= oldest.text.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn frames(sequences: impl IntoIterator<Item = u64>) -> Vec<Frame> {
        let frame = |sequence| Frame {
            sequence,
            text: format!("event {sequence}").into(),
        };
        sequences.into_iter().map(frame).collect()
    }

    /// A feed over a store with the events up to `newest`, which counts how often it is read.
    struct Store {
        feed: Feed,
        newest: u64,
        reads: AtomicUsize,
    }

    impl Store {
        fn new(newest: u64) -> Self {
            Self {
                feed: Feed::default(),
                newest,
                reads: AtomicUsize::new(0),
            }
        }

        async fn told(&self, last: u64) -> Vec<u64> {
            let read = async {
                self.reads.fetch_add(1, Ordering::Relaxed);
                // Whoever comes meanwhile gets their turn.
                tokio::task::yield_now().await;
                Ok::<_, ()>(frames(last + 1..=self.newest))
            };
            let told = self.feed.after(last, read).await.expect("read");
            told.iter().map(|frame| frame.sequence).collect()
        }

        fn reads(&self) -> usize {
            self.reads.load(Ordering::Relaxed)
        }
    }

    #[tokio::test]
    async fn an_event_is_read_once_for_all_who_listen() {
        let store = Store::new(7);
        let told = tokio::join!(store.told(4), store.told(4), store.told(4));
        assert_eq!(told, (vec![5, 6, 7], vec![5, 6, 7], vec![5, 6, 7]));
        assert_eq!(store.reads(), 1);
    }

    #[tokio::test]
    async fn who_is_a_little_behind_is_told_what_others_were() {
        let mut store = Store::new(7);
        store.told(4).await;
        store.newest = 8;
        assert_eq!(store.told(7).await, [8]);
        assert_eq!(store.told(5).await, [6, 7, 8]);
        assert_eq!(store.reads(), 2);
    }

    #[tokio::test]
    async fn who_is_far_behind_reads_for_itself_and_changes_nothing_for_others() {
        let store = Store::new(7);
        store.told(4).await;
        assert_eq!(store.told(1).await, [2, 3, 4, 5, 6, 7]);
        assert_eq!(store.told(4).await, [5, 6, 7]);
        assert_eq!(store.reads(), 2);
    }

    #[tokio::test]
    async fn after_a_gap_only_what_follows_it_is_kept() {
        let mut store = Store::new(2);
        store.told(0).await;
        store.newest = 9;
        assert_eq!(store.told(8).await, [9]);
        // The first two would be told with a gap after them.
        assert_eq!(store.told(1).await, [2, 3, 4, 5, 6, 7, 8, 9]);
    }

    #[tokio::test]
    async fn what_could_not_be_read_is_not_kept() {
        let feed = Feed::default();
        let broken = feed.after(0, async { Err::<Vec<Frame>, _>("torn") }).await;
        assert_eq!(broken, Err("torn"));
        let mended = feed.after(0, async { Ok::<_, &str>(frames([1])) }).await;
        assert_eq!(mended, Ok(frames([1])));
    }

    #[test]
    fn only_so_many_events_are_kept_and_so_many_bytes() {
        let mut recent = Recent::default();
        recent.keep(&frames(1..=1_000));
        assert_eq!(recent.frames.len(), MOST_EVENTS);
        assert!(recent.begins_after(1_000 - MOST_EVENTS as u64 - 1));
        let long = Frame {
            sequence: 1_001,
            text: " ".repeat(MOST_BYTES + 1).into(),
        };
        recent.keep(std::slice::from_ref(&long));
        assert_eq!(recent.frames, [long]);
    }
}
