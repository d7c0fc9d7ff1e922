//! `/api/v1/inbox`: completions that a chat session or a task asked for, until somebody takes them.

use axum::Json as JsonAnswer;
use axum::extract::State;
use longhaul_api as api;
use longhaul_api::ErrorCode;
use longhaul_engine::{CompletionFilter, Rights};
use longhaul_model::{StateName, TaskId};

use crate::caller::Caller;
use crate::extract::Json;
use crate::fields::{self, Read};
use crate::params::Params;
use crate::problem::{Answer, Failure};
use crate::refusal;
use crate::state::ServerState;
use crate::view;

/// The completions of tasks with an origin session or a parent that nobody has taken yet, oldest first.
#[utoipa::path(
    get, path = "/api/v1/inbox", tag = "inbox", operation_id = "inbox",
    params(
        ("origin_session" = Option<String>, Query, description = "Only what this chat session asked for"),
        ("parent" = Option<u64>, Query, description = "Only what was submitted from this task"),
    ),
    responses(
        (status = 200, description = "The completions", body = api::Inbox),
        (status = 400, description = "bad-request", body = api::Problem),
    )
)]
pub(crate) async fn list(State(state): State<ServerState>, mut params: Params) -> Answer<JsonAnswer<api::Inbox>> {
    let filter = CompletionFilter {
        origin_session: params.text("origin_session")?,
        parent: params.parsed("parent")?,
    };
    params.finish()?;
    let views = state
        .engine
        .untaken_completions(&filter)
        .await
        .map_err(refusal::store)?;
    let now = state.engine.now();
    let item = |view: &longhaul_engine::View| {
        let task = view::task(view, now);
        let why = task.outcome.as_ref().map(|outcome| outcome.message.clone());
        api::InboxItem {
            name: task.name.clone(),
            state: task.state.clone(),
            duration_ms: task.duration_ms,
            summary: if task.state == StateName::Completed {
                task.summary.clone()
            } else {
                why
            },
            task,
        }
    };
    Ok(JsonAnswer(api::Inbox {
        items: views.iter().map(item).collect(),
    }))
}

/// Takes completions off the inbox: somebody has them.
#[utoipa::path(
    post, path = "/api/v1/inbox/ack", tag = "inbox", operation_id = "inbox_ack", request_body = api::InboxAck,
    responses(
        (status = 200, description = "How many were taken now", body = api::InboxTaken),
        (status = 400, description = "bad-request", body = api::Problem),
        (status = 403, description = "forbidden: inside a task only its own descendants", body = api::Problem),
    )
)]
pub(crate) async fn ack(
    State(state): State<ServerState>,
    caller: Caller,
    Json(request): Json<api::InboxAck>,
) -> Answer<JsonAnswer<api::InboxTaken>> {
    let ids = request.task_ids.iter().map(|number| fields::id("task_ids", *number));
    let ids: Vec<TaskId> = ids.collect::<Read<_>>()?;
    if let Some(task) = caller.task
        && state.engine.rights_of(task).await == Rights::OwnFamily
    {
        for id in &ids {
            if *id == task || !state.engine.is_in_family_of(*id, task).await {
                return Err(Failure::new(
                    ErrorCode::Forbidden,
                    format!("task {task} may take the completions of its own descendants, and {id} is none"),
                ));
            }
        }
    }
    let taken = state.engine.take_completions(ids).await.map_err(refusal::store)?;
    Ok(JsonAnswer(api::InboxTaken { acknowledged: taken }))
}
