//! Who is at the other end of a TCP connection from this machine.
//!
//! The kernel tells it of a Unix socket by itself; of TCP it has to be looked up. It matters only for processes inside
//! tasks: a token that is not theirs must not give them more than their task's rights.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "linux")]
mod socket_facts;

#[cfg(target_os = "linux")]
pub(crate) use linux::other_end;
#[cfg(target_os = "macos")]
pub(crate) use macos::other_end;

/// What is known of the other end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OtherEnd {
    /// It is not on this machine, or another user's: in no task of ours.
    Elsewhere,
    /// These processes hold it.
    Processes(Vec<i32>),
    /// It is on this machine and may be our own user's, but nobody can be seen who holds it: the process hides from its
    /// own user, is gone, or has the connection under way to another.
    Unseen {
        /// The id of the control group in which the connection was made, where the kernel tells it.
        group: Option<u64>,
    },
}
