//! The gates at which the model waits until a test opens them, and the end of it all.

use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// Gates by name; a gate that was opened stays open.
#[derive(Debug, Default)]
pub(crate) struct Gates {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    open: BTreeSet<String>,
    is_over: bool,
}

/// The server is going away.
#[derive(Debug)]
pub(crate) struct Over;

impl Gates {
    /// Opens a gate.
    pub(crate) fn open(&self, name: &str) {
        self.lock().open.insert(name.to_owned());
        self.changed.notify_all();
    }

    /// Ends every wait.
    pub(crate) fn end(&self) {
        self.lock().is_over = true;
        self.changed.notify_all();
    }

    /// Whether it all ended.
    pub(crate) fn is_over(&self) -> bool {
        self.lock().is_over
    }

    /// Waits until the gate is open.
    pub(crate) fn wait(&self, name: &str) -> Result<(), Over> {
        self.until(None, |state| state.open.contains(name))
    }

    /// Lets this time pass.
    pub(crate) fn pause(&self, time: Duration) -> Result<(), Over> {
        self.until(Some(Instant::now() + time), |_| false)
    }

    /// Waits for the end.
    pub(crate) fn hang(&self) {
        let _ = self.until(None, |_| false);
    }

    fn until(&self, deadline: Option<Instant>, is_met: impl Fn(&State) -> bool) -> Result<(), Over> {
        let mut state = self.lock();
        loop {
            if state.is_over {
                return Err(Over);
            }
            let left = deadline.map_or(Duration::from_secs(3600), |deadline| {
                deadline.saturating_duration_since(Instant::now())
            });
            if is_met(&state) || left.is_zero() {
                return Ok(());
            }
            state = self
                .changed
                .wait_timeout(state, left)
                .expect("nobody panics while holding the gates")
                .0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics while holding the gates")
    }
}
