//! Doing a finished task again: as a new task of the same chain.

use std::path::Path;

use longhaul_model::{Access, Actor, Isolation, Spec, Task, TaskId};
use longhaul_store::{InsertError, NewTask, Repeat, StoreFault};

use super::session_error::SessionError;
use super::submitter::Submitter;
use crate::workspace;

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
    /// Nothing can be merged into a worktree that it does not have.
    #[error("task {0} has no worktree that its target could be merged into")]
    NoWorktree(TaskId),
    /// The store did not take it.
    #[error(transparent)]
    Insert(#[from] InsertError),
    /// The store could not be read.
    #[error(transparent)]
    Read(#[from] StoreFault),
}

/// How a task is done again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// From the start, with a worktree of its own if it has one at all.
    Fresh,
    /// With the session of an agent that was there, and in the same worktree.
    Resumed {
        /// Whether the branch it is to land on is merged into its worktree first.
        onto_target: bool,
    },
}

impl Again {
    /// Says where the further task works.
    fn place(self, spec: &mut Spec, before: &Task) -> Result<(), RepeatError> {
        let has_worktree = spec.access == Access::Write && spec.isolation == Isolation::Worktree;
        (spec.worktree_of, spec.onto_target) = match self {
            Self::Resumed { onto_target: true } if !has_worktree => return Err(RepeatError::NoWorktree(before.id)),
            Self::Resumed { onto_target } if has_worktree => (Some(workspace::tree_of(before)), onto_target),
            _ => (None, false),
        };
        Ok(())
    }
}

impl Submitter {
    /// Does a task again.
    pub(crate) async fn repeat(
        &self,
        id: TaskId,
        force: bool,
        again: Again,
        actor: Actor,
    ) -> Result<TaskId, RepeatError> {
        let task = self.ledger.task(id).await?.ok_or(RepeatError::Unknown(id))?;
        let may_be_gone = task.life.state.is_terminal();
        if may_be_gone && !Path::new(&task.spec.cwd).exists() {
            return Err(RepeatError::SourceGone {
                task: id,
                folder: task.spec.cwd.clone(),
            });
        }
        let mut spec = self.spec_again(&task).await?;
        again.place(&mut spec, &task)?;
        if let Some(work) = spec.work.agent_mut() {
            work.resume = match again {
                Again::Fresh => None,
                Again::Resumed { .. } => self.session_after(&task).await?,
            };
            if let Some(session) = &work.resume {
                self.refuse_session_in_use(session, &spec.after)?;
            }
        }
        let new = NewTask {
            environment_of: Some(id),
            parent: task.parent,
            repeats: Some(Repeat { of: id, force }),
            enforcement: task.enforcement,
            ..self.new_task(spec, task.workspace.clone(), actor)
        };
        Ok(self.ledger.insert(new).await?.0.id)
    }

    /// The spec of a further task: what was said about its start is not said again.
    async fn spec_again(&self, task: &Task) -> Result<Spec, StoreFault> {
        let mut spec = task.spec.clone();
        spec.hold = false;
        spec.not_before = None;
        let patience = spec
            .wait_deadline
            .map(|deadline| deadline.duration_since(task.created_at));
        spec.wait_deadline = patience.and_then(|patience| self.installation.clock.now().checked_add(patience).ok());
        // A dependency that was repeated is waited for in its newest form.
        for dependency in &mut spec.after {
            if let Some(newest) = self.ledger.task(*dependency).await?.and_then(|task| task.retried_by) {
                *dependency = newest;
            }
        }
        Ok(spec)
    }
}
