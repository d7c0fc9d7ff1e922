//! macOS: a process has no scheduling beyond its niceness that its starter would leave to it. Not yet run on a Mac.

/// Nothing to set back.
pub(super) fn schedule() {}
