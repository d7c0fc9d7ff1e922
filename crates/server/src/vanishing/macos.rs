//! By looking. Not yet run on a Mac.

use std::path::Path;
use std::time::Duration;

/// How often to look.
const LOOK: Duration = Duration::from_secs(2);

/// Watches one folder.
#[derive(Debug)]
pub(crate) struct Vanishing;

impl Vanishing {
    /// Begins to watch a folder.
    pub(crate) fn from(_folder: &Path) -> Self {
        Self
    }

    /// Returns when something may have vanished.
    pub(crate) async fn noticed(&self) {
        tokio::time::sleep(LOOK).await;
    }
}
