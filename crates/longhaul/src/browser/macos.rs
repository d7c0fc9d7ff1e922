//! What opens a file in the browser on macOS. Untested: there was no such machine.

pub(super) const OPENER: &str = "open";
