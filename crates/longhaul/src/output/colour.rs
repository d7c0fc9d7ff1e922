//! Colours of states. Whether there is colour at all, the screen decides.

use longhaul_model::StateName;

/// The escape sequence for a state's word; nothing for a word we do not know.
pub(super) fn of_state(word: &str) -> Option<&'static str> {
    let code = match word.parse().ok()? {
        StateName::Waiting => "\u{1b}[2m",
        StateName::Queued => "\u{1b}[36m",
        StateName::Running => "\u{1b}[34;1m",
        StateName::Completed => "\u{1b}[32m",
        StateName::Failed => "\u{1b}[31;1m",
        StateName::Canceled => "\u{1b}[33m",
        StateName::Interrupted => "\u{1b}[35;1m",
    };
    Some(code)
}

pub(super) const BOLD: &str = "\u{1b}[1m";
pub(super) const DIM: &str = "\u{1b}[2m";
pub(super) const RED: &str = "\u{1b}[31;1m";
pub(super) const END: &str = "\u{1b}[0m";
