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

/// The class of an error with this status of the model's service, where there is one, and these words.
pub(crate) fn class_of(status: Option<u64>, message: &str) -> AgentError {
    let message = message.to_ascii_lowercase();
    let says = |signs: &[&str]| signs.iter().any(|sign| message.contains(sign));
    match status {
        Some(400) | None if says(&CONTEXT_IS_FULL) => AgentError::ContextFull,
        Some(status) => class_of_status(status),
        None if says(&["overloaded", "rate limit", "too many requests", "at capacity"]) => AgentError::Overloaded,
        None if says(&["unauthorized", "api key", "not logged in", "unauthenticated"]) => AgentError::NotSignedIn,
        None => AgentError::Other,
    }
}

/// What services say when a conversation no longer fits the model.
const CONTEXT_IS_FULL: [&str; 6] = [
    "maximum context length",
    "context length exceeded",
    "context window",
    "prompt is too long",
    "maximum number of tokens",
    "input token count",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_says_more_than_the_words() {
        for (status, message, class) in [
            (Some(401), "x", AgentError::NotSignedIn),
            (Some(429), "x", AgentError::Overloaded),
            (Some(404), "the service is overloaded", AgentError::Other),
            (Some(400), "The input token count (2) exceeds", AgentError::ContextFull),
            (Some(400), "bad request", AgentError::Other),
            (None, "Overloaded", AgentError::Overloaded),
            (None, "API key not valid", AgentError::NotSignedIn),
            (None, "something", AgentError::Other),
        ] {
            assert_eq!(class_of(status, message), class, "{status:?} {message}");
        }
    }
}
