//! Submitting a task.

use std::collections::BTreeMap;

use jiff::Timestamp;
use longhaul_model::{Actor, Enforcement, Spec, Task, TaskId};

use crate::acts::StoreFault;

/// A task to store.
#[derive(Debug, Clone)]
pub struct NewTask {
    /// What is asked.
    pub spec: Spec,
    /// The workspace it works in: the canonical git root, else the folder.
    pub workspace: String,
    /// The environment of its submitter; nothing if there is none of its own.
    pub environment: Option<BTreeMap<String, String>>,
    /// The task whose environment it shares if it has none of its own.
    pub environment_of: Option<TaskId>,
    /// The task it is submitted from; nothing from outside.
    pub parent: Option<TaskId>,
    /// The task it repeats; nothing for a first.
    pub repeats: Option<Repeat>,
    /// Makes a second submit with the same key find the first one's task.
    pub key: Option<Key>,
    /// Who submits.
    pub actor: Actor,
    /// When it is submitted.
    pub at: Timestamp,
    /// Who keeps it read-only; nothing if it is not.
    pub enforcement: Option<Enforcement>,
    /// How many levels of tasks inside tasks there may be; a task from outside is level 1.
    pub max_depth: u32,
    /// How many stored tasks may be below one that was submitted from outside.
    pub max_descendants: u32,
}

/// What a task repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeat {
    /// Which task.
    pub of: TaskId,
    /// Whether a completed one may be repeated too.
    pub force: bool,
}

/// An idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The key as its submitter chose it.
    pub key: String,
    /// Tells whether a second request is the same; made by the caller.
    pub body_hash: String,
}

/// A task that is on disk.
#[derive(Debug, Clone, PartialEq)]
pub struct Inserted {
    /// The task.
    pub task: Task,
    /// Whether it was there already under the same key; nothing was stored then.
    pub replayed: bool,
}

/// Why a task was not stored.
#[derive(Debug, Clone, thiserror::Error)]
pub enum InsertError {
    /// The key belongs to a different request.
    #[error("the key was used for task {task} with a different request")]
    KeyReused {
        /// The task under the key.
        task: TaskId,
    },
    /// It would depend on a task that is not there.
    #[error("there is no task {0} to wait for")]
    UnknownDependency(TaskId),
    /// Its parent is not there.
    #[error("there is no task {0} to be its parent")]
    UnknownParent(TaskId),
    /// The task whose environment it would share is not there.
    #[error("there is no task {0} whose environment it could share")]
    UnknownEnvironment(TaskId),
    /// Too many levels of tasks inside tasks.
    #[error("tasks inside tasks may be {max_depth} levels deep, and this would be one more")]
    TooDeep {
        /// The limit.
        max_depth: u32,
    },
    /// Too many tasks below one root.
    #[error("task {root} has {max_descendants} tasks below it already, and more are not allowed")]
    TooManyDescendants {
        /// The task at the top.
        root: TaskId,
        /// The limit.
        max_descendants: u32,
    },
    /// The task to repeat is not there.
    #[error("there is no task {0} to repeat")]
    UnknownTask(TaskId),
    /// The task to repeat is still active.
    #[error("task {0} is not over, so it cannot be repeated")]
    NotTerminal(TaskId),
    /// The task to repeat completed, and nobody insisted.
    #[error("task {0} completed; repeating it must be forced")]
    CompletedWithoutForce(TaskId),
    /// A task of the same chain is active.
    #[error("task {0} of the same chain is still active")]
    ChainActive(TaskId),
    /// The store could not.
    #[error(transparent)]
    Fault(#[from] StoreFault),
}
