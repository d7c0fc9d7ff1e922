//! `/api/v1/tasks`: submit, list, show, edit, and a task's history.

use axum::Json as JsonAnswer;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use longhaul_api as api;
use longhaul_api::ErrorCode;
use longhaul_engine::{Submission, TaskFilter};
use longhaul_model::{StateName, TaskId};

use crate::caller::Caller;
use crate::change;
use crate::digest::digest;
use crate::extract::{Json, TaskPath};
use crate::kinds;
use crate::params::Params;
use crate::problem::{Answer, Failure};
use crate::refusal;
use crate::spec;
use crate::state::ServerState;
use crate::view;

/// The longest idempotency key.
const KEY_LIMIT_BYTES: usize = 255;
/// How many tasks a page has if nobody says.
const PAGE_SIZE: u64 = 50;
/// How many it may have.
const PAGE_SIZE_LIMIT: u64 = 1_000;

/// Submits a task. Answered when it is on disk.
#[utoipa::path(
    post, path = "/api/v1/tasks", tag = "tasks", operation_id = "task_submit", request_body = api::SubmitRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body again give the same task")),
    responses(
        (status = 201, description = "The new task; `Location` names it", body = api::Task),
        (status = 200, description = "The task that this key and body already made", body = api::Task),
        (status = 400, description = "bad-request, bad-spec, unknown-dependency", body = api::Problem),
        (status = 409, description = "key-reused, family-too-large, would-deadlock", body = api::Problem),
        (status = 413, description = "too-large", body = api::Problem),
        (status = 415, description = "not-json", body = api::Problem),
        (status = 503, description = "busy, store-unavailable", body = api::Problem),
    )
)]
pub(crate) async fn submit(
    State(state): State<ServerState>,
    headers: HeaderMap,
    caller: Caller,
    Json(request): Json<api::SubmitRequest>,
) -> Answer<Response> {
    let request = kinds::unfolded(request)?;
    let key = idempotency_key(&headers)?.map(|key| (key, digest(&request)));
    let asked = spec::asked(request, state.engine.now())?;
    let mut spec = asked.spec;
    if !asked.says_notify {
        spec.notify = state.engine.notify_by_default();
    }
    let submission = Submission {
        spec,
        says_isolation: asked.says_isolation,
        environment: asked.environment,
        parent: asked.parent.or(caller.task),
        key,
        actor: caller.actor(),
    };
    let submitted = state.engine.submit(submission).await.map_err(refusal::submit)?;
    let status = if submitted.is_replay {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    let location = format!("/api/v1/tasks/{}", submitted.view.task.id);
    let task = view::task(&submitted.view, state.engine.now());
    Ok((status, [(LOCATION, location)], JsonAnswer(task)).into_response())
}

fn idempotency_key(headers: &HeaderMap) -> Answer<Option<String>> {
    let refuse = |detail: &str| Err(Failure::bad_request(format!("Idempotency-Key {detail}")));
    let mut values = headers.get_all("idempotency-key").iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return refuse("is given more than once");
    }
    match std::str::from_utf8(value.as_bytes()) {
        Ok("") => refuse("is empty"),
        Ok(key) if key.len() > KEY_LIMIT_BYTES => refuse("is longer than 255 bytes"),
        Ok(key) => Ok(Some(key.to_owned())),
        Err(_) => refuse("is not text"),
    }
}

/// Lists tasks, newest first.
#[utoipa::path(
    get, path = "/api/v1/tasks", tag = "tasks", operation_id = "task_list",
    params(
        ("state" = Option<String>, Query, description = "States, separated by commas"),
        ("workspace" = Option<String>, Query, description = "The path of a workspace"),
        ("agent" = Option<String>, Query, description = "The agent"),
        ("kind" = Option<String>, Query, description = "The kind"),
        ("queue" = Option<String>, Query, description = "The queue"),
        ("parent" = Option<u64>, Query, description = "The task they were submitted from"),
        ("chain" = Option<u64>, Query, description = "The first task of their chain"),
        ("origin_session" = Option<String>, Query, description = "The chat session that asked"),
        ("needs_attention" = Option<bool>, Query, description = "`true`: only those that failed or were interrupted, were not \
            retried, and nobody acknowledged"),
        ("label" = Option<String>, Query, description = "`NAME` or `NAME=VALUE`"),
        ("q" = Option<String>, Query, description = "Words in name, command or summary"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u64>, Query, description = "1 to 1000, 50 if not given"),
    ),
    responses(
        (status = 200, description = "A page", body = api::TaskPage),
        (status = 400, description = "bad-request", body = api::Problem),
    )
)]
pub(crate) async fn list(State(state): State<ServerState>, mut params: Params) -> Answer<JsonAnswer<api::TaskPage>> {
    let filter = TaskFilter {
        states: states(params.text("state")?)?,
        workspace: workspace(params.text("workspace")?)?,
        agent: params.text("agent")?,
        kind: params.text("kind")?,
        parent: params.parsed("parent")?,
        label: params.text("label")?.map(label),
        search: params.text("q")?,
        origin_session: params.text("origin_session")?,
        queue: params.parsed("queue")?,
        chain: params.parsed("chain")?,
        needs_attention: params.parsed("needs_attention")?.unwrap_or(false),
    };
    let before: Option<TaskId> = params.parsed("cursor")?;
    let limit = params.number("limit", 1..=PAGE_SIZE_LIMIT)?.unwrap_or(PAGE_SIZE) as usize;
    params.finish()?;
    // One more than asked for tells whether there is a next page.
    let mut views = state
        .engine
        .page(filter, before, limit + 1)
        .await
        .map_err(refusal::store)?;
    let has_more = views.len() > limit;
    views.truncate(limit);
    let now = state.engine.now();
    let next = views.last().filter(|_| has_more).map(|view| view.task.id.to_string());
    Ok(JsonAnswer(api::TaskPage {
        tasks: views.iter().map(|view| view::task(view, now)).collect(),
        next,
    }))
}

