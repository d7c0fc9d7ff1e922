//! Who waits for the end of which task. Waiting costs nothing: each waiter is a place in a list until it is told.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use longhaul_model::{Task, TaskId};
use tokio::sync::oneshot;

/// The lists of waiters, by task.
#[derive(Debug, Default)]
pub(crate) struct Waiters(Mutex<HashMap<TaskId, Vec<oneshot::Sender<Arc<Task>>>>>);

impl Waiters {
    fn lists(&self) -> MutexGuard<'_, HashMap<TaskId, Vec<oneshot::Sender<Arc<Task>>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a waiter on the list. Do this before looking at the task, or its end may fall in between.
    pub(crate) fn register(&self, task: TaskId) -> oneshot::Receiver<Arc<Task>> {
        let (sender, receiver) = oneshot::channel();
        let mut lists = self.lists();
        let list = lists.entry(task).or_default();
        // Waiters that went away leave their place behind.
        list.retain(|waiter| !waiter.is_closed());
        list.push(sender);
        receiver
    }

    /// Takes the places of waiters that went away off the list.
    pub(crate) fn forget_gone(&self, task: TaskId) {
        let mut lists = self.lists();
        if let Some(list) = lists.get_mut(&task) {
            list.retain(|waiter| !waiter.is_closed());
            if list.is_empty() {
                lists.remove(&task);
            }
        }
    }

    /// Tells everyone who waits for this task that it is over.
    pub(crate) fn announce(&self, task: &Arc<Task>) {
        for waiter in self.lists().remove(&task.id).unwrap_or_default() {
            let _ = waiter.send(Arc::clone(task));
        }
    }

    /// Drops every waiter: the daemon stops.
    pub(crate) fn dismiss(&self) {
        self.lists().clear();
    }
}
