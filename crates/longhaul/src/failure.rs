//! How a command fails: what to say, what helps, and with which code to exit.

use std::error::Error;

use longhaul_api::client::ClientError;
use longhaul_model::with_causes;

use crate::exit;

/// A command that did not do what it was asked.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What went wrong, with its causes; nothing if there is nobody left to tell.
    pub(crate) message: Option<String>,
    /// What to do about it.
    pub(crate) hint: Option<String>,
    /// The exit code.
    pub(crate) code: u8,
    /// Whether it is standard output that could not be written: what was asked may well be done, and nobody heard of it.
    pub(crate) is_unwritten: bool,
}

impl Failure {
    /// A failure with this exit code.
    pub(crate) fn new(code: u8, message: impl Into<String>) -> Self {
        Self {
            message: Some(message.into()),
            hint: None,
            code,
            is_unwritten: false,
        }
    }

    /// A usage error.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(exit::USAGE, message)
    }

    /// Longhaul itself could not; told with all causes.
    pub(crate) fn ours(error: &dyn Error) -> Self {
        Self::new(exit::OURS, with_causes(error))
    }

    /// The reader of standard output is gone: nothing to say and nothing wrong.
    pub(crate) fn nobody_reads() -> Self {
        Self {
            message: None,
            hint: None,
            code: exit::DONE,
            is_unwritten: true,
        }
    }

    /// The end of a command that said all there was to say.
    pub(crate) fn said(code: u8) -> Self {
        Self {
            message: None,
            hint: None,
            code,
            is_unwritten: false,
        }
    }

    /// Standard output could not be written, for another reason than that nobody reads it.
    pub(crate) fn unwritten(error: &dyn Error) -> Self {
        Self {
            is_unwritten: true,
            ..Self::new(exit::OURS, format!("cannot write to standard output: {error}"))
        }
    }

    /// Whether the reader of standard output is gone, and that is all.
    pub(crate) fn is_nobody_reads(&self) -> bool {
        self.is_unwritten && self.message.is_none()
    }

    /// Adds what to do about it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Problem(problem) => {
                let failure = Self::new(problem.code.exit_code(), problem.detail);
                Self {
                    hint: problem.hint,
                    ..failure
                }
            }
            ClientError::Foreign { .. } => Self::ours(&error).hint(
                "remove that folder if it is not yours, close it to others (chmod 700) if it is, or set LONGHAUL_HOME to a \
                 folder with a shorter path",
            ),
            ClientError::Unreachable { .. } => Self::ours(&error).hint("`longhaul doctor` looks for the cause"),
            ClientError::Lost { .. } => Self::ours(&error)
                .hint("whether it was done is not known: look with `longhaul status` or `longhaul list`"),
            ClientError::Protocol { .. } => Self::ours(&error)
                .hint("client and daemon may be of different versions: `longhaul daemon restart` starts this one"),
        }
    }
}
