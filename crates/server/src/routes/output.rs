//! `/api/v1/tasks/{id}/output` and `/result`: what a task printed, and what it gave.

use std::time::Duration;

use axum::Json as JsonAnswer;
use axum::extract::State;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use longhaul_api as api;
use longhaul_api::ErrorCode;
use longhaul_engine::output::{Body, Piece, Stream};
use longhaul_model::{Gives, Secrets, StateName, TaskId};
use tokio::time::Instant;

use crate::extract::TaskPath;
use crate::params::Params;
use crate::problem::{Answer, Failure};
use crate::reading::{Page, Start, Wanted, bytes_of, last_lines, read_page};
use crate::refusal;
use crate::routes::tasks::known;
use crate::state::ServerState;
use crate::view;

/// How much output an answer carries if nobody says, in bytes.
const PAGE_SIZE: u64 = 1 << 20;
/// How much it may carry.
const PAGE_SIZE_LIMIT: u64 = 8 << 20;
/// The longest wait for more.
const LONGEST_WAIT_MS: u64 = 60_000;
/// The shortest pause between two looks that found nothing for the asked stream.
const LOOK_PAUSE: Duration = Duration::from_millis(20);
/// How much of a command's standard output a result carries, in bytes.
const RESULT_LIMIT: u64 = 4 << 20;
/// How many lines of standard error go with a failure.
const TAIL_LINES: usize = 20;

/// A range of a task's output: raw bytes, or pieces with stream and time for `Accept: application/json`.
#[utoipa::path(
    get, path = "/api/v1/tasks/{id}/output", tag = "tasks", operation_id = "task_output",
    params(
        ("id" = u64, Path, description = "The task"),
        ("offset" = Option<u64>, Query, description = "Where to begin: in all output, or in the stream if one is asked for"),
        ("stream" = Option<String>, Query, description = "`stdout` or `stderr`; both in order of arrival if not given"),
        ("attempt" = Option<u32>, Query, description = "The attempt; the newest if not given"),
        ("limit" = Option<u64>, Query, description = "The most bytes; 1 MiB if not given, up to 8 MiB"),
        ("wait_ms" = Option<u64>, Query, description = "How long to wait for more where there is none, up to 60000"),
        ("tail_lines" = Option<u64>, Query, description = "Begin at the last so many lines"),
    ),
    responses(
        (status = 200, description = "The bytes, with the headers Longhaul-Next-Offset, Longhaul-Output-Complete, \
            Longhaul-Dropped-Bytes and Longhaul-Attempt; or the pieces", content(
            (Vec<u8> = "application/octet-stream"), (api::Output = "application/json"))),
        (status = 400, description = "bad-request", body = api::Problem),
        (status = 404, description = "task-not-found, not-found (no such attempt)", body = api::Problem),
    )
)]
pub(crate) async fn output(
    State(state): State<ServerState>,
    TaskPath(id): TaskPath,
    headers: HeaderMap,
    mut params: Params,
) -> Answer<Response> {
    let stream = params.text("stream")?.map(|word| stream_of(&word)).transpose()?;
    let attempt = params
        .number("attempt", 0..=u64::from(u32::MAX))?
        .map(|number| number as u32);
    let limit_bytes = params.number("limit", 1..=PAGE_SIZE_LIMIT)?.unwrap_or(PAGE_SIZE);
    let wait = Duration::from_millis(params.number("wait_ms", 0..=LONGEST_WAIT_MS)?.unwrap_or(0));
    let start = match (
        params.number("offset", 0..=u64::MAX)?,
        params.number("tail_lines", 0..=1_000_000)?,
    ) {
        (Some(_), Some(_)) => return Err(Failure::bad_request("`offset` and `tail_lines` cannot both be given")),
        (offset, None) => Start::Offset(offset.unwrap_or(0)),
        (None, Some(count)) => Start::LastLines(count as usize),
    };
    params.finish()?;
    let wanted = Wanted {
        start,
        stream,
        limit_bytes,
    };
    let page = follow(&state, id, attempt, wanted, wait).await?;
    let wants_json = headers.get_all(ACCEPT).iter().any(names_json);
    Ok(if wants_json {
        JsonAnswer(as_json(page)).into_response()
    } else {
        as_bytes(page)
    })
}

fn names_json(accept: &HeaderValue) -> bool {
    let mut ranges = accept.to_str().unwrap_or_default().split(',');
    ranges.any(|range| range.split(';').next().unwrap_or_default().trim() == "application/json")
}

fn stream_of(word: &str) -> Answer<Stream> {
    match word {
        "stdout" => Ok(Stream::Stdout),
        "stderr" => Ok(Stream::Stderr),
        _ => Err(Failure::bad_request(format!(
            "`stream` must be stdout or stderr, not `{word}`"
        ))),
    }
}

/// Reads, and where there is nothing yet waits for more as long as asked.
async fn follow(
    state: &ServerState,
    id: TaskId,
    attempt: Option<u32>,
    mut wanted: Wanted,
    wait: Duration,
) -> Answer<Page> {
    known(state, id).await?;
    let deadline = Instant::now() + wait;
    let mut is_first_look = true;
    loop {
        let Some(found) = state.engine.output(id, attempt).await.map_err(refusal::store)? else {
            let attempt = attempt.unwrap_or(0);
            return Err(Failure::new(
                ErrorCode::NotFound,
                format!("task {id} has no attempt {attempt}"),
            ));
        };
        let page = read_page(found, wanted).await?;
        let left = deadline.saturating_duration_since(Instant::now());
        if !page.pieces.is_empty() || page.is_complete || left.is_zero() || state.ending().is_some() {
            return Ok(page);
        }
        // From now on only what comes after the end that was seen.
        wanted.start = Start::Offset(page.next_offset);
        tokio::select! {
            () = state.engine.output_changed(id, page.produced_bytes, left) => {}
            _ = state.ended() => {}
        }
        if !std::mem::take(&mut is_first_look) {
            // The other stream is talking.
            tokio::time::sleep(LOOK_PAUSE.min(deadline.saturating_duration_since(Instant::now()))).await;
        }
    }
}

