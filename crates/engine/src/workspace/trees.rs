//! Which worktree belongs to which task, and how it stands.

use std::sync::Arc;

use longhaul_model::{Task, TaskId};
use longhaul_store::{StoreFault, TaskFilter};
use longhaul_worktrees::{Record, Standing as Kept};

use crate::programs::GitRunner;
use crate::shared::Shared;

/// How a task's worktree stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is being made.
    Preparing,
    /// It is there.
    Present,
    /// Its changes are part of its target.
    Landed,
    /// It was given up.
    Discarded,
    /// It should be there and is not.
    Missing,
}

/// A worktree as people look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeState {
    /// The task that it belongs to.
    pub task: TaskId,
    /// The workspace that it was made from.
    pub workspace: String,
    /// Its folder, its branch, what it was made from.
    pub worktree: longhaul_model::Worktree,
    /// How it stands.
    pub standing: Standing,
}

impl Standing {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::Present => "present",
            Self::Landed => "landed",
            Self::Discarded => "discarded",
            Self::Missing => "missing",
        }
    }
}

/// The number of the worktree in which a task works: that of the first task that worked in it.
pub(crate) fn tree_of(task: &Task) -> TaskId {
    task.spec.worktree_of.unwrap_or(task.id)
}

/// How a record stands.
pub(crate) fn standing(record: &Record) -> Standing {
    match record.standing {
        Kept::Preparing => Standing::Preparing,
        Kept::Ready if record.is_present() => Standing::Present,
        Kept::Ready => Standing::Missing,
        Kept::Landed { .. } => Standing::Landed,
        Kept::Discarded => Standing::Discarded,
    }
}

/// The newest task of the chain that works in the same worktree: it belongs to that one.
pub(crate) fn owner(shared: &Shared, task: &Arc<Task>) -> Result<Arc<Task>, StoreFault> {
    let tree = tree_of(task);
    let filter = TaskFilter {
        chain: Some(task.chain),
        ..TaskFilter::default()
    };
    // A chain is as long as somebody has patience to repeat.
    let chain = shared.store.tasks(&filter, None, 1_000)?;
    let newest = chain
        .into_iter()
        .filter(|other| tree_of(other) == tree)
        .max_by_key(|other| other.id);
    Ok(newest.map_or_else(|| Arc::clone(task), Arc::new))
}

/// The worktrees that are there or should be.
pub(crate) fn held(shared: &Shared) -> Vec<Record> {
    let places = shared.places();
    let read = |number: u64| match Record::read(&places, number) {
        Ok(record) => record.filter(|record| record.place.is_some()),
        Err(error) => {
            tracing::warn!(number, error = %longhaul_worktrees::told(&error), "the record of a worktree cannot be read");
            None
        }
    };
    places.records().into_iter().filter_map(read).collect()
}

/// Forgets what is kept to show what these tasks changed. Their worktrees are gone by then.
pub(crate) fn forget(shared: &Shared, tasks: &[TaskId]) {
    let places = shared.places();
    for task in tasks {
        if let Err(error) = longhaul_worktrees::forget(&GitRunner::acting(), &places, task.get()) {
            tracing::warn!(%task, error = %longhaul_worktrees::told(&error), "could not forget what a task changed");
        }
    }
}
