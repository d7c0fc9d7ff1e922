//! What is done to a task: cancel, repeat, hold, release, wake, move to the front, acknowledge.

use axum::Json as JsonAnswer;
use axum::extract::State;
use axum::http::StatusCode;
use longhaul_api as api;
use longhaul_engine::View;
use longhaul_model::TaskId;

use crate::caller::Caller;
use crate::extract::{JsonOrNothing, Nothing, TaskPath};
use crate::problem::{Answer, Failure};
use crate::refusal;
use crate::routes::tasks::known;
use crate::state::ServerState;
use crate::view;

type Shown = JsonAnswer<api::Task>;

fn shown(state: &ServerState, view: &View) -> Shown {
    JsonAnswer(view::task(view, state.engine.now()))
}

/// Asks a task to end, its children too.
#[utoipa::path(
    post, path = "/api/v1/tasks/{id}/cancel", tag = "acts", operation_id = "task_cancel",
    request_body = Option<api::CancelRequest>, params(("id" = u64, Path, description = "The task")),
    responses(
        (status = 202, description = "It will end; await it", body = api::Task),
        (status = 200, description = "It was already over; nothing changed", body = api::Task),
        (status = 404, description = "task-not-found", body = api::Problem),
    )
)]
pub(crate) async fn cancel(
    State(state): State<ServerState>,
    TaskPath(id): TaskPath,
    caller: Caller,
    JsonOrNothing(request): JsonOrNothing<api::CancelRequest>,
) -> Answer<(StatusCode, Shown)> {
    let canceling = state
        .engine
        .cancel(id, request.reason, caller.actor())
        .await
        .map_err(refusal::act)?;
    let status = if canceling.was_terminal {
        StatusCode::OK
    } else {
        StatusCode::ACCEPTED
    };
    Ok((status, shown(&state, &canceling.view)))
}

/// The answer to a retry or a redispatch, with what is worth knowing about where it will work.
async fn repeated(state: &ServerState, task: TaskId) -> api::Repeated {
    api::Repeated {
        task_id: task.get(),
        warnings: state.engine.warnings_of_repeating(task).await,
    }
}

/// Makes a new task of the same spec.
#[utoipa::path(
    post, path = "/api/v1/tasks/{id}/retry", tag = "acts", operation_id = "task_retry",
    request_body = Option<api::RepeatRequest>, params(("id" = u64, Path, description = "The task")),
    responses(
        (status = 202, description = "The new task", body = api::Repeated),
        (status = 404, description = "task-not-found", body = api::Problem),
        (status = 409, description = "state-forbids, chain-active", body = api::Problem),
        (status = 410, description = "source-gone", body = api::Problem),
    )
)]
pub(crate) async fn retry(
    State(state): State<ServerState>,
    TaskPath(id): TaskPath,
    caller: Caller,
    JsonOrNothing(request): JsonOrNothing<api::RepeatRequest>,
) -> Answer<(StatusCode, JsonAnswer<api::Repeated>)> {
    if request.onto_target {
        return Err(
            Failure::bad_request("a retry begins in a fresh worktree, so nothing is merged into it")
                .with_hint("redispatch it with onto_target instead"),
        );
    }
    let task = state
        .engine
        .retry(id, request.force, caller.actor())
        .await
        .map_err(refusal::repeat)?;
    Ok((StatusCode::ACCEPTED, JsonAnswer(repeated(&state, task).await)))
}

/// Makes a new task of the same spec that goes on with the stored session, if there is one.
#[utoipa::path(
    post, path = "/api/v1/tasks/{id}/redispatch", tag = "acts", operation_id = "task_redispatch",
    request_body = Option<api::RepeatRequest>, params(("id" = u64, Path, description = "The task")),
    responses(
        (status = 202, description = "The new task", body = api::Repeated),
        (status = 404, description = "task-not-found", body = api::Problem),
        (status = 409, description = "state-forbids, chain-active", body = api::Problem),
        (status = 410, description = "source-gone", body = api::Problem),
    )
)]
pub(crate) async fn redispatch(
    State(state): State<ServerState>,
    TaskPath(id): TaskPath,
    caller: Caller,
    JsonOrNothing(request): JsonOrNothing<api::RepeatRequest>,
) -> Answer<(StatusCode, JsonAnswer<api::Repeated>)> {
    let task = state
        .engine
        .redispatch(id, request.force, request.onto_target, caller.actor())
        .await
        .map_err(refusal::repeat)?;
    Ok((StatusCode::ACCEPTED, JsonAnswer(repeated(&state, task).await)))
}

