//! The question at the door, asked of every request that comes over TCP.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, COOKIE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::Limited;
use longhaul_api::ErrorCode;
use longhaul_model::TaskId;

use super::{Keys, PAGE_HEADER};
use crate::caller::TokenOf;
use crate::peer::Way;
use crate::problem::Failure;
use crate::state::ServerState;

/// The largest body of a request that proves nothing; a code or a token is much smaller.
const STRANGERS_BODY_BYTES: usize = 4_096;
/// How long such a request may take.
const STRANGERS_TIME: Duration = Duration::from_secs(20);

/// Lets a request through, or answers 401 or 429. Over the Unix socket the kernel has said who it is.
pub(crate) async fn admit(State(state): State<ServerState>, mut request: Request, next: Next) -> Response {
    match request.extensions().get::<Way>() {
        Some(Way::Socket) => next.run(request).await,
        _ if is_open_to_all(request.uri().path()) => briefly(request, next).await,
        Some(Way::Tcp { .. }) => {
            if let Some(task) = task_token(&state, request.headers()).await {
                request.extensions_mut().insert(TokenOf(task));
                return next.run(request).await;
            }
            let way = request.extensions().get::<Way>().copied();
            match check(&state, way, request.headers()) {
                Ok(()) => next.run(request).await,
                Err(refused) => refused,
            }
        }
        // A transport that does not say what it is admits nobody.
        None => not_signed_in("nothing is known of this connection"),
    }
}

/// Whoever has not proved anything gets a small body and little time: memory and places are for those who have.
async fn briefly(request: Request, next: Next) -> Response {
    let length = request
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    let is_large = length.is_some_and(|length| length.parse().is_ok_and(|length: usize| length > STRANGERS_BODY_BYTES));
    if is_large {
        let detail = format!("the body is larger than {STRANGERS_BODY_BYTES} bytes");
        return Failure::new(ErrorCode::TooLarge, detail).into_response();
    }
    let request = request.map(|body| Body::new(Limited::new(body, STRANGERS_BODY_BYTES)));
    match tokio::time::timeout(STRANGERS_TIME, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Failure::bad_request("the request took too long to arrive").into_response(),
    }
}

/// What needs no token: the questions of machines whether it lives, signing in, and the page's files, which are the
/// same for everybody. Every route of the API has a path that begins with `/api/`; the router compares paths as they
/// are sent, and so do we.
fn is_open_to_all(path: &str) -> bool {
    let is_guarded = path == "/api" || path.starts_with("/api/") || path == "/metrics";
    !is_guarded || path == "/api/v1/sign-in"
}

#[expect(clippy::result_large_err, reason = "the answer itself is what comes back")]
fn check(state: &ServerState, way: Option<Way>, headers: &HeaderMap) -> Result<(), Response> {
    let keys = &state.keys;
    if let Some(presented) = headers.get(AUTHORIZATION) {
        return match bearer(presented) {
            Some(token) if keys.is_token(token) => Ok(()),
            _ => Err(wrong(keys, way, "the token is not the one in force")),
        };
    }
    let page_secret = headers.get(PAGE_HEADER).and_then(|value| value.to_str().ok());
    let Some(page_secret) = page_secret else {
        return Err(not_signed_in("the request carries no token"));
    };
    let is_good =
        cookies(headers, keys.cookie_name()).any(|cookie| keys.is_session(cookie, page_secret, state.engine.now()));
    // A session that is over is no attempt to guess one: the page asks once and shows how to come back.
    if is_good {
        Ok(())
    } else {
        Err(not_signed_in("the session is over"))
    }
}

/// The running task whose own token this is; nothing for any other token and for none.
async fn task_token(state: &ServerState, headers: &HeaderMap) -> Option<TaskId> {
    let token = bearer(headers.get(AUTHORIZATION)?)?.to_owned();
    if state.keys.is_token(&token) {
        return None;
    }
    let engine = state.engine.clone();
    let asked = tokio::task::spawn_blocking(move || engine.task_of_token(&token)).await;
    asked.ok().flatten()
}

fn bearer(value: &HeaderValue) -> Option<&str> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The values of the cookie of this name.
fn cookies<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(move |(known, _)| *known == name).map(|(_, value)| value)
}

/// The answer to a wrong secret.
pub(crate) fn wrong(keys: &Keys, way: Option<Way>, what: &str) -> Response {
    let noted = match way {
        Some(Way::Tcp { from, .. }) => keys.note_failure(from.ip()),
        Some(Way::Socket) | None => Ok(()),
    };
    match noted {
        Ok(()) => not_signed_in(what),
        Err(wait) => too_many(wait),
    }
}

fn not_signed_in(what: &str) -> Response {
    let failure = Failure::new(ErrorCode::NotSignedIn, what)
        .with_hint("`longhaul open` signs a page in; a program sends what `longhaul token show` prints");
    let mut response = failure.into_response();
    let scheme = HeaderValue::from_static("Bearer realm=\"longhaul\"");
    response.headers_mut().insert(WWW_AUTHENTICATE, scheme);
    response
}

fn too_many(wait: Duration) -> Response {
    let wait_s = wait.as_secs() + 1;
    let detail = "too many wrong tokens or codes came from this address";
    let failure = Failure::new(ErrorCode::TooManyAttempts, detail).with_hint(format!("try again in {wait_s} s"));
    let mut response = failure.into_response();
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait_s));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_of_the_api_is_guarded_but_signing_in() {
        let document: serde_json::Value =
            serde_json::from_str(&crate::openapi_document()).expect("the document is JSON");
        let paths = document["paths"].as_object().expect("it has paths");
        let open: Vec<_> = paths.keys().filter(|path| is_open_to_all(path)).collect();
        assert_eq!(open, ["/api/v1/sign-in", "/healthz", "/readyz"]);
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("a=1; longhaul-x=yes;b=2"));
        headers.append(COOKIE, HeaderValue::from_static("longhaul-x=old"));
        assert_eq!(cookies(&headers, "longhaul-x").collect::<Vec<_>>(), ["yes", "old"]);
        assert_eq!(cookies(&headers, "x").count(), 0);
    }
}
