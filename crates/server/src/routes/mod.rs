//! One file per family of addresses. Each handler carries its own part of the OpenAPI document.

pub(crate) mod activity;
pub(crate) mod acts;
pub(crate) mod awaiting;
pub(crate) mod daemon;
pub(crate) mod events;
pub(crate) mod health;
pub(crate) mod inbox;
pub(crate) mod notifications;
pub(crate) mod output;
pub(crate) mod overview;
pub(crate) mod queues;
pub(crate) mod sign_in;
pub(crate) mod tasks;
pub(crate) mod trees;
