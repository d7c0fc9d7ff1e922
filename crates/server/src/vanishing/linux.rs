//! By inotify(7): an idle daemon sleeps until something happens.

use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// A look in between, should the system's word be lost.
const LOOK: Duration = Duration::from_secs(60);
/// How often to look where the system does not tell.
const LOOK_UNTOLD: Duration = Duration::from_secs(2);

/// Watches one folder.
#[derive(Debug)]
pub(crate) struct Vanishing(Option<AsyncFd<OwnedFd>>);

impl Vanishing {
    /// Begins to watch a folder.
    pub(crate) fn from(folder: &Path) -> Self {
        let watch = || -> std::io::Result<AsyncFd<OwnedFd>> {
            let descriptor = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
            // Something moved in may have taken its place.
            let losses = WatchFlags::DELETE
                | WatchFlags::MOVED_FROM
                | WatchFlags::MOVED_TO
                | WatchFlags::DELETE_SELF
                | WatchFlags::MOVE_SELF;
            inotify::add_watch(&descriptor, folder, losses)?;
            // SAFETY: an `OwnedFd` gives out the same descriptor for as long as it lives.
            Ok(unsafe { AsyncFd::register_with_interest(descriptor, Interest::READABLE) }?)
        };
        Self(
            watch()
                .inspect_err(|error| tracing::warn!(%error, "the socket's folder cannot be watched; looking instead"))
                .ok(),
        )
    }

    /// Returns when something may have vanished.
    pub(crate) async fn noticed(&self) {
        let Some(descriptor) = &self.0 else {
            return tokio::time::sleep(LOOK_UNTOLD).await;
        };
        tokio::select! {
            Ok(mut ready) = descriptor.readable() => {
                let mut events = [0_u8; 1024];
                while matches!(rustix::io::read(descriptor, &mut events), Ok(count) if count > 0) {}
                ready.clear_ready();
            }
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}
