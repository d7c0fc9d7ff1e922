//! What the rest of the daemon holds of the engine: cheap to clone, one method for each thing that can be asked.

mod act;
mod activity;
mod edit;
mod inbox;
mod land;
mod notify;
mod output;
mod queues;
mod read;
mod repeat;
mod rights;
mod session;
mod submit;
mod wait;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use jiff::Timestamp;
use longhaul_model::{BlockKind, Task, TaskId};

pub use crate::family::Belonging;
pub use act::{ActError, Canceling};
pub use activity::ActivityError;
pub use edit::EditError;
pub use land::LandError;
pub use output::OutputOf;
pub use queues::{QueueView, QueuesView};
pub use repeat::RepeatError;
pub use rights::Rights;
pub use session::SessionError;
pub use submit::{Submission, SubmitError, Submitted};
pub use wait::{WaitError, Waited};

use crate::dispatch::Input;
use crate::family;
use crate::scheduler::{Block, Obstacles};
use crate::shared::Shared;

/// The engine, to everyone else.
#[derive(Clone)]
pub struct Handle {
    shared: Arc<Shared>,
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handle")
            .field("attempts", &self.shared.attempts)
            .finish_non_exhaustive()
    }
}

/// A task, with what only the engine knows about it.
#[derive(Debug, Clone)]
pub struct View {
    /// The task.
    pub task: Arc<Task>,
    /// What keeps it from starting; empty unless it is queued.
    pub blocked_by: Vec<Block>,
    /// Bytes of output its newest attempt has produced until now.
    pub output_bytes: u64,
}

impl Handle {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// The time by the engine's clock.
    pub fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// Whether everything that ran before the start has been found again.
    pub fn is_ready(&self) -> bool {
        self.shared.is_ready.load(Ordering::SeqCst)
    }

    /// The task whose program, or a process below it, this is.
    pub fn belonging(&self, pid: i32) -> Belonging {
        family::belonging(&self.shared, pid)
    }

    /// Whether any task runs.
    pub fn has_running_tasks(&self) -> bool {
        !self.shared.watched().is_empty()
    }

    /// The running task whose own token this is: the one in its environment. Nothing for any other text. Blocks: it
    /// reads what was sealed for the attempts that run.
    pub fn task_of_token(&self, token: &str) -> Option<TaskId> {
        family::task_of_token(&self.shared, token)
    }

    /// Lets go of everything but the tasks: those who wait are told, tasks keep running, the store is closed.
    pub async fn stop(&self) {
        self.shared.stopping.send_replace(true);
        self.shared.tell(Input::Stop);
        self.shared.waiters.dismiss();
        let shared = Arc::clone(&self.shared);
        let closed = crate::shared::blocking(move || shared.store.close()).await;
        if let Some(Err(error)) = closed {
            tracing::error!(%error, "could not close the store; what was acknowledged is on disk all the same");
        }
    }

    fn view_of(&self, task: Arc<Task>) -> View {
        let blocked_by = self.blocks_of(&task);
        let output_bytes = if task.state() == longhaul_model::StateName::Running {
            let folder = self.shared.attempt_folder(task.id, task.life.fence);
            longhaul_supervisor::output::produced(&folder).unwrap_or(task.facts.output_bytes)
        } else {
            task.facts.output_bytes
        };
        View {
            task,
            blocked_by,
            output_bytes,
        }
    }

    fn blocks_of(&self, task: &Task) -> Vec<Block> {
        let mut blocks = Obstacles::of(&self.shared.board()).to(task);
        let trouble = self
            .shared
            .launch_trouble
            .lock()
            .ok()
            .and_then(|trouble| trouble.clone());
        if let Some(detail) = trouble.filter(|_| task.state() == longhaul_model::StateName::Queued) {
            blocks.push(Block {
                kind: BlockKind::Launch,
                detail,
                task: None,
            });
        }
        blocks
    }
}
