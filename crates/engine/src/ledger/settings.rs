//! The board as a whole: filled, compared with the store, and its queues and limits.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use longhaul_model::{Queue, QueueLimits, QueueName, Task, TaskId, with_causes};
use longhaul_store::{ActiveTasks, LimitsChange, QueueChange, StoreFault};

use super::consequence::Consequence;
use super::ledger::Ledger;
use crate::runtime::run_to_completion;

impl Ledger {
    /// Fills the board from the store. A task whose record cannot be read is told of and left alone.
    pub(crate) async fn fill_board(&self) -> Result<(), StoreFault> {
        let active = self.stored().active_tasks().await?;
        for damaged in &active.damaged {
            tracing::error!(%damaged, "a task cannot be read; it is left as it is");
        }
        let (queues, limits) = (self.stored().queues().await?, self.stored().limits().await?);
        let mut board = self.board_to_change();
        board.queues = by_name(queues);
        board.limits = limits;
        board.unreadable = active.damaged.len();
        for task in active.tasks {
            board.update(Arc::new(task));
        }
        Ok(())
    }

    /// Takes the store's list of active tasks as complete but for those that cannot be read; `before` is the board when the
    /// list was asked for. Gives the tasks that were thought active and are not.
    pub(crate) fn replace_board(&self, active: ActiveTasks, before: &HashMap<TaskId, Arc<Task>>) -> Vec<TaskId> {
        for damaged in &active.damaged {
            tracing::error!(%damaged, "a task cannot be read; it is left as it is");
        }
        let unreadable = active.damaged.iter().filter_map(|damaged| damaged.task).collect();
        let mut board = self.board_to_change();
        board.unreadable = active.damaged.len();
        board.replace(active.tasks, &unreadable, before)
    }

    /// Puts queues and limits on the board as they are stored. They are read and put there one at a time, so that what is
    /// put there last is what was stored last.
    pub(crate) async fn take_in_limits(&self) {
        let _turn = self.limits_turn.lock().await;
        match (self.stored().queues().await, self.stored().limits().await) {
            (Ok(queues), Ok(limits)) => {
                let mut board = self.board_to_change();
                board.queues = by_name(queues);
                board.limits = limits;
            }
            (Err(fault), _) | (_, Err(fault)) => {
                tracing::warn!(error = %with_causes(&fault), "could not read the queues");
            }
        }
    }

    /// Sets a queue's limit or pause; it is made if it is not there.
    pub(crate) async fn set_queue(self: &Arc<Self>, name: QueueName, change: QueueChange) -> Result<Queue, StoreFault> {
        let ledger = Arc::clone(self);
        run_to_completion(async move {
            let queue = ledger.store.queue_set(name, change).await?;
            ledger.take_in_limits().await;
            ledger.emit(Consequence::Dispatch);
            Ok(queue)
        })
        .await
    }

    /// Sets what holds over all queues.
    pub(crate) async fn set_limits(self: &Arc<Self>, change: LimitsChange) -> Result<QueueLimits, StoreFault> {
        let ledger = Arc::clone(self);
        run_to_completion(async move {
            let limits = ledger.store.limits_set(change).await?;
            ledger.take_in_limits().await;
            ledger.emit(Consequence::Dispatch);
            Ok(limits)
        })
        .await
    }
}

fn by_name(queues: Vec<Queue>) -> BTreeMap<QueueName, Queue> {
    queues.into_iter().map(|queue| (queue.name.clone(), queue)).collect()
}
