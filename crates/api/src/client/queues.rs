//! Queues and limits.

use super::connection::{Ask, Client};
use super::error::ClientError;
use super::query::segment;
use crate::overview::{QueueChange, Queues};

impl Client {
    /// All queues, and what holds over all of them.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn queues(&self) -> Result<Queues, ClientError> {
        self.ask(Ask::get("/api/v1/queues")).await?.json()
    }

    /// Changes a queue, or with the name `total` what holds over all of them.
    ///
    /// # Errors
    /// A `bad-request` problem if the name cannot name a queue.
    pub async fn change_queue(&self, name: &str, change: &QueueChange) -> Result<(), ClientError> {
        self.ask(Ask::patch(format!("/api/v1/queues/{}", segment(name))).json(change))
            .await
            .map(drop)
    }
}
