//! Why there is no such session to go on with.

use longhaul_model::TaskId;
use longhaul_store::StoreFault;

/// Why there is no such session to go on with.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// Nothing says which agent is meant.
    #[error("nothing says which agent is meant: no task here had the session {session}")]
    AgentMissing {
        /// The session.
        session: String,
    },
    /// It is the session of another agent.
    #[error("the session is of {theirs}, not of {asked}")]
    OtherAgent {
        /// The agent that was asked for.
        asked: String,
        /// The agent whose session it is.
        theirs: String,
    },
    /// What was given is no session's id.
    #[error("`{0}` cannot be a session's id")]
    NotAnId(String),
    /// There is no such task.
    #[error("there is no task {0} whose session could be resumed")]
    UnknownTask(TaskId),
    /// The task has none.
    #[error("task {0} has no session that could be resumed")]
    None(TaskId),
    /// The latest session of a subject was asked for, and no subject was named.
    #[error("the latest session of which origin key?")]
    KeyMissing,
    /// Another task uses it, or will.
    #[error("task {0} goes on with this session")]
    InUse(TaskId),
    /// The store could not be read.
    #[error(transparent)]
    Read(#[from] StoreFault),
}
