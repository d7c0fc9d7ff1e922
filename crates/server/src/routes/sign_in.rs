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
use longhaul_model::with_causes;

use crate::auth::{SESSION_LIVES, TokenError, wrong};
use crate::extract::{Json, JsonOrNothing, Nothing};
use crate::peer::Way;
use crate::problem::{Answer, Failure};
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
    let keys = &state.keys;
    let (is_right, what) = match (&request.code, &request.token) {
        (Some(code), None) => (keys.take_code(code), "the code is wrong, used or too old"),
        (None, Some(token)) => (keys.is_token(token.trim()), "the token is not the one in force"),
        _ => return Err(Failure::bad_request("send either `code` or `token`")),
    };
    if !is_right {
        return Ok(wrong(keys, way.map(|Extension(way)| way), what));
    }
    let session = keys.new_session(state.engine.now()).map_err(unable)?;
    let name = keys.cookie_name();
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
    let name = state.keys.cookie_name();
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
    way: Option<Extension<Way>>,
    _: JsonOrNothing<Nothing>,
) -> Answer<(StatusCode, JsonAnswer<api::SignInCode>)> {
    only_at_the_socket(way)?;
    let (code, lives) = state.keys.new_code().map_err(unable)?;
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
    way: Option<Extension<Way>>,
    _: JsonOrNothing<Nothing>,
) -> Answer<StatusCode> {
    only_at_the_socket(way)?;
    let keys = std::sync::Arc::clone(&state.keys);
    let rotated = tokio::task::spawn_blocking(move || keys.rotate()).await;
    rotated
        .expect("invariant: writing a file does not panic and is not aborted")
        .map_err(unable)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keys to the house are handed out at the socket, where the kernel says who asks. Tasks with less than their user's
/// rights are shut out before: a page that one of them could sign in would have them all.
fn only_at_the_socket(way: Option<Extension<Way>>) -> Answer<()> {
    match way {
        Some(Extension(Way::Socket)) => Ok(()),
        Some(Extension(Way::Tcp { .. })) | None => {
            let failure = Failure::new(ErrorCode::Forbidden, "this is done over the Unix socket only");
            Err(failure.with_hint("use the `longhaul` command on this machine"))
        }
    }
}

fn cookie_header(cookie: &str) -> HeaderMap {
    let value = HeaderValue::from_str(cookie).expect("invariant: names and secrets are plain letters");
    HeaderMap::from_iter([(SET_COOKIE, value)])
}

fn unable(error: TokenError) -> Failure {
    let failure = Failure::new(ErrorCode::Internal, with_causes(&error));
    match error.hint() {
        Some(hint) => failure.with_hint(hint),
        None => failure,
    }
}
