//! What follows from a look at an attempt.

/// What follows from a look.
pub(super) enum Next {
    /// Look again now: something changed.
    Look,
    /// Look again in a moment: nothing can be told yet.
    LookLater,
    /// Nothing: its end was handed over, or only the next round can go on.
    Leave,
}
