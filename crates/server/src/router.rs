//! Every address and what answers there. The same router for every transport.

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, patch, post};
use longhaul_api::ErrorCode;

use crate::auth::admit;
use crate::guard::guard;
use crate::headers::add_headers;
use crate::page::page_or_nothing;
use crate::problem::Failure;
use crate::rights;
use crate::routes::{
    activity, acts, awaiting, daemon, events, health, inbox, notifications, output, overview, queues, sign_in, tasks,
    trees,
};
use crate::state::ServerState;

/// All routes.
pub fn router(state: ServerState) -> Router {
    Router::new()
        .route("/api/v1/tasks", get(tasks::list).post(tasks::submit))
        .route("/api/v1/tasks/{id}", get(tasks::show).patch(tasks::edit))
        .route("/api/v1/tasks/{id}/history", get(tasks::history))
        .route("/api/v1/tasks/{id}/result", get(output::result))
        .route("/api/v1/tasks/{id}/output", get(output::output))
        .route("/api/v1/tasks/{id}/activity", get(activity::activity))
        .route("/api/v1/inbox", get(inbox::list))
        .route("/api/v1/inbox/ack", post(inbox::ack))
        .route("/api/v1/tasks/{id}/await", get(awaiting::wait))
        .route("/api/v1/tasks/{id}/cancel", post(acts::cancel))
        .route("/api/v1/tasks/{id}/retry", post(acts::retry))
        .route("/api/v1/tasks/{id}/redispatch", post(acts::redispatch))
        .route("/api/v1/tasks/{id}/changes", get(trees::changes))
        .route("/api/v1/tasks/{id}/land", post(trees::land))
        .route("/api/v1/tasks/{id}/discard", post(trees::discard))
        .route("/api/v1/trust", post(trees::trust))
        .route("/api/v1/tasks/{id}/hold", post(acts::hold))
        .route("/api/v1/tasks/{id}/release", post(acts::release))
        .route("/api/v1/tasks/{id}/wake", post(acts::wake))
        .route("/api/v1/tasks/{id}/top", post(acts::top))
        .route("/api/v1/tasks/{id}/ack", post(acts::ack))
        .route("/api/v1/wake", post(acts::wake_all))
        .route("/api/v1/queues", get(queues::list).patch(queues::change_all))
        // The name of a queue may contain slashes.
        .route("/api/v1/queues/{*name}", patch(queues::change))
        .route("/api/v1/events", get(events::events))
        .route("/api/v1/stats", get(overview::stats))
        .route("/api/v1/workspaces", get(overview::workspaces))
        .route("/api/v1/agents", get(overview::agents))
        .route("/api/v1/nodes", get(overview::nodes))
        .route("/api/v1/doctor", get(overview::doctor))
        .route("/api/v1/prune", post(overview::prune))
        .route("/api/v1/daemon", get(daemon::status))
        .route("/api/v1/daemon/stop", post(daemon::stop))
        .route("/api/v1/daemon/restart", post(daemon::restart))
        .route("/api/v1/notifications", get(notifications::list))
        .route("/api/v1/sign-in", post(sign_in::sign_in))
        .route("/api/v1/sign-in/codes", post(sign_in::new_code))
        .route("/api/v1/sign-out", post(sign_in::sign_out))
        .route("/api/v1/token/rotate", post(sign_in::rotate))
        .route("/api/v1/openapi.json", get(crate::openapi::document))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        // Inside of the routes, so that it knows which one was taken.
        .route_layer(from_fn_with_state(state.clone(), rights::gate))
        .fallback(page_or_nothing)
        .method_not_allowed_fallback(no_such_method)
        .layer(from_fn_with_state(state.clone(), admit))
        .layer(from_fn_with_state(state.clone(), guard))
        .layer(from_fn(add_headers))
        .with_state(state)
}

async fn no_such_method(method: axum::http::Method, uri: axum::http::Uri) -> Failure {
    Failure::new(
        ErrorCode::MethodNotAllowed,
        format!("{} does not take {method}", uri.path()),
    )
}
