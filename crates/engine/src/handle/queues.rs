//! Queues, limits and pauses.

use longhaul_model::{Queue, QueueLimits, QueueName, StateName};
use longhaul_store::{LimitsChange, QueueChange, StoreFault};

use super::Handle;
use crate::dispatch::Input;

/// A queue and how full it is.
#[derive(Debug, Clone)]
pub struct QueueView {
    /// Its settings.
    pub queue: Queue,
    /// How many of its tasks run.
    pub running: u32,
    /// How many stand in line.
    pub queued: u32,
    /// How many wait.
    pub waiting: u32,
}

/// All queues, and what holds over all of them.
#[derive(Debug, Clone)]
pub struct QueuesView {
    /// The queues by name.
    pub queues: Vec<QueueView>,
    /// What holds over all of them.
    pub limits: QueueLimits,
}

impl Handle {
    /// All queues: those that were set, and those that have tasks.
    pub fn queues(&self) -> Result<QueuesView, StoreFault> {
        let stored = self.shared.store.queues()?;
        let board = self.shared.board();
        let view = |queue: Queue| {
            let count = |state| {
                let is_it = |task: &&std::sync::Arc<longhaul_model::Task>| {
                    task.spec.queue == queue.name && task.state() == state
                };
                u32::try_from(board.tasks().filter(is_it).count()).unwrap_or(u32::MAX)
            };
            let (running, queued, waiting) = (
                count(StateName::Running),
                count(StateName::Queued),
                count(StateName::Waiting),
            );
            QueueView {
                queue,
                running,
                queued,
                waiting,
            }
        };
        Ok(QueuesView {
            queues: stored.into_iter().map(view).collect(),
            limits: board.limits,
        })
    }

    /// Sets a queue's limit or pause; it is made if it is not there.
    pub async fn set_queue(
        &self,
        name: QueueName,
        limit: Option<Option<u32>>,
        paused: Option<bool>,
    ) -> Result<Queue, StoreFault> {
        let queue = self.shared.store.queue_set(name, QueueChange { limit, paused }).await?;
        self.shared.board().queues.insert(queue.name.clone(), queue.clone());
        self.shared.tell(Input::Dispatch);
        Ok(queue)
    }

    /// Sets what holds over all queues.
    pub async fn set_limits(
        &self,
        total: Option<Option<u32>>,
        paused: Option<bool>,
    ) -> Result<QueueLimits, StoreFault> {
        let limits = self.shared.store.limits_set(LimitsChange { total, paused }).await?;
        self.shared.board().limits = limits;
        self.shared.tell(Input::Dispatch);
        Ok(limits)
    }
}
