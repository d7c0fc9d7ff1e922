//! Waiting for a task to end: one long poll.

use std::time::Duration;

use hyper::StatusCode;

use super::connection::{Ask, Client};
use super::error::ClientError;
use super::query::Query;
use crate::task::Task;

/// The task when the wait was over.
#[derive(Debug, Clone, PartialEq)]
pub struct Awaited {
    /// The task as it was then.
    pub task: Task,
    /// Whether the time was up before the task was over.
    pub timed_out: bool,
}

impl Client {
    /// Waits until the task is over or the time is up; without a limit as long as it takes, with zero not at all.
    ///
    /// # Errors
    /// A `daemon-stopping` problem if the daemon is told to stop meanwhile; [`ClientError::Lost`] if it vanishes.
    pub async fn await_task(&self, id: u64, limit: Option<Duration>) -> Result<Awaited, ClientError> {
        let limit_ms = limit.map(|limit| u64::try_from(limit.as_millis()).unwrap_or(u64::MAX));
        let address = Query::new(format!("/api/v1/tasks/{id}/await"))
            .with_some("timeout_ms", limit_ms)
            .finish();
        let answer = self.ask(Ask::get(address)).await?;
        Ok(Awaited {
            task: answer.json()?,
            timed_out: answer.status == StatusCode::ACCEPTED,
        })
    }
}
