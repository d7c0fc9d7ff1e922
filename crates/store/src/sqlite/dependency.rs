//! What a spec's `after` comes to: which of those tasks are still to be waited for, and whether any waits in turn.

use std::collections::{BTreeMap, BTreeSet};

use longhaul_model::{StateName, TaskId};

use crate::acts::{EditError, InsertError, StoreFault};
use crate::sqlite::row::{id, state, task_id};
use crate::sqlite::work::Work;

/// The tasks a spec waits for, as they stand now.
#[derive(Debug, Default)]
pub(super) struct Dependencies {
    /// Those that have not completed.
    pub(super) unmet: BTreeSet<TaskId>,
    /// One that never will; nothing if there is none.
    pub(super) broken: Option<(TaskId, StateName)>,
}

/// Why a spec cannot wait for what it names.
pub(super) enum DependencyError {
    Unknown(TaskId),
    Fault(StoreFault),
}

impl From<StoreFault> for DependencyError {
    fn from(fault: StoreFault) -> Self {
        Self::Fault(fault)
    }
}

impl From<DependencyError> for InsertError {
    fn from(error: DependencyError) -> Self {
        match error {
            DependencyError::Unknown(task) => Self::UnknownDependency(task),
            DependencyError::Fault(fault) => Self::Fault(fault),
        }
    }
}

impl From<DependencyError> for EditError {
    fn from(error: DependencyError) -> Self {
        match error {
            DependencyError::Unknown(task) => Self::UnknownDependency(task),
            DependencyError::Fault(fault) => Self::Fault(fault),
        }
    }
}

/// Looks at each of `after`.
pub(super) fn look(work: &Work<'_>, after: &[TaskId]) -> Result<Dependencies, DependencyError> {
    let mut found = Dependencies::default();
    for task in after.iter().copied() {
        let word: Option<String> = work.one("SELECT state FROM tasks WHERE id = ?1", [id(task)], |row| row.get(0))?;
        let word = word.ok_or(DependencyError::Unknown(task))?;
        let state = state(&word, Some(task), "state").map_err(StoreFault::from)?;
        if state == StateName::Completed {
            continue;
        }
        found.unmet.insert(task);
        if state.is_terminal() {
            found.broken.get_or_insert((task, state));
        }
    }
    Ok(found)
}

/// Writes down what `task` waits for, in place of what was there.
pub(super) fn replace(work: &Work<'_>, task: TaskId, after: &[TaskId]) -> Result<(), StoreFault> {
    work.run("DELETE FROM dependencies WHERE task = ?1", [id(task)])?;
    add(work, task, after)
}

/// Writes down what a new `task` waits for.
pub(super) fn add(work: &Work<'_>, task: TaskId, after: &[TaskId]) -> Result<(), StoreFault> {
    for on_task in after {
        work.run(
            "INSERT OR IGNORE INTO dependencies (task, on_task) VALUES (?1, ?2)",
            (id(task), id(*on_task)),
        )?;
    }
    Ok(())
}

/// The way from `task` back to itself if it waited for `after`; nothing if there is none. Tasks that have started wait
/// for nobody any more, so no way leads through them.
pub(super) fn cycle(work: &Work<'_>, task: TaskId, after: &[TaskId]) -> Result<Option<Vec<TaskId>>, StoreFault> {
    let mut reached_from: BTreeMap<TaskId, TaskId> = BTreeMap::new();
    let mut open: Vec<(TaskId, TaskId)> = after.iter().map(|next| (task, *next)).collect();
    while let Some((from, to)) = open.pop() {
        if to == task {
            return Ok(Some(way_back(task, from, &reached_from)));
        }
        if reached_from.contains_key(&to) {
            continue;
        }
        reached_from.insert(to, from);
        let next = work.all(
            "SELECT d.on_task FROM tasks t JOIN dependencies d ON d.task = t.id \
             WHERE t.id = ?1 AND t.state IN ('waiting', 'queued')",
            [id(to)],
            |row| row.get(0),
        )?;
        for on_task in next {
            open.push((to, task_id(on_task, Some(to), "on_task")?));
        }
    }
    Ok(None)
}

fn way_back(task: TaskId, last: TaskId, reached_from: &BTreeMap<TaskId, TaskId>) -> Vec<TaskId> {
    let mut path = vec![task];
    let mut step = last;
    while step != task {
        path.push(step);
        step = reached_from.get(&step).copied().unwrap_or(task);
    }
    path.push(task);
    path.reverse();
    path
}
