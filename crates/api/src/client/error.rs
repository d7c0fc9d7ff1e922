//! What can go wrong between a request and its answer.

use std::io;
use std::path::PathBuf;

use crate::error_code::ErrorCode;
use crate::problem::Problem;

/// Why there is no answer, or not the one that was asked for.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody listens on the socket.
    #[error("no daemon answers on {}", socket.display())]
    Unreachable {
        /// The socket that was tried.
        socket: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Somebody listens who is not our own user, or may not be next time: nothing was sent.
    #[error("the socket {} is not to be trusted: {reason}", socket.display())]
    Foreign {
        /// The socket.
        socket: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The connection ended after the request was sent and before the answer was complete: whether it was done is
    /// not known.
    #[error("the connection to the daemon was lost before it answered")]
    Lost {
        /// What the transport said.
        #[source]
        source: hyper::Error,
    },
    /// The daemon answered with an error.
    #[error("{}", .0.detail)]
    Problem(Box<Problem>),
    /// The answer is not what this version of the client understands.
    #[error("the daemon's answer to {request} cannot be understood: {reason}")]
    Protocol {
        /// Method and path.
        request: String,
        /// What is wrong with the answer.
        reason: String,
    },
}

impl ClientError {
    /// Whether there is nobody there, or not any more: a new daemon may help.
    pub fn is_about_the_connection(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Lost { .. })
    }

    /// The daemon's error code; nothing if it did not answer with one.
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Problem(problem) => Some(problem.code),
            Self::Unreachable { .. } | Self::Foreign { .. } | Self::Lost { .. } | Self::Protocol { .. } => None,
        }
    }
}
