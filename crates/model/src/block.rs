//! What keeps a task that is ready from starting. The board that finds it out is the engine's.

use crate::words::words;

/// What keeps a queued task from starting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BlockKind {
    /// Its queue is paused, or all are.
    Paused,
    /// Its queue runs as many as it may.
    QueueLimit,
    /// All queues together run as many as they may.
    TotalLimit,
    /// Its parent has as many read-only helpers at work as it may.
    HelperLimit,
    /// Another task has the lane of its workspace, or is to have it first.
    Lane,
    /// Attempts cannot be launched at the moment.
    Launch,
}

words!(BlockKind, "blocked_by", {
    Paused => "paused",
    QueueLimit => "queue-limit",
    TotalLimit => "total-limit",
    HelperLimit => "helper-limit",
    Lane => "lane",
    Launch => "launch",
});
