//! `/api/v1/daemon`: the daemon itself.

use axum::Json as JsonAnswer;
use axum::extract::State;
use axum::http::StatusCode;
use longhaul_api as api;

use crate::extract::{JsonOrNothing, Nothing};
use crate::state::ServerState;
use crate::stopped::Stopped;

/// What the daemon is.
#[utoipa::path(
    get, path = "/api/v1/daemon", tag = "daemon", operation_id = "daemon_status",
    responses((status = 200, description = "What it is", body = api::DaemonStatus))
)]
pub(crate) async fn status(State(state): State<ServerState>) -> JsonAnswer<api::DaemonStatus> {
    JsonAnswer(facts(&state))
}

fn facts(state: &ServerState) -> api::DaemonStatus {
    api::DaemonStatus {
        running: true,
        pid: std::process::id(),
        socket: state.daemon.socket.display().to_string(),
        http: state.daemon.listening.url(),
        version: state.daemon.version.clone(),
        schema: state.engine.schema_version(),
        started_at: state.daemon.started_at,
    }
}

/// Stops the daemon. Tasks go on; those who wait are told to give up.
#[utoipa::path(
    post, path = "/api/v1/daemon/stop", tag = "daemon", operation_id = "daemon_stop",
    responses((status = 202, description = "It is stopping", body = api::DaemonStatus))
)]
pub(crate) async fn stop(
    State(state): State<ServerState>,
    _: JsonOrNothing<Nothing>,
) -> (StatusCode, JsonAnswer<api::DaemonStatus>) {
    state.end(Stopped::Stop);
    (StatusCode::ACCEPTED, JsonAnswer(facts(&state)))
}

/// Ends the daemon so that another takes its place. Tasks go on; those who wait lose the connection and come again.
#[utoipa::path(
    post, path = "/api/v1/daemon/restart", tag = "daemon", operation_id = "daemon_restart",
    responses((status = 202, description = "It is making room", body = api::DaemonStatus))
)]
pub(crate) async fn restart(
    State(state): State<ServerState>,
    _: JsonOrNothing<Nothing>,
) -> (StatusCode, JsonAnswer<api::DaemonStatus>) {
    state.end(Stopped::Restart);
    (StatusCode::ACCEPTED, JsonAnswer(facts(&state)))
}
