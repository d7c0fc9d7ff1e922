//! Named lines of tasks.

use serde::{Deserialize, Serialize};

use crate::id::QueueName;

/// A queue as it is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// Its name.
    pub name: QueueName,
    /// How many of its tasks may run at once; nothing means no limit of its own.
    pub limit: Option<u32>,
    /// Whether dispatching from it is stopped.
    pub paused: bool,
}

/// What holds over all queues.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueLimits {
    /// How many tasks may run at once over all queues; nothing means no limit.
    pub total: Option<u32>,
    /// Whether dispatching is stopped everywhere.
    pub paused: bool,
}

impl Queue {
    /// The limit of queue `default`, and of a queue that is created by its first task.
    pub const DEFAULT_LIMIT: u32 = 4;

    /// A queue as its first use creates it.
    pub fn new(name: QueueName) -> Self {
        Self {
            name,
            limit: Some(Self::DEFAULT_LIMIT),
            paused: false,
        }
    }
}
