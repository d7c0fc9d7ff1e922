//! `/api/v1/queues`: limits and pauses.

use axum::Json as JsonAnswer;
use axum::extract::{Path, State};
use longhaul_api as api;
use longhaul_engine::QueueView;
use longhaul_model::QueueName;

use crate::extract::Json;
use crate::problem::{Answer, Failure};
use crate::refusal;
use crate::state::ServerState;

/// The name under which the limit over all queues is set.
const TOTAL: &str = "total";

/// All queues and how full they are.
#[utoipa::path(
    get, path = "/api/v1/queues", tag = "queues", operation_id = "queue_list",
    responses((status = 200, description = "By name", body = api::Queues))
)]
pub(crate) async fn list(State(state): State<ServerState>) -> Answer<JsonAnswer<api::Queues>> {
    let seen = state.engine.queues().await.map_err(refusal::store)?;
    Ok(JsonAnswer(api::Queues {
        queues: seen.queues.iter().map(shown).collect(),
        total_limit: seen.limits.total,
        paused: seen.limits.paused,
    }))
}

fn shown(view: &QueueView) -> api::QueueStatus {
    api::QueueStatus {
        name: view.queue.name.to_string(),
        limit: view.queue.limit,
        paused: view.queue.paused,
        running: view.running,
        queued: view.queued,
        waiting: view.waiting,
    }
}

/// Sets a queue's limit, or pauses or resumes it. The name `total` means all queues together.
#[utoipa::path(
    patch, path = "/api/v1/queues/{name}", tag = "queues", operation_id = "queue_change",
    request_body = api::QueueChange, params(("name" = String, Path, description = "The queue, or `total`")),
    responses(
        (status = 200, description = "All queues as they are now", body = api::Queues),
        (status = 400, description = "bad-request", body = api::Problem),
    )
)]
pub(crate) async fn change(
    State(state): State<ServerState>,
    Path(name): Path<String>,
    Json(change): Json<api::QueueChange>,
) -> Answer<JsonAnswer<api::Queues>> {
    if name == TOTAL {
        return change_all(State(state), Json(change)).await;
    }
    let name: QueueName = name.parse().map_err(|error| Failure::bad_request(format!("{error}")))?;
    state
        .engine
        .set_queue(name, change.limit, change.paused)
        .await
        .map_err(refusal::store)?;
    list(State(state)).await
}

/// Sets the limit over all queues, or pauses or resumes them all.
#[utoipa::path(
    patch, path = "/api/v1/queues", tag = "queues", operation_id = "queue_change_all",
    request_body = api::QueueChange,
    responses(
        (status = 200, description = "All queues as they are now", body = api::Queues),
        (status = 400, description = "bad-request", body = api::Problem),
    )
)]
pub(crate) async fn change_all(
    State(state): State<ServerState>,
    Json(change): Json<api::LimitsChange>,
) -> Answer<JsonAnswer<api::Queues>> {
    state
        .engine
        .set_limits(change.limit, change.paused)
        .await
        .map_err(refusal::store)?;
    list(State(state)).await
}
