//! Who can be told on this machine, as it is configured now.

use std::collections::BTreeMap;
use std::time::Duration;

use super::message::Message;
use super::undelivered::Undelivered;
use super::{command, desktop, webhook};
use crate::config::{NotifySettings, Webhook};

/// Somebody to tell.
#[derive(Debug, Clone)]
pub(super) struct Channel {
    /// What it is called in the log; told apart by it, also after a restart.
    pub(super) name: String,
    means: Means,
}

#[derive(Debug, Clone)]
enum Means {
    Desktop,
    Command(Vec<String>),
    Webhook(Webhook),
}

/// Everybody who is to be told now; with the environment that programs get.
pub(super) fn channels(settings: &NotifySettings, environment: &BTreeMap<String, String>) -> Vec<Channel> {
    let mut channels = Vec::new();
    let mut add = |wanted: String, means| {
        let is_taken = |name: &str| channels.iter().any(|known: &Channel| known.name == name);
        let numbered = (2..).map(|number| format!("{wanted} ({number})"));
        let name = std::iter::once(wanted.clone())
            .chain(numbered)
            .find(|name| !is_taken(name));
        let name = name.expect("invariant: one of endlessly many names is free");
        channels.push(Channel { name, means });
    };
    if settings.desktop && desktop::is_there(environment) {
        add("desktop".to_owned(), Means::Desktop);
    }
    if !settings.command.is_empty() {
        add("command".to_owned(), Means::Command(settings.command.clone()));
    }
    for webhook in &settings.webhooks {
        let name = webhook
            .name
            .clone()
            .unwrap_or_else(|| webhook::host(webhook.url.reveal()));
        add(format!("webhook {name}"), Means::Webhook(webhook.clone()));
    }
    channels
}

impl Channel {
    /// Tells it. Blocks; call it from a blocking thread.
    pub(super) fn tell(&self, message: &Message, environment: &BTreeMap<String, String>) -> Result<(), Undelivered> {
        match &self.means {
            Means::Desktop => desktop::tell(message, environment),
            Means::Command(words) => command::tell(words, message, environment),
            Means::Webhook(webhook) => webhook::tell(webhook, message),
        }
    }

    /// For how long the message is of use there.
    pub(super) fn of_use(&self) -> Duration {
        match self.means {
            // A note that pops up hours later tells nothing.
            Means::Desktop => Duration::from_secs(60),
            Means::Command(_) | Means::Webhook(_) => Duration::from_secs(24 * 3_600),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::WebhookSecret;

    #[test]
    fn every_channel_has_a_name_of_its_own_that_tells_no_secret() {
        let webhook = |name: Option<&str>| Webhook {
            name: name.map(str::to_owned),
            url: WebhookSecret::new("https://hooks.example/services/s3cr3t?key=s3cr3t"),
            secret: WebhookSecret::new("s3cr3t"),
        };
        let settings = NotifySettings {
            command: vec!["tell".to_owned()],
            webhooks: vec![webhook(None), webhook(Some("ops")), webhook(None)],
            ..NotifySettings::default()
        };
        let channels = channels(&settings, &BTreeMap::new());
        let names: Vec<_> = channels.iter().map(|channel| channel.name.as_str()).collect();
        let wanted = [
            "command",
            "webhook hooks.example",
            "webhook ops",
            "webhook hooks.example (2)",
        ];
        assert_eq!(names, wanted);
        assert!(!format!("{channels:?}").contains("s3cr3t"));
    }
}
