//! The desktop on Linux: `notify-send`, which belongs to libnotify.

use std::collections::BTreeMap;

use crate::notify::message::Message;

pub(super) fn is_there(environment: &BTreeMap<String, String>) -> bool {
    ["DBUS_SESSION_BUS_ADDRESS", "WAYLAND_DISPLAY", "DISPLAY"]
        .iter()
        .any(|name| environment.get(*name).is_some_and(|value| !value.is_empty()))
}

pub(super) fn words(message: &Message) -> Vec<String> {
    let urgency = if message.occasion.is_problem() {
        "critical"
    } else {
        "normal"
    };
    // The body may contain markup, so what is not meant as such is escaped.
    let mut body = escaped(&message.text);
    if let Some(link) = &message.link {
        body.push_str(&format!("\n<a href=\"{0}\">{0}</a>", escaped(link)));
    }
    let fixed = ["notify-send", "--app-name=Longhaul"];
    let words = fixed.into_iter().map(str::to_owned);
    words
        .chain([
            format!("--urgency={urgency}"),
            "--".to_owned(),
            message.title.clone(),
            body,
        ])
        .collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
