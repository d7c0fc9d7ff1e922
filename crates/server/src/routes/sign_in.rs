//! `/api/v1/sign-in`, the codes it takes, `/api/v1/sign-out`, and a new token.
//!
//! What `docs/reference/sign-in.md` tells the makers of pages, is done here.

use axum::Extension;
use axum::Json as JsonAnswer;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use longhaul_api as api;
use longhaul_api::ErrorCode;
use longhaul_model::Access;

use crate::auth::{SESSION_LIVES, TokenError, wrong};
use crate::connection::Way;
use crate::extract::{Caller, Json, JsonOrNothing, Nothing};
use crate::problem::{Answer, Failure};
use crate::refusal;
use crate::run::chain;
use crate::state::ServerState;

/// Signs a page in: a one-time code or the token for a session.
#[utoipa::path(
    post, path = "/api/v1/sign-in", tag = "sign-in", operation_id = "sign_in", request_body = api::SignInRequest,
    responses(
        (status = 200, description = "Signed in; the session is in the cookie", body = api::SignedIn),
        (status = 400, description = "bad-request", body = api::Problem),
        (status = 401, description = "not-signed-in: wrong, used or too old", body = api::Problem),
        (status = 415, description = "not-json", body = api::Problem),
        (status = 429, description = "too-many-attempts", body = api::Problem),
    )
)]
pub(crate) async fn sign_in(
    State(state): State<ServerState>,
    way: Option<Extension<Way>>,
    Json(request): Json<api::SignInRequest>,
) -> Answer<Response> {
    let door = &state.door;
    let (is_right, what) = match (&request.code, &request.token) {
        (Some(code), None) => (door.take_code(code), "the code is wrong, used or too old"),
        (None, Some(token)) => (door.is_token(token.trim()), "the token is not the one in force"),
        _ => return Err(Failure::bad_request("send either `code` or `token`")),
    };
    if !is_right {
        return Ok(wrong(door, way.map(|Extension(way)| way), what));
    }
    let session = door.new_session(state.engine.now()).map_err(unable)?;
    let name = door.cookie_name();
    let cookie = format!(
        "{name}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}",
        session.cookie.reveal(),
        SESSION_LIVES.as_secs()
    );
    let answer = JsonAnswer(api::SignedIn {
        page_secret: session.page_secret.reveal().to_owned(),
        expires_at: session.expires_at,
    });
    Ok((cookie_header(&cookie), answer).into_response())
}

/// Forgets the session of this browser.
#[utoipa::path(
    post, path = "/api/v1/sign-out", tag = "sign-in", operation_id = "sign_out",
    responses((status = 204, description = "The cookie is gone"))
)]
pub(crate) async fn sign_out(State(state): State<ServerState>, _: JsonOrNothing<Nothing>) -> (StatusCode, HeaderMap) {
    let name = state.door.cookie_name();
    let cookie = format!("{name}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    (StatusCode::NO_CONTENT, cookie_header(&cookie))
}

/// Makes a code with which a page can sign in once. Only over the Unix socket.
#[utoipa::path(
    post, path = "/api/v1/sign-in/codes", tag = "sign-in", operation_id = "sign_in_code",
    responses(
        (status = 201, description = "The code", body = api::SignInCode),
        (status = 403, description = "forbidden: not over TCP, and not from a task with rights of its own", body = api::Problem),
    )
)]
pub(crate) async fn new_code(
    State(state): State<ServerState>,
    caller: Caller,
    way: Option<Extension<Way>>,
    _: JsonOrNothing<Nothing>,
) -> Answer<(StatusCode, JsonAnswer<api::SignInCode>)> {
    only_the_user(&state, caller, way)?;
    let (code, lives) = state.door.new_code().map_err(unable)?;
    let now = state.engine.now();
    let answer = api::SignInCode {
        code: code.reveal().to_owned(),
        expires_at: now.checked_add(lives).unwrap_or(now),
    };
    Ok((StatusCode::CREATED, JsonAnswer(answer)))
}

/// Puts a new token in force; the old one and all sessions are over. Only over the Unix socket.
#[utoipa::path(
    post, path = "/api/v1/token/rotate", tag = "sign-in", operation_id = "token_rotate",
    responses(
        (status = 204, description = "The new token is in its file"),
        (status = 403, description = "forbidden: not over TCP, and not from a task with rights of its own", body = api::Problem),
    )
)]
pub(crate) async fn rotate(
    State(state): State<ServerState>,
    caller: Caller,
    way: Option<Extension<Way>>,
    _: JsonOrNothing<Nothing>,
) -> Answer<StatusCode> {
    only_the_user(&state, caller, way)?;
    let door = std::sync::Arc::clone(&state.door);
    let rotated = tokio::task::spawn_blocking(move || door.rotate()).await;
    rotated
        .expect("invariant: writing a file does not panic and is not aborted")
        .map_err(unable)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keys to the house are handed out at the socket, and to no task that has less than its user's rights: a page that it
/// could sign in would have them all.
fn only_the_user(state: &ServerState, caller: Caller, way: Option<Extension<Way>>) -> Answer<()> {
    let forbidden = |detail: &str, hint: &str| Err(Failure::new(ErrorCode::Forbidden, detail).with_hint(hint));
    if !matches!(way, Some(Extension(Way::Socket))) {
        return forbidden(
            "this is done over the Unix socket only",
            "use the `longhaul` command on this machine",
        );
    }
    let Some(task) = caller.task else { return Ok(()) };
    let view = state.engine.view(task).map_err(refusal::store)?;
    match view.map(|view| view.task.spec.access) {
        Some(Access::Unmanaged) => Ok(()),
        Some(Access::ReadOnly | Access::Write) | None => {
            forbidden("this is not for tasks with rights of their own", "use a plain shell")
        }
    }
}

fn cookie_header(cookie: &str) -> HeaderMap {
    let value = HeaderValue::from_str(cookie).expect("invariant: names and secrets are plain letters");
    HeaderMap::from_iter([(SET_COOKIE, value)])
}

fn unable(error: TokenError) -> Failure {
    let failure = Failure::new(ErrorCode::Internal, chain(&error));
    match error.hint() {
        Some(hint) => failure.with_hint(hint),
        None => failure,
    }
}
