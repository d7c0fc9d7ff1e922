//! `/api/v1/tasks/{id}/activity`: what an agent did.

use std::time::Duration;

use axum::Json as JsonAnswer;
use axum::extract::State;
use longhaul_api as api;
use longhaul_engine::ActivityEntry;
use longhaul_engine::activity::Kind;
use longhaul_model::TaskId;
use tokio::time::Instant;

use crate::extract::TaskPath;
use crate::params::Params;
use crate::problem::Answer;
use crate::refusal;
use crate::state::ServerState;

/// How many entries an answer carries if nobody says.
const PAGE_SIZE: u64 = 200;
/// How many it may carry.
const PAGE_SIZE_LIMIT: u64 = 1_000;
/// The longest wait for more.
const LONGEST_WAIT_MS: u64 = 60_000;
/// The shortest pause between two looks at output that tells nothing.
const LOOK_PAUSE: Duration = Duration::from_millis(50);

/// What an agent did, in order, from its output.
#[utoipa::path(
    get, path = "/api/v1/tasks/{id}/activity", tag = "tasks", operation_id = "task_activity",
    params(
        ("id" = u64, Path, description = "The task"),
        ("after" = Option<u64>, Query, description = "What comes after the entry with this number; 0 if not given"),
        ("limit" = Option<u64>, Query, description = "The most entries, 1 to 1000; 200 if not given"),
        ("attempt" = Option<u32>, Query, description = "The attempt; the newest if not given"),
        ("wait_ms" = Option<u64>, Query, description = "How long to wait for more where there is none, up to 60000"),
    ),
    responses(
        (status = 200, description = "A page", body = api::ActivityPage),
        (status = 400, description = "bad-request: it is no agent's", body = api::Problem),
        (status = 404, description = "task-not-found, not-found (no such attempt)", body = api::Problem),
    )
)]
pub(crate) async fn activity(
    State(state): State<ServerState>,
    TaskPath(id): TaskPath,
    mut params: Params,
) -> Answer<JsonAnswer<api::ActivityPage>> {
    let after = params.number("after", 0..=u64::MAX)?.unwrap_or(0);
    let limit = params.number("limit", 1..=PAGE_SIZE_LIMIT)?.unwrap_or(PAGE_SIZE) as usize;
    let attempt = params
        .number("attempt", 1..=u64::from(u32::MAX))?
        .map(|number| number as u32);
    let wait = Duration::from_millis(params.number("wait_ms", 0..=LONGEST_WAIT_MS)?.unwrap_or(0));
    params.finish()?;
    follow(&state, id, attempt, after, limit, wait).await.map(JsonAnswer)
}

/// Reads, and where there is nothing yet waits for more as long as asked.
async fn follow(
    state: &ServerState,
    id: TaskId,
    attempt: Option<u32>,
    after: u64,
    limit: usize,
    wait: Duration,
) -> Answer<api::ActivityPage> {
    let deadline = Instant::now() + wait;
    loop {
        let (attempt, page) = state
            .engine
            .activity(id, attempt, after, limit)
            .await
            .map_err(refusal::activity)?;
        let left = deadline.saturating_duration_since(Instant::now());
        if !page.entries.is_empty() || page.is_final || left.is_zero() || state.ending().is_some() {
            return Ok(api::ActivityPage {
                attempt,
                next: page.next,
                is_final: page.is_final,
                activity: page.entries.into_iter().map(shown).collect(),
            });
        }
        tokio::select! {
            () = state.engine.output_changed(id, page.produced_bytes, left) => {}
            _ = state.ended() => {}
        }
        tokio::time::sleep(LOOK_PAUSE.min(deadline.saturating_duration_since(Instant::now()))).await;
    }
}

fn shown(entry: ActivityEntry) -> api::Activity {
    let kind = match entry.activity.kind {
        Kind::Session { id, model } => api::ActivityKind::Session { id, model },
        Kind::Message { text } => api::ActivityKind::Message { text },
        Kind::Reasoning { text } => api::ActivityKind::Reasoning { text },
        Kind::ToolCall { id, tool, title, input } => api::ActivityKind::ToolCall { id, tool, title, input },
        Kind::ToolResult {
            id,
            output,
            is_error,
            exit_code,
        } => api::ActivityKind::ToolResult {
            id,
            output,
            is_error,
            exit_code,
        },
        Kind::FileChanges { changes } => api::ActivityKind::FileChanges {
            changes: changes
                .into_iter()
                .map(|change| api::ActivityFileChange {
                    path: change.path,
                    change: change.change,
                })
                .collect(),
        },
        Kind::Plan { steps } => api::ActivityKind::Plan {
            steps: steps
                .into_iter()
                .map(|step| api::PlanStep {
                    text: step.text,
                    is_done: step.is_done,
                })
                .collect(),
        },
        Kind::Notice { text } => api::ActivityKind::Notice { text },
        Kind::Error { text } => api::ActivityKind::Error { text },
        Kind::Unknown { line } => api::ActivityKind::Unknown { line },
    };
    api::Activity {
        number: entry.number,
        offset: entry.activity.offset,
        at: entry.at,
        is_of_helper: entry.activity.is_of_helper,
        kind,
    }
}