fn states(typed: Option<String>) -> Answer<Vec<StateName>> {
    let Some(typed) = typed else { return Ok(Vec::new()) };
    let read = |word: &str| {
        word.trim()
            .parse()
            .map_err(|error| Failure::bad_request(format!("`state`: {error}")))
    };
    typed.split(',').map(read).collect()
}

fn label(typed: String) -> (String, Option<String>) {
    match typed.split_once('=') {
        Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
        None => (typed, None),
    }
}

/// Workspaces are absolute: a relative one would match nothing, which reads as "no such tasks".
fn workspace(path: Option<String>) -> Answer<Option<String>> {
    match path {
        Some(path) if !path.starts_with('/') => Err(Failure::bad_request(format!(
            "`workspace` must be an absolute path, and `{path}` is not"
        ))),
        path => Ok(path),
    }
}

/// One task.
#[utoipa::path(
    get, path = "/api/v1/tasks/{id}", tag = "tasks", operation_id = "task_show",
    params(("id" = u64, Path, description = "The task")),
    responses(
        (status = 200, description = "The task", body = api::Task),
        (status = 404, description = "task-not-found", body = api::Problem),
    )
)]
pub(crate) async fn show(State(state): State<ServerState>, TaskPath(id): TaskPath) -> Answer<JsonAnswer<api::Task>> {
    let view = known(&state, id).await?;
    Ok(JsonAnswer(view::task(&view, state.engine.now())))
}

/// The task with this id, which must exist.
pub(crate) async fn known(state: &ServerState, id: TaskId) -> Answer<longhaul_engine::View> {
    state
        .engine
        .view(id)
        .await
        .map_err(refusal::store)?
        .ok_or_else(|| Failure::no_task(id))
}

/// Changes a task that has not started.
#[utoipa::path(
    patch, path = "/api/v1/tasks/{id}", tag = "tasks", operation_id = "task_edit", request_body = api::EditRequest,
    params(("id" = u64, Path, description = "The task")),
    responses(
        (status = 200, description = "The task as it is now", body = api::Task),
        (status = 400, description = "bad-request, bad-spec, unknown-dependency", body = api::Problem),
        (status = 404, description = "task-not-found", body = api::Problem),
        (status = 409, description = "state-forbids, dependency-cycle", body = api::Problem),
    )
)]
pub(crate) async fn edit(
    State(state): State<ServerState>,
    TaskPath(id): TaskPath,
    caller: Caller,
    Json(request): Json<api::EditRequest>,
) -> Answer<JsonAnswer<api::Task>> {
    let view = known(&state, id).await?;
    let change = change::change_of(request, view.task.spec.work.kind(), state.engine.now())?;
    let view = state
        .engine
        .edit(id, move |spec| change.apply(spec), caller.actor())
        .await
        .map_err(refusal::edit)?;
    Ok(JsonAnswer(view::task(&view, state.engine.now())))
}

/// All that happened to a task.
#[utoipa::path(
    get, path = "/api/v1/tasks/{id}/history", tag = "tasks", operation_id = "task_history",
    params(("id" = u64, Path, description = "The task")),
    responses(
        (status = 200, description = "Its history, oldest first", body = api::HistoryPage),
        (status = 404, description = "task-not-found", body = api::Problem),
    )
)]
pub(crate) async fn history(
    State(state): State<ServerState>,
    TaskPath(id): TaskPath,
) -> Answer<JsonAnswer<api::HistoryPage>> {
    let view = known(&state, id).await?;
    let entries = state.engine.history(id).await.map_err(refusal::store)?;
    let entries = entries.ok_or_else(|| Failure::new(ErrorCode::TaskNotFound, format!("task {id} was just pruned")))?;
    let history = entries
        .into_iter()
        .map(|entry| view::history_entry(entry, &view.task.spec))
        .collect();
    Ok(JsonAnswer(api::HistoryPage { history }))
}
