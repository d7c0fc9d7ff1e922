//! Submitting a task, and doing one again.

use longhaul_model::{Actor, TaskId};

use super::{Handle, View};
use crate::submit::{Again, RepeatError, Submission, SubmitError};

/// A task that is on disk.
#[derive(Debug, Clone)]
pub struct Submitted {
    /// The task.
    pub view: View,
    /// Whether it was there already under the same key.
    pub is_replay: bool,
}

impl Handle {
    /// Stores a task. When this returns it is on disk.
    pub async fn submit(&self, submission: Submission) -> Result<Submitted, SubmitError> {
        let (task, is_replay) = self.rooms.submitter.submit(submission).await?;
        Ok(Submitted {
            view: self.view_of(task),
            is_replay,
        })
    }

    /// The same again, from the start.
    pub async fn retry(&self, id: TaskId, force: bool, actor: Actor) -> Result<TaskId, RepeatError> {
        self.rooms.submitter.repeat(id, force, Again::Fresh, actor).await
    }

    /// The same again, going on where it stopped if its kind can: a command or a clone cannot, and begins anew.
    /// With `onto_target` the branch that its worktree is to land on is merged into that first.
    pub async fn redispatch(
        &self,
        id: TaskId,
        force: bool,
        onto_target: bool,
        actor: Actor,
    ) -> Result<TaskId, RepeatError> {
        let again = Again::Resumed { onto_target };
        self.rooms.submitter.repeat(id, force, again, actor).await
    }
}
