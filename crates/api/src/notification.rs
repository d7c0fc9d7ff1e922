//! Notifications, and how far the telling is.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::word::OccasionWord;

/// A page of notifications, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NotificationPage {
    /// The notifications.
    pub notifications: Vec<Notification>,
    /// The cursor of the next page; nothing after the last.
    pub next: Option<String>,
}

/// Something about a task that was to be told to those who were not looking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Notification {
    /// Its number.
    pub id: u64,
    /// The task.
    pub task: u64,
    /// What there is to tell.
    pub occasion: OccasionWord,
    /// When it came about.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// When nothing was left to deliver; nothing while something is.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub settled_at: Option<Timestamp>,
    /// By channel; empty if there was nobody to tell.
    pub deliveries: Vec<Delivery>,
}

/// One channel's share of a notification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    /// `desktop`, `command`, or `webhook` and its name or host.
    pub channel: String,
    /// `pending`, `delivered` or `given-up`.
    pub state: String,
    /// How often it was tried.
    pub tries: u32,
    /// When it was tried last.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub tried_at: Option<Timestamp>,
    /// When it is tried next; nothing unless it is pending.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_at: Option<Timestamp>,
    /// Why the last try did not arrive.
    pub detail: Option<String>,
}
