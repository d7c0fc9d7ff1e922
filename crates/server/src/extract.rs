//! What comes in: bodies and ids.

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Parts;
use bytes::Bytes;
use http_body_util::BodyExt;
use longhaul_api::ErrorCode;
use longhaul_model::{TaskId, with_causes};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::problem::{Answer, Failure};

/// The largest body that is read.
pub(crate) const BODY_LIMIT_BYTES: usize = 16 * 1024 * 1024;
/// How much of a body that is too large is still read and dropped, so that its sender gets to see the answer.
const DRAINED_BYTES: usize = 64 * 1024 * 1024;

/// A body of JSON.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

/// A body of JSON, or none, which means the default.
#[derive(Debug)]
pub(crate) struct JsonOrNothing<T>(pub(crate) T);

/// The body of an act that takes nothing: empty, or `{}`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _state: &S) -> Answer<Self> {
        let (parts, body) = request.into_parts();
        without_query(&parts)?;
        let is_json = is_json(&parts.headers);
        let bytes = read(&parts.headers, body).await?;
        if is_json {
            parse(&bytes).map(Self)
        } else {
            Err(not_json())
        }
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for JsonOrNothing<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _state: &S) -> Answer<Self> {
        let (parts, body) = request.into_parts();
        without_query(&parts)?;
        let bytes = read(&parts.headers, body).await?;
        match (bytes.is_empty(), is_json(&parts.headers)) {
            (true, _) => Ok(Self(T::default())),
            (false, true) => parse(&bytes).map(Self),
            (false, false) => Err(not_json()),
        }
    }
}

/// What is asked of an act stands in its body: a parameter that was ignored would look as if it had been heeded.
fn without_query(parts: &Parts) -> Answer<()> {
    match parts.uri.query().filter(|query| !query.is_empty()) {
        Some(_) => Err(Failure::bad_request("this request takes no parameters in its address")
            .with_hint("send them as fields of a JSON body")),
        None => Ok(()),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let media_type = value.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("application/json")
}

fn not_json() -> Failure {
    Failure::new(
        ErrorCode::NotJson,
        "the body must have the content type application/json",
    )
}

async fn read(headers: &HeaderMap, body: Body) -> Answer<Bytes> {
    let said: Option<usize> = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse().ok());
    if said.is_some_and(|said| said > BODY_LIMIT_BYTES) {
        drain(body).await;
        return Err(too_large());
    }
    let mut body = body;
    let mut bytes = Vec::with_capacity(said.unwrap_or(0));
    while let Some(frame) = body.frame().await {
        let frame =
            frame.map_err(|error| Failure::bad_request(format!("the body broke off: {}", with_causes(&error))))?;
        let data = frame.into_data().unwrap_or_default();
        if bytes.len() + data.len() > BODY_LIMIT_BYTES {
            drop(bytes);
            drain(body).await;
            return Err(too_large());
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes.into())
}

async fn drain(mut body: Body) {
    let mut dropped_bytes = 0;
    while let Some(Ok(frame)) = body.frame().await {
        dropped_bytes += frame.data_ref().map_or(0, Bytes::len);
        if dropped_bytes > DRAINED_BYTES {
            return;
        }
    }
}

fn too_large() -> Failure {
    let limit_mib = BODY_LIMIT_BYTES / (1024 * 1024);
    Failure::new(ErrorCode::TooLarge, format!("the body is larger than {limit_mib} MiB"))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Answer<T> {
    // The parser would also take an array of the fields' values.
    if bytes
        .iter()
        .find(|byte| !byte.is_ascii_whitespace())
        .is_some_and(|first| *first != b'{')
    {
        return Err(Failure::bad_request("the body must be a JSON object"));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        Failure::bad_request(format!(
            "the body cannot be read: {}",
            without_value(&error.to_string())
        ))
    })
}

/// The parser's message without the value it quotes, which may be a secret out of an environment.
fn without_value(message: &str) -> String {
    let Some(expected) = message.rfind(", expected ") else {
        return message.to_owned();
    };
    let (seen, rest) = message.split_at(expected);
    let is_quoting = seen.starts_with("invalid type: ") || seen.starts_with("invalid value: ");
    match seen.find(['"', '`']).filter(|_| is_quoting) {
        Some(quote) => format!("{}{rest}", seen[..quote].trim_end()),
        None => message.to_owned(),
    }
}

/// The task a URL names.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TaskPath(pub(crate) TaskId);

impl<S: Send + Sync> FromRequestParts<S> for TaskPath {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        let Ok(Path(typed)) = Path::<String>::from_request_parts(parts, state).await else {
            return Err(Failure::no_task("of that name"));
        };
        let is_plain = typed.bytes().all(|b| b.is_ascii_digit());
        typed
            .parse()
            .ok()
            .filter(|_| is_plain)
            .map(Self)
            .ok_or_else(|| Failure::no_task(typed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parse_error_does_not_repeat_the_value() {
        let message = r#"invalid type: string "hunter2, expected", expected a map at line 1 column 9"#;
        assert_eq!(
            without_value(message),
            "invalid type: string, expected a map at line 1 column 9"
        );
        let message = "invalid type: integer `5`, expected a string at line 1 column 2";
        assert_eq!(
            without_value(message),
            "invalid type: integer, expected a string at line 1 column 2"
        );
        let message = "unknown field `colour`, expected `kind` or `cwd` at line 1 column 2";
        assert_eq!(without_value(message), message);
    }
}
