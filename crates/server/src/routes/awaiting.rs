//! `/api/v1/tasks/{id}/await`: answers when the task is over.

use std::time::Duration;

use axum::Json as JsonAnswer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use longhaul_api as api;

use crate::caller::Caller;
use crate::connection::Hangup;
use crate::extract::TaskPath;
use crate::params::Params;
use crate::problem::{Answer, Failure};
use crate::refusal;
use crate::state::ServerState;
use crate::stopped::Stopped;
use crate::view;

/// The longest limit that is kept to the letter; timers cannot count further.
const LONGEST_WAIT_MS: u64 = 365 * 86_400_000;

/// Waits for a task to end. The end is pushed; nothing polls.
#[utoipa::path(
    get, path = "/api/v1/tasks/{id}/await", tag = "tasks", operation_id = "task_await",
    params(
        ("id" = u64, Path, description = "The task"),
        ("timeout_ms" = Option<u64>, Query, description = "How long to wait; 0 looks once, nothing waits for ever"),
    ),
    responses(
        (status = 200, description = "It is over", body = api::Task),
        (status = 202, description = "The time is up and it is not over", body = api::Task),
        (status = 400, description = "bad-request", body = api::Problem),
        (status = 404, description = "task-not-found", body = api::Problem),
        (status = 503, description = "daemon-stopping", body = api::Problem),
    )
)]
pub(crate) async fn wait(
    State(state): State<ServerState>,
    TaskPath(id): TaskPath,
    mut params: Params,
    caller: Caller,
) -> Answer<Response> {
    let timeout_ms = params.number("timeout_ms", 0..=u64::MAX)?;
    params.finish()?;
    let timeout = timeout_ms.map(|timeout_ms| Duration::from_millis(timeout_ms.min(LONGEST_WAIT_MS)));
    let waited = tokio::select! {
        biased;
        waited = state.engine.wait_terminal(id, timeout, caller.task) => waited.map_err(refusal::wait),
        how = state.ended() => return Ok(part(how)),
    };
    match (waited, state.ending()) {
        (Ok(waited), _) => {
            let status = if waited.timed_out {
                StatusCode::ACCEPTED
            } else {
                StatusCode::OK
            };
            Ok((status, JsonAnswer(view::task(&waited.view, state.engine.now()))).into_response())
        }
        (Err(_), Some(how)) => Ok(part(how)),
        (Err(failure), None) => Err(failure),
    }
}

/// How a waiter is told that the daemon goes: after a stop it shall give up, after a restart come again.
fn part(how: Stopped) -> Response {
    match how {
        Stopped::Stop => Failure::stopping().into_response(),
        Stopped::Restart => {
            let mut response = Failure::stopping().into_response();
            response.extensions_mut().insert(Hangup);
            response
        }
    }
}
