//! What opens a file in the browser on Linux.

pub(super) const OPENER: &str = "xdg-open";
