//! Which worktree belongs to which task, and how it stands.

use longhaul_model::{Task, TaskId, with_causes};
use longhaul_worktrees::{Places, Record, TreeStatus};

use crate::programs::GitRunner;

/// How a task's worktree stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TreeState {
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
pub struct WorktreeView {
    /// The task that it belongs to.
    pub task: TaskId,
    /// The workspace that it was made from.
    pub workspace: String,
    /// Its folder, its branch, what it was made from.
    pub worktree: longhaul_model::Worktree,
    /// How it stands.
    pub standing: TreeState,
}

impl TreeState {
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
pub(crate) fn standing(record: &Record) -> TreeState {
    match record.standing {
        TreeStatus::Preparing => TreeState::Preparing,
        TreeStatus::Ready if record.is_present() => TreeState::Present,
        TreeStatus::Ready => TreeState::Missing,
        TreeStatus::Landed { .. } => TreeState::Landed,
        TreeStatus::Discarded => TreeState::Discarded,
    }
}

/// The worktrees that are there or should be.
pub(crate) fn held(places: &Places) -> Vec<Record> {
    let read = |number: u64| match Record::read(places, number) {
        Ok(record) => record.filter(|record| record.place.is_some()),
        Err(error) => {
            tracing::warn!(number, error = %with_causes(&error), "the record of a worktree cannot be read");
            None
        }
    };
    places.records().into_iter().filter_map(read).collect()
}

/// Forgets what is kept to show what these tasks changed. Their worktrees are gone by then.
pub(crate) fn forget(places: &Places, tasks: &[TaskId]) {
    for task in tasks {
        if let Err(error) = longhaul_worktrees::forget(&GitRunner::acting(), places, task.get()) {
            tracing::warn!(%task, error = %with_causes(&error), "could not forget what a task changed");
        }
    }
}
