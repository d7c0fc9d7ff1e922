//! Why a delivery did not arrive.

/// Why a delivery did not arrive.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Undelivered {
    /// It may the next time.
    Later(String),
    /// It never will.
    Never(String),
}
