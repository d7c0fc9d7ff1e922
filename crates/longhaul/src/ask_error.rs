//! Why a question to the daemon has no answer, when it was asked until there is one.
//!
//! What this is not: the end of a command. [`Failure`] is, and this turns into one.

use longhaul_api::ErrorCode;
use longhaul_api::client::ClientError;

use crate::exit;
use crate::failure::Failure;

/// Why there is no answer to a patient question.
#[derive(Debug)]
pub(crate) enum AskError {
    /// The daemon refused, or nothing could be learned from its answer.
    Refused(ClientError),
    /// The daemon is gone and did not come back.
    Gone(Failure),
}

impl AskError {
    /// The daemon's error code; nothing if it did not answer with one.
    pub(crate) fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Refused(error) => error.code(),
            Self::Gone(_) => None,
        }
    }

    /// As `run` and `await` fail with it: their exit code 1 belongs to the task, so a refusal gets another one.
    pub(crate) fn of_submit(self) -> Failure {
        let code = self.code();
        let mut failure = Failure::from(self);
        if let Some(code) = code {
            failure.code = exit::of_refused_submit(code);
        }
        failure
    }
}

impl From<ClientError> for AskError {
    fn from(error: ClientError) -> Self {
        Self::Refused(error)
    }
}

impl From<AskError> for Failure {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Refused(error) => error.into(),
            AskError::Gone(failure) => failure,
        }
    }
}
