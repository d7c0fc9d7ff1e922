//! Why nothing was submitted.

use longhaul_model::{SpecError, TaskId};
use longhaul_store::InsertError;

use super::session_error::SessionError;

/// Why nothing was submitted.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// No attempt could ever do it.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// There is no such agent.
    #[error("there is no agent `{0}`")]
    UnknownAgent(String),
    /// An agent is never without a lane.
    #[error("an agent's access is `read-only` or `write`")]
    UnmanagedAgent,
    /// There is no session to go on with.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// It is to be read-only, and writing is all it does.
    #[error("a {0} task cannot be read-only: writing is what it does")]
    Writes(&'static str),
    /// It is to have a worktree, and cannot.
    #[error("{detail}")]
    NoWorktree {
        /// Why not.
        detail: String,
        /// What can be done instead.
        hint: &'static str,
    },
    /// Its agent is not on this machine, as far as its environment tells.
    #[error("{agent} is not installed: `{program}` is not on the PATH of the task")]
    AgentNotInstalled {
        /// The agent.
        agent: String,
        /// What was looked for.
        program: String,
        /// The command that installs it.
        install_command: &'static str,
    },
    /// It waits for the task that it was submitted from.
    #[error("it would wait for task {ancestor}, which is above it and ends only after it")]
    WouldDeadlock {
        /// The task above it.
        ancestor: TaskId,
    },
    /// It needs the lane that the task it was submitted from holds until it ends.
    #[error("it would write in place where task {ancestor}, which is above it, writes until it ends")]
    LaneHeld {
        /// The task above it.
        ancestor: TaskId,
    },
    /// The task it was submitted from may not ask for that.
    #[error("{detail}")]
    NotAllowed {
        /// What it may not.
        detail: String,
        /// What it may instead.
        hint: &'static str,
    },
    /// The task it would belong to is canceled, or about to be: it would be canceled with it.
    #[error("task {parent}, which it would belong to, is canceled")]
    ParentCanceled {
        /// The parent.
        parent: TaskId,
    },
    /// The store did not take it.
    #[error(transparent)]
    Insert(#[from] InsertError),
}
