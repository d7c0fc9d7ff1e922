//! The desktop on macOS: `osascript`. Untested: there was no such machine.

use std::collections::BTreeMap;

use crate::notify::message::Message;

pub(super) fn is_there(_environment: &BTreeMap<String, String>) -> bool {
    true
}

pub(super) fn words(message: &Message) -> Vec<String> {
    let mut body = message.text.clone();
    if let Some(link) = &message.link {
        body.push_str(&format!("\n{link}"));
    }
    // The texts are arguments, and never part of the script.
    let script = [
        "on run argv",
        "display notification (item 2 of argv) with title (item 1 of argv)",
        "end run",
    ];
    let lines = script.into_iter().flat_map(|line| ["-e".to_owned(), line.to_owned()]);
    std::iter::once("osascript".to_owned())
        .chain(lines)
        .chain(["--".to_owned(), message.title.clone(), body])
        .collect()
}
