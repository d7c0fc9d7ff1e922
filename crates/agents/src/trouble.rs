//! An error an agent told of, and what class it is of.

use longhaul_model::AgentError;

use crate::reset::Reset;

/// An error an agent told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// Its class.
    pub class: AgentError,
    /// Whether it is the usage limit of the account, and not a moment's crowd.
    pub is_usage_limit: bool,
    /// When the limit is reset; nothing if the agent did not say.
    pub resets: Option<Reset>,
    /// The agent's own words.
    pub message: String,
}

impl Trouble {
    /// Trouble of this class.
    pub(crate) fn new(class: AgentError, message: &str) -> Self {
        Self {
            class,
            is_usage_limit: false,
            resets: None,
            message: message.to_owned(),
        }
    }

    /// The usage limit of the account is reached.
    pub(crate) fn usage_limit(resets: Option<Reset>, message: &str) -> Self {
        Self {
            class: AgentError::Overloaded,
            is_usage_limit: true,
            resets,
            message: message.to_owned(),
        }
    }
}

/// The class of an HTTP error of the model's service.
pub(crate) fn class_of_status(status: u64) -> AgentError {
    match status {
        401 | 403 => AgentError::NotSignedIn,
        408 | 429 | 500..=599 => AgentError::Overloaded,
        413 => AgentError::ContextFull,
        _ => AgentError::Other,
    }
}
