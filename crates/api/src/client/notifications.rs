//! What became of notifications.

use super::connection::{Ask, Client};
use super::error::ClientError;
use super::query::Query;
use crate::notification::NotificationPage;

impl Client {
    /// A page of notifications, newest first; of one task if one is named.
    ///
    /// # Errors
    /// A `task-not-found` problem if there is no such task.
    pub async fn notifications(
        &self,
        task: Option<u64>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<NotificationPage, ClientError> {
        let address = Query::new("/api/v1/notifications")
            .with_some("task", task)
            .with_some("cursor", cursor)
            .with("limit", limit)
            .finish();
        self.ask(Ask::get(address)).await?.json()
    }
}
