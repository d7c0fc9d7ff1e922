//! What can be set about the engine. Read from files and variables elsewhere; here it is only values.

mod notify;
mod settings;

pub use notify::{NotifySettings, Webhook, WebhookSecret};
pub use settings::Config;
