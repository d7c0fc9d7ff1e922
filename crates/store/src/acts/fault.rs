//! What may go wrong in any act, whatever it does.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use longhaul_model::TaskId;

/// A cause that can be told to every request of one group commit.
pub(crate) type Cause = Arc<dyn Error + Send + Sync>;

/// The store could not do its work. Nothing of the request is stored.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreFault {
    /// Too many writes are waiting already; try again.
    #[error("the store is busy: too many writes are waiting")]
    Busy,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// The disk is full. The store goes on once there is space.
    #[error("the disk is full")]
    DiskFull,
    /// The database became read-only.
    #[error("the database cannot be written")]
    ReadOnly,
    /// The database file itself is damaged.
    #[error("the database file is damaged: {detail}")]
    Corrupt {
        /// What was found, for people.
        detail: String,
    },
    /// One row is damaged; the rest is well.
    #[error(transparent)]
    Damaged(#[from] Damaged),
    /// The disk refused to read, write or sync.
    #[error("reading or writing the database file")]
    Disk {
        /// What the operating system said.
        #[source]
        source: Cause,
    },
    /// The database refused a statement: a defect of ours.
    #[error("asking the database")]
    Database {
        /// What it said.
        #[source]
        source: Cause,
    },
}

/// A stored value that does not parse. It is left as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is damaged in `{column}`: {detail}", Owner(*task))]
pub struct Damaged {
    /// Whose; nothing if the row belongs to no task.
    pub task: Option<TaskId>,
    /// The column.
    pub column: &'static str,
    /// What is wrong with it.
    pub detail: String,
}

struct Owner(Option<TaskId>);

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(task) => write!(f, "the record of task {task}"),
            None => f.write_str("a record"),
        }
    }
}
