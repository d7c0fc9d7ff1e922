//! Questions about tasks that more than one room asks: who is over, who is above whom, who lands what.

use std::sync::Arc;

use longhaul_model::{Access, Fence, State, StateName, Task, TaskId};
use longhaul_store::{StoreFault, TaskFilter};

use super::ledger::Ledger;
use super::supervision::AttemptGuard;
use crate::workspace::tree_of;

impl Ledger {
    /// A task as it is now; nothing if there is none of this number.
    pub(crate) async fn task(&self, id: TaskId) -> Result<Option<Arc<Task>>, StoreFault> {
        if let Some(task) = self.active(id) {
            return Ok(Some(task));
        }
        Ok(self.stored().task(id).await?.map(Arc::new))
    }

    /// A task that is not over; nothing otherwise.
    pub(crate) fn active(&self, id: TaskId) -> Option<Arc<Task>> {
        self.board().task(id).cloned()
    }

    /// Whether the task of this number is over, or not known at all.
    pub(crate) async fn is_over(&self, task: u64) -> bool {
        let Some(id) = TaskId::new(task) else { return false };
        match self.task(id).await {
            Ok(Some(task)) => task.life.state.is_terminal(),
            Ok(None) => true,
            Err(_) => false,
        }
    }

    /// Whether a task is canceled, or will be as soon as its tree is gone.
    pub(crate) async fn is_canceled(&self, task: TaskId) -> bool {
        let task = self.task(task).await.ok().flatten();
        task.is_some_and(|task| match &task.life.state {
            State::Running(running) => running.stopping.is_some(),
            state => state.name() == StateName::Canceled,
        })
    }

    /// The nearest of the tasks above this one of which this is true, as far as they are known. None above that is asked for.
    pub(crate) async fn nearest_above(&self, task: &Task, is_it: impl Fn(&Task) -> bool + Send) -> Option<Arc<Task>> {
        let mut parent = task.parent;
        while let Some(id) = parent {
            let above = self.task(id).await.ok().flatten()?;
            if is_it(&above) {
                return Some(above);
            }
            parent = above.parent;
        }
        None
    }

    /// Whether `task` was submitted by `ancestor` or by something below it.
    pub(crate) async fn is_below(&self, task: &Task, ancestor: TaskId) -> bool {
        let is_child = |task: &Task| task.parent == Some(ancestor);
        is_child(task) || self.nearest_above(task, is_child).await.is_some()
    }

    /// Whether a task has fewer rights than its user: by its own access, or because it is below one that has. An unmanaged
    /// task below a restricted one was submitted by somebody else, or before; it is held to what is above it all the same.
    pub(crate) async fn is_restricted(&self, task: &Task) -> bool {
        let is_so = |task: &Task| task.spec.access != Access::Unmanaged;
        is_so(task) || self.nearest_above(task, is_so).await.is_some()
    }

    /// The newest task of the chain that works in the same worktree: it belongs to that one.
    pub(crate) async fn owner_of_tree(&self, task: &Arc<Task>) -> Result<Arc<Task>, StoreFault> {
        let tree = tree_of(task);
        let filter = TaskFilter {
            chain: Some(task.chain),
            ..TaskFilter::default()
        };
        // A chain is as long as somebody has patience to repeat.
        let chain = self.stored().tasks(&filter, None, 1_000).await?;
        let newest = chain
            .into_iter()
            .filter(|other| tree_of(other) == tree)
            .max_by_key(|other| other.id);
        Ok(newest.map_or_else(|| Arc::clone(task), Arc::new))
    }

    /// The active task that lands this worktree, or is about to.
    pub(crate) async fn landing_of(&self, tree: TaskId) -> Option<Arc<Task>> {
        let landing = |task: &Arc<Task>| Some((Arc::clone(task), task.spec.work.landing()?.task));
        let landings: Vec<_> = self.board().tasks().filter_map(landing).collect();
        // Looked up once the board is free again: what is landed may be known to the database alone.
        for (landing, landed) in landings {
            let known = self.task(landed).await.ok().flatten();
            if known.map_or(landed, |task| tree_of(&task)) == tree {
                return Some(landing);
            }
        }
        None
    }

    /// Which running attempts nobody supervises.
    pub(crate) fn unsupervised(&self) -> Vec<(TaskId, Fence)> {
        let board = self.board();
        let running = board.running().filter(|task| !board.is_ending(task.id));
        running
            .map(|task| (task.id, task.life.fence))
            .filter(|(task, fence)| !self.supervision().has(*task, *fence))
            .collect()
    }

    /// Takes up an attempt that was claimed before; nothing if somebody supervises it, or a newer one of the task.
    pub(crate) fn take_up(&self, task: TaskId, fence: Fence) -> Option<AttemptGuard> {
        self.supervision().take(task, fence)
    }
}
