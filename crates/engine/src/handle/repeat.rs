//! Doing a finished task again: as a new task of the same chain.

use std::path::Path;

use longhaul_model::{Actor, Spec, Task, TaskId, Work};
use longhaul_store::{InsertError, NewTask, Repeat, StoreFault};

use super::{Handle, SessionError};

/// Why a task was not repeated.
#[derive(Debug, thiserror::Error)]
pub enum RepeatError {
    /// There is no such task.
    #[error("there is no task {0}")]
    Unknown(TaskId),
    /// What it worked on is gone.
    #[error("the folder {folder} of task {task} is gone")]
    SourceGone {
        /// The task.
        task: TaskId,
        /// Its folder.
        folder: String,
    },
    /// The session it would go on with cannot be had.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The store did not take it.
    #[error(transparent)]
    Insert(#[from] InsertError),
    /// The store could not be read.
    #[error(transparent)]
    Read(#[from] StoreFault),
}

/// How a task is done again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    /// From the start.
    Fresh,
    /// With the session of an agent that was there.
    Resumed,
}

impl Handle {
    /// The same again, from the start.
    pub async fn retry(&self, id: TaskId, force: bool, actor: Actor) -> Result<TaskId, RepeatError> {
        self.repeat(id, force, Again::Fresh, actor).await
    }

    /// The same again, going on where it stopped if its kind can: a command or a clone cannot, and begins anew.
    pub async fn redispatch(&self, id: TaskId, force: bool, actor: Actor) -> Result<TaskId, RepeatError> {
        self.repeat(id, force, Again::Resumed, actor).await
    }

    async fn repeat(&self, id: TaskId, force: bool, again: Again, actor: Actor) -> Result<TaskId, RepeatError> {
        let task = self.shared.task(id)?.ok_or(RepeatError::Unknown(id))?;
        let may_be_gone = task.life.state.is_terminal();
        if may_be_gone && !Path::new(&task.spec.cwd).exists() {
            return Err(RepeatError::SourceGone {
                task: id,
                folder: task.spec.cwd.clone(),
            });
        }
        let mut spec = self.spec_again(&task)?;
        if let Work::Agent(work) = &mut spec.work {
            work.resume = match again {
                Again::Fresh => None,
                Again::Resumed => self.session_after(&task)?,
            };
            if let Some(session) = &work.resume {
                self.refuse_session_in_use(session, &spec.after)?;
            }
        }
        let new = NewTask {
            spec,
            workspace: task.workspace.clone(),
            environment: None,
            environment_of: Some(id),
            parent: task.parent,
            repeats: Some(Repeat { of: id, force }),
            key: None,
            actor,
            at: self.shared.clock.now(),
            enforcement: task.enforcement,
            max_depth: self.shared.config.max_depth,
            max_descendants: self.shared.config.max_descendants,
        };
        Ok(self.shared.insert(new).await?.0.id)
    }

    /// The spec of a further task: what was said about its start is not said again.
    fn spec_again(&self, task: &Task) -> Result<Spec, StoreFault> {
        let mut spec = task.spec.clone();
        spec.hold = false;
        spec.not_before = None;
        let patience = spec
            .wait_deadline
            .map(|deadline| deadline.duration_since(task.created_at));
        spec.wait_deadline = patience.and_then(|patience| self.shared.clock.now().checked_add(patience).ok());
        // A dependency that was repeated is waited for in its newest form.
        for dependency in &mut spec.after {
            if let Some(newest) = self.shared.task(*dependency)?.and_then(|task| task.retried_by) {
                *dependency = newest;
            }
        }
        Ok(spec)
    }
}
