//! Why an attempt did not start.

use longhaul_model::{Outcome, Reason, with_causes};
use longhaul_store::StoreFault;
use longhaul_supervisor::launch::LaunchError;

/// Why an attempt did not start.
#[derive(Debug, thiserror::Error)]
pub(super) enum StartError {
    /// What the task is to run with could not be read.
    #[error("reading the task's environment")]
    Environment(#[source] StoreFault),
    /// What it reads on standard input, or another file it needs, could not be prepared.
    #[error("preparing the files it reads")]
    StandardInput(#[source] std::io::Error),
    /// What it reads on standard input is no base64.
    #[error("decoding the standard input")]
    Undecodable(#[source] base64::DecodeError),
    /// The system gave no random numbers.
    #[error("drawing the attempt's secret")]
    Secret(#[source] std::io::Error),
    /// No attempt of this task could ever do it.
    #[error("{}", .0.message)]
    Refused(Outcome),
    /// The folder or the supervisor.
    #[error(transparent)]
    Launch(#[from] LaunchError),
}

impl StartError {
    /// Whether the task itself is the cause, so that no attempt of it will ever start. All else is the machine's fault.
    pub(super) fn is_the_tasks(&self) -> bool {
        match self {
            Self::Environment(fault) => matches!(fault, StoreFault::Damaged(_)),
            Self::Undecodable(_) | Self::Refused(_) | Self::Launch(LaunchError::Spec { .. }) => true,
            Self::StandardInput(_) | Self::Secret(_) | Self::Launch(_) => false,
        }
    }

    /// How the task ends because of it.
    pub(super) fn outcome(&self) -> Outcome {
        match self {
            Self::Refused(outcome) => outcome.clone(),
            other => Outcome::new(Reason::SpawnError, with_causes(other)),
        }
    }
}
