//! How work is started here: spawned, run to completion, or apart from the loop because it may block.
//!
//! And the two signals that the loops share: a wake-up, and the shutdown.

use std::sync::Arc;

use tokio::sync::{Notify, watch};

/// Starts work that nobody waits for. What it does is found again by the reconcilers if the daemon dies meanwhile.
pub(crate) fn spawn(work: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(work);
}

/// Does something to its end, even if whoever asked for it goes away meanwhile: what is stored must be taken in too.
pub(crate) async fn run_to_completion<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    match tokio::spawn(work).await {
        Ok(done) => done,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // The runtime ends, and with it whoever waits here.
        Err(_) => std::future::pending().await,
    }
}

/// Runs something that may block for a moment apart from the loop.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => Some(value),
        Err(error) => {
            tracing::error!(%error, "a blocking step did not end");
            None
        }
    }
}

/// The same for something that asks the store now and then between steps that block: a walk over many folders, or a read
/// of many rows. Its thread waits for the answers. Whoever knows its questions beforehand asks first, and then calls
/// [`blocking`] with the answers.
pub(crate) async fn apart<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Option<T> {
    let runtime = tokio::runtime::Handle::current();
    blocking(move || runtime.block_on(work)).await
}

/// Wakes a loop that sleeps until there is something to do. Cheap to clone; several calls before it looks count as one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wake(Arc<Notify>);

impl Wake {
    /// Wakes the loop, now or as soon as it would sleep.
    pub(crate) fn wake(&self) {
        self.0.notify_one();
    }

    /// Returns once somebody has woken it.
    pub(crate) async fn woken(&self) {
        self.0.notified().await;
    }
}

/// Whether the daemon stops. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Shutdown(watch::Sender<bool>);

impl Shutdown {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    /// Tells everybody that the daemon stops.
    pub(crate) fn begin(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was told to.
    pub(crate) fn has_begun(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns once it is told to; at once if it was.
    pub(crate) async fn begun(&self) {
        // It cannot be closed: this holds the sender.
        let _ = self.0.subscribe().wait_for(|begun| *begun).await;
    }

    /// True from the moment it is told to.
    pub(crate) fn subscribe(&self) -> watch::Receiver<bool> {
        self.0.subscribe()
    }
}
