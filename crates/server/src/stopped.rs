//! How a daemon ends: for good, or for another one to take its place. Those who wait need to know which.

/// How the daemon came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// Somebody wants it gone. Those who waited were told so.
    Stop,
    /// Somebody wants another one in its place. Those who waited lost the connection and come again.
    Restart,
}
