//! `/healthz`, `/readyz` and `/metrics`: for machines.

use std::fmt::Write;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use longhaul_engine::StoreFault;
use longhaul_model::StateName;

use crate::problem::Answer;
use crate::refusal;
use crate::state::ServerState;

/// Whether the daemon lives: it does if it answers.
#[utoipa::path(
    get, path = "/healthz", tag = "health", operation_id = "healthz",
    responses((status = 200, description = "It lives", body = String))
)]
pub(crate) async fn alive() -> &'static str {
    "ok\n"
}

/// Whether the daemon has found all running attempts again.
#[utoipa::path(
    get, path = "/readyz", tag = "health", operation_id = "readyz",
    responses((status = 200, description = "It is ready", body = String), (status = 503, description = "Not yet"))
)]
pub(crate) async fn ready(State(state): State<ServerState>) -> (StatusCode, &'static str) {
    match (state.engine.is_ready(), state.ending()) {
        (true, None) => (StatusCode::OK, "ready\n"),
        (false, None) => (StatusCode::SERVICE_UNAVAILABLE, "finding running tasks again\n"),
        (_, Some(_)) => (StatusCode::SERVICE_UNAVAILABLE, "stopping\n"),
    }
}

/// Numbers in Prometheus' text format.
#[utoipa::path(
    get, path = "/metrics", tag = "health", operation_id = "metrics",
    responses((status = 200, description = "The numbers", body = String))
)]
pub(crate) async fn metrics(State(state): State<ServerState>) -> Answer<impl IntoResponse> {
    let page = text(&state).await.map_err(refusal::store)?;
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], page))
}

async fn text(state: &ServerState) -> Result<String, StoreFault> {
    let counts = state.engine.counts().await?;
    let newest = state.engine.event_bounds().await?.newest;
    let mut page = String::new();
    let mut add = |name: &str, kind: &str, help: &str, samples: &[(String, u64)]| {
        let _ = writeln!(page, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for (labels, value) in samples {
            let _ = writeln!(page, "{name}{labels} {value}");
        }
    };
    let version = state.daemon.version.replace('\\', "\\\\").replace('"', "\\\"");
    add(
        "longhaul_build_info",
        "gauge",
        "The program.",
        &[(format!("{{version=\"{version}\"}}"), 1)],
    );
    let by_state: Vec<_> = StateName::ALL
        .iter()
        .map(|state| (format!("{{state=\"{state}\"}}"), counts.of(*state)))
        .collect();
    add("longhaul_tasks", "gauge", "Tasks by state.", &by_state);
    let attention = [(String::new(), counts.needs_attention)];
    add(
        "longhaul_tasks_needing_attention",
        "gauge",
        "Tasks that somebody should look at.",
        &attention,
    );
    add(
        "longhaul_events_total",
        "counter",
        "Changes of tasks so far.",
        &[(String::new(), newest)],
    );
    let started_s = u64::try_from(state.daemon.started_at.as_second()).unwrap_or(0);
    let started = [(String::new(), started_s)];
    add(
        "longhaul_start_time_seconds",
        "gauge",
        "When the daemon started, in seconds since 1970.",
        &started,
    );
    Ok(page)
}
