//! Waiting for tasks to be over: pushed by the daemon, in slices, across its restarts.

use std::future::Future;
use std::time::{Duration, Instant};

use longhaul_api::client::Awaited;

use crate::args::{WaitArguments, WaitLimit};
use crate::ask_error::AskError;
use crate::daemon_link::Link;
use crate::exit;
use crate::failure::Failure;
use crate::output::Live;

/// How long `await` waits unless it is told otherwise.
const DEFAULT_LIMIT: Duration = Duration::from_secs(6 * 3_600);
/// One question stays open no longer than this, so that a half-dead connection is noticed.
const LONGEST_SLICE: Duration = Duration::from_secs(300);
/// How much later than the limit a daemon may answer that the time is up.
const LATE: Duration = Duration::from_secs(3);

/// When a wait ends whatever happens; nothing for never.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline(Option<Instant>);

impl Deadline {
    /// From a command's options; both spell the same limit and exclude each other.
    pub(crate) fn of_wait(limit: Option<WaitLimit>, wait: &WaitArguments) -> Self {
        let limit = limit.or(wait.timeout_ms).unwrap_or(WaitLimit(Some(DEFAULT_LIMIT)));
        Self(limit.0.and_then(|limit| Instant::now().checked_add(limit)))
    }

    /// No limit.
    pub(crate) fn never() -> Self {
        Self(None)
    }

    /// The work, or a failure if a daemon that is there but does not answer holds it up beyond the limit.
    pub(crate) async fn bound<T>(self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let Some(latest) = self.0.and_then(|deadline| deadline.checked_add(LATE)) else {
            return work.await;
        };
        let done = tokio::time::timeout_at(latest.into(), work).await;
        done.unwrap_or_else(|_| {
            Err(Failure::new(
                exit::WAIT_TIMED_OUT,
                "the time is up, and the daemon does not answer how it stands",
            )
            .hint("look whether it is stopped or overloaded: longhaul daemon status"))
        })
    }

    fn left(self) -> Duration {
        self.0.map_or(Duration::MAX, |deadline| {
            deadline.saturating_duration_since(Instant::now())
        })
    }
}

/// Waits until the task is over or the time is up, and shows where it stands meanwhile.
pub(crate) async fn until_over(link: &Link, id: u64, deadline: Deadline, live: &mut Live) -> Result<Awaited, Failure> {
    loop {
        let left = deadline.left();
        let slice = left.min(live.slice()).min(LONGEST_SLICE);
        let awaited = link
            .ask(async |client| client.await_task(id, Some(slice)).await)
            .await
            .map_err(AskError::of_submit)?;
        if !awaited.timed_out || left == Duration::ZERO {
            live.clear();
            return Ok(awaited);
        }
        live.show(&awaited.task);
    }
}
