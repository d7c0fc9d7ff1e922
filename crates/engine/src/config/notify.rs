//! What can be set about notifications.

use std::fmt;

use longhaul_model::Notify;

/// What can be set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NotifySettings {
    /// What is told of tasks whose submit does not say.
    pub default: Notify,
    /// Whether the desktop is told.
    pub desktop: bool,
    /// The program, and its arguments, that is told on standard input; empty for none.
    pub command: Vec<String>,
    /// Who is told over HTTP.
    pub webhooks: Vec<Webhook>,
}

/// Somebody who is told over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// What it is called in the log; its host if nothing.
    pub name: Option<String>,
    /// Where the message is posted. Never shown: some services put a secret into it.
    pub url: WebhookSecret,
    /// What the message is signed with.
    pub secret: WebhookSecret,
}

/// A text that is not shown.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(String);

impl WebhookSecret {
    /// Hides the text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}