fn as_bytes(page: Page) -> Response {
    let dropped_bytes: u64 = page.pieces.iter().map(dropped).sum();
    let headers = [
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (
            HeaderName::from_static("longhaul-next-offset"),
            page.next_offset.to_string(),
        ),
        (
            HeaderName::from_static("longhaul-output-complete"),
            page.is_complete.to_string(),
        ),
        (
            HeaderName::from_static("longhaul-dropped-bytes"),
            dropped_bytes.to_string(),
        ),
        (HeaderName::from_static("longhaul-attempt"), page.attempt.to_string()),
    ];
    (headers, bytes_of(&page.pieces)).into_response()
}

fn dropped(piece: &Piece) -> u64 {
    match piece.body {
        Body::Bytes(_) => 0,
        Body::Gap(count) => count,
    }
}

fn as_json(page: Page) -> api::Output {
    let shown = |piece: &Piece| api::OutputPiece {
        offset: if page.is_of_one_stream {
            piece.offset_in_stream
        } else {
            piece.offset
        },
        stream: match piece.stream {
            Stream::Stdout => "stdout".to_owned(),
            Stream::Stderr => "stderr".to_owned(),
        },
        at: Timestamp::from_microsecond(piece.at_us).unwrap_or_default(),
        data_base64: match &piece.body {
            Body::Bytes(bytes) => Some(STANDARD.encode(bytes)),
            Body::Gap(_) => None,
        },
        dropped_bytes: dropped(piece),
    };
    api::Output {
        attempt: page.attempt,
        pieces: page.pieces.iter().map(shown).collect(),
        next_offset: page.next_offset,
        complete: page.is_complete,
    }
}

/// What a finished task gave.
#[utoipa::path(
    get, path = "/api/v1/tasks/{id}/result", tag = "tasks", operation_id = "task_result",
    params(("id" = u64, Path, description = "The task")),
    responses(
        (status = 200, description = "The task and its result", body = api::TaskResult),
        (status = 404, description = "task-not-found", body = api::Problem),
        (status = 409, description = "state-forbids: it is not over", body = api::Problem),
    )
)]
pub(crate) async fn result(
    State(state): State<ServerState>,
    TaskPath(id): TaskPath,
) -> Answer<JsonAnswer<api::TaskResult>> {
    let view = known(&state, id).await?;
    let name = view.task.state();
    if !name.is_terminal() {
        return Err(Failure::new(
            ErrorCode::StateForbids,
            format!("task {id} is {name}, so it has no result yet"),
        )
        .with_hint(format!("`longhaul await {id}` waits for it")));
    }
    let mut answer = api::TaskResult {
        task: view::task(&view, state.engine.now()),
        result: None,
        session: None,
        usage: None,
        review: None,
        result_base64: None,
        result_truncated: false,
        stderr_tail: None,
    };
    answer.session = answer.task.session.clone();
    answer.usage = answer.task.usage.clone();
    let work = &view.task.spec.work;
    let newest = async || state.engine.output(id, None).await.map_err(refusal::store);
    let gives = work.rules().gives;
    if gives == Gives::FinalMessage {
        answer.result = state.engine.message(&view.task).await.map_err(refusal::store)?;
        let message = answer.result.as_deref().filter(|_| work.review().is_some());
        answer.review = message.and_then(api::review_of);
    }
    if gives == Gives::StandardOutput
        && let Some(found) = newest().await?
    {
        let wanted = Wanted {
            start: Start::Offset(0),
            stream: Some(Stream::Stdout),
            limit_bytes: RESULT_LIMIT,
        };
        let page = read_page(found, wanted).await?;
        answer.result_truncated = !page.is_at_end || page.pieces.iter().any(|piece| dropped(piece) > 0);
        put_text(&mut answer, bytes_of(&page.pieces), !page.is_at_end);
    }
    if let (StateName::Failed | StateName::Interrupted, Some(found)) = (name, newest().await?) {
        let tail = last_lines(found, Stream::Stderr, TAIL_LINES).await?;
        answer.stderr_tail = (!tail.is_empty()).then(|| Secrets::of(&view.task.spec).cut(&tail));
    }
    Ok(JsonAnswer(answer))
}

/// Puts the bytes in as text, and in base64 too if they are no text.
fn put_text(answer: &mut api::TaskResult, mut bytes: Vec<u8>, is_cut: bool) {
    if let Err(error) = std::str::from_utf8(&bytes)
        && is_cut
        && error.error_len().is_none()
    {
        // Only the cut made the last character incomplete.
        bytes.truncate(error.valid_up_to());
    }
    match String::from_utf8(bytes) {
        Ok(text) => answer.result = Some(text),
        Err(error) => {
            answer.result_base64 = Some(STANDARD.encode(error.as_bytes()));
            answer.result = Some(String::from_utf8_lossy(error.as_bytes()).into_owned());
        }
    }
}
