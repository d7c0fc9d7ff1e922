//! macOS: a process has no scheduling beyond its niceness that its starter would leave to it, and a sandbox is known by
//! what it says of itself alone. Not yet run on a Mac.

/// Nothing to set back.
pub(super) fn schedule() {}

/// Nothing that could be seen.
pub fn foreign_place() -> Option<&'static str> {
    None
}
