//! What agents did, and completions that wait to be taken.

use std::time::Duration;

use super::connection::{Ask, Client};
use super::error::ClientError;
use super::query::Query;
use crate::activity::ActivityPage;
use crate::inbox::{Inbox, InboxAck, InboxTaken};

/// Which part of an agent's activity is asked for.
#[derive(Debug, Clone, Default)]
pub struct ActivityQuery {
    /// What comes after the entry with this number.
    pub after: u64,
    /// Which attempt; nothing for the newest.
    pub attempt: Option<u32>,
    /// How many entries at most; nothing for the daemon's choice.
    pub limit: Option<u32>,
    /// How long to wait for more if there is nothing yet.
    pub wait: Option<Duration>,
}

impl Client {
    /// Some of what an agent did.
    ///
    /// # Errors
    /// A `task-not-found` problem if there is no such task; a `bad-request` problem if it is no agent's.
    pub async fn activity(&self, id: u64, query: &ActivityQuery) -> Result<ActivityPage, ClientError> {
        let wait_ms = query
            .wait
            .map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
        let address = Query::new(format!("/api/v1/tasks/{id}/activity"))
            .with("after", query.after)
            .with_some("attempt", query.attempt)
            .with_some("limit", query.limit)
            .with_some("wait_ms", wait_ms)
            .finish();
        self.ask(Ask::get(address)).await?.json()
    }

    /// The completions that wait for a chat session, for a parent, or for anybody.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn inbox(&self, origin_session: Option<&str>, parent: Option<u64>) -> Result<Inbox, ClientError> {
        let address = Query::new("/api/v1/inbox")
            .with_some("origin_session", origin_session)
            .with_some("parent", parent)
            .finish();
        self.ask(Ask::get(address)).await?.json()
    }

    /// Notes that somebody has these completions.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn inbox_ack(&self, request: &InboxAck) -> Result<InboxTaken, ClientError> {
        self.ask(Ask::post("/api/v1/inbox/ack").json(request)).await?.json()
    }
}