/// Holds back a task that has not started.
#[utoipa::path(
    post, path = "/api/v1/tasks/{id}/hold", tag = "acts", operation_id = "task_hold",
    params(("id" = u64, Path, description = "The task")),
    responses(
        (status = 200, description = "The task as it is now", body = api::Task),
        (status = 404, description = "task-not-found", body = api::Problem),
        (status = 409, description = "state-forbids", body = api::Problem),
    )
)]
pub(crate) async fn hold(
    State(state): State<ServerState>,
    TaskPath(id): TaskPath,
    caller: Caller,
    _: JsonOrNothing<Nothing>,
) -> Answer<Shown> {
    let view = state.engine.hold(id, caller.actor()).await.map_err(refusal::act)?;
    Ok(shown(&state, &view))
}

/// Releases a held task.
#[utoipa::path(
    post, path = "/api/v1/tasks/{id}/release", tag = "acts", operation_id = "task_release",
    params(("id" = u64, Path, description = "The task")),
    responses(
        (status = 200, description = "The task as it is now", body = api::Task),
        (status = 404, description = "task-not-found", body = api::Problem),
        (status = 409, description = "state-forbids", body = api::Problem),
    )
)]
pub(crate) async fn release(
    State(state): State<ServerState>,
    TaskPath(id): TaskPath,
    caller: Caller,
    _: JsonOrNothing<Nothing>,
) -> Answer<Shown> {
    let view = state.engine.release(id, caller.actor()).await.map_err(refusal::act)?;
    Ok(shown(&state, &view))
}

/// Probes a task's prerequisites now.
#[utoipa::path(
    post, path = "/api/v1/tasks/{id}/wake", tag = "acts", operation_id = "task_wake",
    params(("id" = u64, Path, description = "The task")),
    responses(
        (status = 200, description = "The task as it is now", body = api::Task),
        (status = 404, description = "task-not-found", body = api::Problem),
        (status = 409, description = "state-forbids", body = api::Problem),
    )
)]
pub(crate) async fn wake(
    State(state): State<ServerState>,
    TaskPath(id): TaskPath,
    _: JsonOrNothing<Nothing>,
) -> Answer<Shown> {
    let view = state.engine.wake(id).await.map_err(refusal::act)?;
    Ok(shown(&state, &view))
}

/// Probes all prerequisites of all tasks now.
#[utoipa::path(
    post, path = "/api/v1/wake", tag = "acts", operation_id = "wake_all",
    responses((status = 202, description = "They are being probed"))
)]
pub(crate) async fn wake_all(State(state): State<ServerState>, _: JsonOrNothing<Nothing>) -> StatusCode {
    state.engine.wake_all();
    StatusCode::ACCEPTED
}

/// Moves a task that has not started to the front of its queue.
#[utoipa::path(
    post, path = "/api/v1/tasks/{id}/top", tag = "acts", operation_id = "task_top",
    params(("id" = u64, Path, description = "The task")),
    responses(
        (status = 200, description = "The task as it is now", body = api::Task),
        (status = 404, description = "task-not-found", body = api::Problem),
        (status = 409, description = "state-forbids", body = api::Problem),
    )
)]
pub(crate) async fn top(
    State(state): State<ServerState>,
    TaskPath(id): TaskPath,
    caller: Caller,
    _: JsonOrNothing<Nothing>,
) -> Answer<Shown> {
    let view = state
        .engine
        .move_to_front(id, caller.actor())
        .await
        .map_err(refusal::act)?;
    Ok(shown(&state, &view))
}

/// Takes a task off the list of those that need somebody.
#[utoipa::path(
    post, path = "/api/v1/tasks/{id}/ack", tag = "acts", operation_id = "task_ack",
    params(("id" = u64, Path, description = "The task")),
    responses(
        (status = 200, description = "The task as it is now", body = api::Task),
        (status = 404, description = "task-not-found", body = api::Problem),
        (status = 409, description = "state-forbids", body = api::Problem),
    )
)]
pub(crate) async fn ack(
    State(state): State<ServerState>,
    TaskPath(id): TaskPath,
    caller: Caller,
    _: JsonOrNothing<Nothing>,
) -> Answer<Shown> {
    state
        .engine
        .acknowledge(vec![id], caller.actor())
        .await
        .map_err(refusal::act)?;
    Ok(shown(&state, &known(&state, id).await?))
}
