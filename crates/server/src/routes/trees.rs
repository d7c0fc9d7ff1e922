//! A task's changes, its landing, its end without one; and the trust in a project file.

use axum::Json as JsonAnswer;
use axum::extract::State;
use axum::http::StatusCode;
use longhaul_api as api;
use longhaul_engine as engine;

use crate::caller::Caller;
use crate::extract::{Json, JsonOrNothing, Nothing, TaskPath};
use crate::fields;
use crate::params::Params;
use crate::problem::{Answer, Failure};
use crate::refusal;
use crate::state::ServerState;

/// The longest commit message.
const LONGEST_MESSAGE_BYTES: usize = 64 * 1024;

/// What a task changed, file by file.
#[utoipa::path(
    get, path = "/api/v1/tasks/{id}/changes", tag = "tasks", operation_id = "task_changes",
    params(
        ("id" = u64, Path, description = "The task"),
        ("hunks" = Option<bool>, Query, description = "Whether what changed in the files is told; true if not given"),
    ),
    responses(
        (status = 200, description = "The changes", body = api::Changes),
        (status = 404, description = "task-not-found, not-found (none are recorded)", body = api::Problem),
        (status = 409, description = "not-landable (git cannot tell)", body = api::Problem),
    )
)]
pub(crate) async fn changes(
    State(state): State<ServerState>,
    TaskPath(id): TaskPath,
    mut params: Params,
) -> Answer<JsonAnswer<api::Changes>> {
    let with_hunks: Option<bool> = params.parsed("hunks")?;
    params.finish()?;
    let changes = state.engine.changes_of(id, with_hunks.unwrap_or(true)).await;
    Ok(JsonAnswer(shown(changes.map_err(refusal::changes)?)))
}

/// Brings the changes of a task's worktree into the workspace: as a task of kind `land`.
#[utoipa::path(
    post, path = "/api/v1/tasks/{id}/land", tag = "acts", operation_id = "task_land",
    request_body = Option<api::LandRequest>, params(("id" = u64, Path, description = "The task")),
    responses(
        (status = 202, description = "The landing; await it", body = api::Repeated),
        (status = 400, description = "bad-request", body = api::Problem),
        (status = 404, description = "task-not-found", body = api::Problem),
        (status = 409, description = "state-forbids, not-landable", body = api::Problem),
    )
)]
pub(crate) async fn land(
    State(state): State<ServerState>,
    TaskPath(id): TaskPath,
    caller: Caller,
    JsonOrNothing(request): JsonOrNothing<api::LandRequest>,
) -> Answer<(StatusCode, JsonAnswer<api::Repeated>)> {
    let manner = fields::word(request.manner.as_ref()).map_err(|error| Failure::bad_request(error.message))?;
    let message = request.message.filter(|message| !message.trim().is_empty());
    if message
        .as_ref()
        .is_some_and(|message| message.len() > LONGEST_MESSAGE_BYTES || message.contains('\0'))
    {
        return Err(Failure::bad_request(
            "the commit message is longer than 64 KiB, or holds a NUL byte",
        ));
    }
    let task = state.engine.land(id, manner, message, caller.actor()).await;
    let answer = api::Repeated {
        task_id: task.map_err(refusal::land)?.get(),
        warnings: Vec::new(),
    };
    Ok((StatusCode::ACCEPTED, JsonAnswer(answer)))
}

/// Gives a task's worktree up. What only it has is saved first.
#[utoipa::path(
    post, path = "/api/v1/tasks/{id}/discard", tag = "acts", operation_id = "task_discard",
    params(("id" = u64, Path, description = "The task")),
    responses(
        (status = 200, description = "What was saved", body = api::Discarded),
        (status = 404, description = "task-not-found", body = api::Problem),
        (status = 409, description = "state-forbids, not-landable", body = api::Problem),
    )
)]
pub(crate) async fn discard(
    State(state): State<ServerState>,
    TaskPath(id): TaskPath,
    _: JsonOrNothing<Nothing>,
) -> Answer<JsonAnswer<api::Discarded>> {
    let saved = state.engine.discard(id).await.map_err(refusal::land)?;
    Ok(JsonAnswer(api::Discarded {
        branch: saved.branch,
        patch: saved.patch.map(|path| path.to_string_lossy().into_owned()),
        bundles: saved
            .bundles
            .iter()
            .map(|path| path.to_string_lossy().into_owned())
            .collect(),
    }))
}

/// Trusts the project file of a repository, with exactly its present content: its commands may run.
#[utoipa::path(
    post, path = "/api/v1/trust", tag = "acts", operation_id = "trust", request_body = api::TrustRequest,
    responses(
        (status = 200, description = "What is trusted", body = api::Trusted),
        (status = 400, description = "bad-spec (the file means nothing)", body = api::Problem),
        (status = 410, description = "source-gone (there is none)", body = api::Problem),
    )
)]
pub(crate) async fn trust(
    State(state): State<ServerState>,
    Json(request): Json<api::TrustRequest>,
) -> Answer<JsonAnswer<api::Trusted>> {
    if !request.folder.starts_with('/') {
        return Err(Failure::bad_request(format!(
            "`{}` is no absolute path",
            request.folder
        )));
    }
    let (folder, project) = state
        .engine
        .trust(request.folder.into())
        .await
        .map_err(refusal::project)?;
    Ok(JsonAnswer(api::Trusted {
        folder: folder.to_string_lossy().into_owned(),
        setup: project.setup,
        teardown: project.teardown,
        check: project.check,
    }))
}

fn shown(changes: engine::Changes) -> api::Changes {
    let source = if changes.is_worktree { "worktree" } else { "in-place" };
    api::Changes {
        source: source.to_owned(),
        base: changes.base,
        head: changes.head,
        files: changes.files.into_iter().map(shown_file).collect(),
        additions: changes.additions,
        deletions: changes.deletions,
        is_truncated: changes.is_truncated,
        state: changes.state.to_owned(),
    }
}

fn shown_file(file: engine::FileChange) -> api::FileChange {
    let hunk = |hunk: engine::Hunk| api::Hunk {
        header: hunk.header,
        lines: hunk.lines.into_iter().map(shown_line).collect(),
    };
    api::FileChange {
        path: file.path.to_string_lossy().into_owned(),
        old_path: file.old_path.map(|path| path.to_string_lossy().into_owned()),
        status: file.status.to_owned(),
        old_mode: file.old_mode,
        new_mode: file.new_mode,
        additions: file.additions,
        deletions: file.deletions,
        is_binary: file.is_binary,
        is_truncated: file.is_truncated,
        hunks: file.hunks.into_iter().map(hunk).collect(),
    }
}

fn shown_line(line: engine::Line) -> api::HunkLine {
    let kind = match line.kind {
        engine::LineKind::Context => "context",
        engine::LineKind::Add => "add",
        engine::LineKind::Delete => "delete",
        engine::LineKind::Note => "note",
    };
    api::HunkLine {
        kind: kind.to_owned(),
        text: line.text,
    }
}
