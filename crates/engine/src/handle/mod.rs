//! What the rest of the daemon holds of the engine: cheap to clone, one method for each thing that can be asked.

mod act;
mod activity;
mod callers;
mod changes;
mod discard;
mod edit;
mod inbox;
mod land;
mod notify;
mod output;
mod queues;
mod read;
mod rooms;
mod submit;
#[cfg(test)]
mod tests;
mod view;
mod wait;
mod worktrees;

use std::sync::Arc;

use jiff::Timestamp;

pub use act::{ActError, Canceling};
pub use activity::ActivityError;
pub use edit::EditError;
pub use land::LandError;
pub use output::OutputOf;
pub use queues::{QueueView, QueuesView};
pub(crate) use rooms::Rooms;
pub use submit::Submitted;
pub use view::View;
pub use wait::{WaitError, Waited};

use crate::dispatch::Input;
use crate::runtime::blocking;

/// The engine, to everyone else.
#[derive(Clone)]
pub struct Handle {
    rooms: Arc<Rooms>,
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handle")
            .field("state", &self.rooms.installation.state)
            .finish_non_exhaustive()
    }
}

impl Handle {
    pub(crate) fn new(rooms: Rooms) -> Self {
        Self { rooms: Arc::new(rooms) }
    }

    /// The time by the engine's clock.
    pub fn now(&self) -> Timestamp {
        self.rooms.installation.clock.now()
    }

    /// Whether everything that ran before the start has been found again.
    pub fn is_ready(&self) -> bool {
        self.rooms.ledger.supervision().is_complete()
    }

    /// Lets go of everything but the tasks: those who wait are told, tasks keep running, the store is closed.
    pub async fn stop(&self) {
        self.rooms.shutdown.begin();
        self.rooms.inbox.tell(Input::Stop);
        let ledger = Arc::clone(&self.rooms.ledger);
        ledger.waiters().dismiss();
        let closed = blocking(move || ledger.close()).await;
        if let Some(Err(error)) = closed {
            tracing::error!(%error, "could not close the store; what was acknowledged is on disk all the same");
        }
    }
}
