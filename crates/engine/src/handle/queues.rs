//! Queues, limits and pauses.

use std::collections::HashMap;

use longhaul_model::{ACTIVE, Queue, QueueLimits, QueueName};
use longhaul_store::{LimitsChange, QueueChange, StoreFault};

use super::Handle;

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
    pub async fn queues(&self) -> Result<QueuesView, StoreFault> {
        let stored = self.rooms.ledger.stored().queues().await?;
        let board = self.rooms.ledger.board();
        let mut counts: HashMap<&QueueName, [u32; ACTIVE.len()]> = HashMap::new();
        for task in board.tasks() {
            if let Some(place) = ACTIVE.iter().position(|state| *state == task.state()) {
                counts.entry(&task.spec.queue).or_default()[place] += 1;
            }
        }
        let view = |queue: Queue| {
            let [waiting, queued, running] = counts.get(&queue.name).copied().unwrap_or_default();
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
        let change = QueueChange { limit, paused };
        self.rooms.ledger.set_queue(name, change).await
    }

    /// Sets what holds over all queues.
    pub async fn set_limits(
        &self,
        total: Option<Option<u32>>,
        paused: Option<bool>,
    ) -> Result<QueueLimits, StoreFault> {
        let change = LimitsChange { total, paused };
        self.rooms.ledger.set_limits(change).await
    }
}
