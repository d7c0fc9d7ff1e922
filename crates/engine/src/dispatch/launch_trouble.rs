//! Why attempts cannot be started at the moment, if they cannot.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the last launch that failed complained of, until one goes well.
#[derive(Debug, Default)]
pub(crate) struct LaunchTrouble(Mutex<Option<String>>);

impl LaunchTrouble {
    fn known(&self) -> MutexGuard<'_, Option<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a launch failed.
    pub(crate) fn note(&self, complaint: String) {
        *self.known() = Some(complaint);
    }

    /// Notes that launches go well, or that there is nothing left to try it with. Says whether there was trouble.
    pub(crate) fn clear(&self) -> bool {
        self.known().take().is_some()
    }

    /// What the last one complained of; nothing normally.
    pub(crate) fn complaint(&self) -> Option<String> {
        self.known().clone()
    }
}
