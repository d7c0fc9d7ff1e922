//! `/api/v1/notifications`: what was to be told, and what became of it.

use axum::Json as JsonAnswer;
use axum::extract::State;
use longhaul_api as api;
use longhaul_model::{Delivery, DeliveryState, Notification, TaskId};

use crate::params::Params;
use crate::problem::{Answer, Failure};
use crate::refusal;
use crate::state::ServerState;

/// How many a page has if nobody says.
const PAGE_SIZE: u64 = 50;
/// How many it may have.
const PAGE_SIZE_LIMIT: u64 = 1_000;

/// Lists notifications, newest first.
#[utoipa::path(
    get, path = "/api/v1/notifications", tag = "notifications", operation_id = "notification_list",
    params(
        ("task" = Option<u64>, Query, description = "Only those of this task"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u64>, Query, description = "1 to 1000, 50 if not given"),
    ),
    responses(
        (status = 200, description = "A page", body = api::NotificationPage),
        (status = 400, description = "bad-request", body = api::Problem),
        (status = 404, description = "task-not-found", body = api::Problem),
    )
)]
pub(crate) async fn list(
    State(state): State<ServerState>,
    mut params: Params,
) -> Answer<JsonAnswer<api::NotificationPage>> {
    let task: Option<TaskId> = params.parsed("task")?;
    let before = params.number("cursor", 1..=u64::MAX)?;
    let limit = params.number("limit", 1..=PAGE_SIZE_LIMIT)?.unwrap_or(PAGE_SIZE);
    params.finish()?;
    if let Some(id) = task
        && state.engine.view(id).await.map_err(refusal::store)?.is_none()
    {
        return Err(Failure::no_task(id));
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let found = state
        .engine
        .notifications(task, before, limit)
        .await
        .map_err(refusal::store)?;
    let next = found
        .last()
        .filter(|_| found.len() == limit)
        .map(|last| last.id.to_string());
    Ok(JsonAnswer(api::NotificationPage {
        notifications: found.into_iter().map(shown).collect(),
        next,
    }))
}

fn shown(notification: Notification) -> api::Notification {
    api::Notification {
        id: notification.id,
        task: notification.task.get(),
        occasion: notification.occasion.into(),
        at: notification.at,
        settled_at: notification.settled_at,
        deliveries: notification.deliveries.into_iter().map(delivery).collect(),
    }
}

fn delivery(delivery: Delivery) -> api::Delivery {
    api::Delivery {
        channel: delivery.channel,
        state: delivery.state.word().to_owned(),
        tries: delivery.tries,
        tried_at: delivery.tried_at,
        next_at: match delivery.state {
            DeliveryState::Pending(at) => Some(at),
            DeliveryState::Delivered | DeliveryState::GivenUp => None,
        },
        detail: delivery.detail,
    }
}
