//! Every error as `application/problem+json`.
//!
//! An error of the engine becomes a code of the closed list by an exhaustive match in `refusal.rs`; this room only
//! knows how a problem looks as an answer.

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use longhaul_api::{ErrorCode, Problem};

use crate::fields::WordsError;

/// A problem on its way out.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) Problem);

/// What a route answers.
pub(crate) type Answer<T> = Result<T, Failure>;

impl Failure {
    /// A failure of this code, with what was wrong this time.
    pub(crate) fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self(Problem::new(code, detail))
    }

    /// A request that cannot be understood.
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(ErrorCode::BadRequest, detail)
    }

    /// A spec that cannot be accepted.
    pub(crate) fn bad_spec(detail: impl Into<String>) -> Self {
        Self::new(ErrorCode::BadSpec, detail)
    }

    /// There is no such task.
    pub(crate) fn no_task(typed: impl std::fmt::Display) -> Self {
        Self::new(ErrorCode::TaskNotFound, format!("there is no task {typed}"))
            .with_hint("`longhaul list` shows the tasks there are")
    }

    /// The daemon was told to stop.
    pub(crate) fn stopping() -> Self {
        Self::new(
            ErrorCode::DaemonStopping,
            "the daemon was told to stop; the tasks go on without it",
        )
        .with_hint("the next command starts it again")
    }

    /// Adds what to do about it.
    #[must_use]
    pub(crate) fn with_hint(self, hint: impl Into<String>) -> Self {
        Self(self.0.with_hint(hint))
    }
}

impl From<WordsError> for Failure {
    fn from(error: WordsError) -> Self {
        let failure = Self::bad_spec(error.message);
        match error.hint {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let Self(problem) = self;
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(code = problem.code.word(), detail = problem.detail, "a request failed");
        }
        let mut response = (status, axum::Json(&problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if matches!(problem.code, ErrorCode::Busy | ErrorCode::StoreUnavailable) {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
