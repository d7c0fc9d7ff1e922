//! The one place that asks what time it is.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;

/// Tells the time, and waits for it.
#[derive(Debug, Clone, Default)]
pub struct Clock(Kind);

#[derive(Debug, Clone, Default)]
enum Kind {
    #[default]
    System,
    Manual(Arc<Manual>),
}

#[derive(Debug)]
struct Manual {
    now: Mutex<Timestamp>,
    moved: Notify,
}

/// The longest sleep before the wall clock is asked again: it may have been set, or the machine suspended.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

impl Clock {
    /// A clock that stands still until it is moved, for tests.
    pub fn manual(now: Timestamp) -> Self {
        Self(Kind::Manual(Arc::new(Manual {
            now: Mutex::new(now),
            moved: Notify::new(),
        })))
    }

    /// The time now, in whole microseconds as the store keeps it: what is due by this clock is due in the store too.
    pub fn now(&self) -> Timestamp {
        let now = match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "this is the clock")]
            Kind::System => Timestamp::now(),
            Kind::Manual(manual) => *manual.now.lock().unwrap_or_else(PoisonError::into_inner),
        };
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }

    /// Moves a manual clock; does nothing to the system's.
    pub fn advance(&self, by: Duration) {
        if let Kind::Manual(manual) = &self.0 {
            *manual.now.lock().unwrap_or_else(PoisonError::into_inner) += by;
            manual.moved.notify_waiters();
        }
    }

    /// Returns at `until`, or earlier: whoever waits looks at the clock again. Never returns for `None`.
    pub async fn sleep_until(&self, until: Option<Timestamp>) {
        let Some(until) = until else {
            return std::future::pending().await;
        };
        match &self.0 {
            Kind::System => {
                let left = Duration::try_from(until.duration_since(self.now())).unwrap_or(Duration::ZERO);
                tokio::time::sleep(left.min(LONGEST_SLEEP)).await;
            }
            Kind::Manual(manual) => {
                let moved = manual.moved.notified();
                if until > self.now() {
                    moved.await;
                }
            }
        }
    }
}
