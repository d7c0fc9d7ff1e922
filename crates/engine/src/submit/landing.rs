//! Submitting the landing of a worktree.

use longhaul_model::{Access, Actor, LandManner, LandWork, Spec, Task, TaskId, Work};
use longhaul_store::{InsertError, NewTask};

use super::submitter::Submitter;

impl Submitter {
    /// Stores the landing of this task's worktree. Whether it can succeed was looked at before.
    pub(crate) async fn submit_landing(
        &self,
        task: &Task,
        manner: LandManner,
        message: Option<String>,
        actor: Actor,
    ) -> Result<TaskId, InsertError> {
        let work = Work::Land(LandWork {
            task: task.id,
            manner,
            message,
        });
        let mut spec = Spec::new(work, task.workspace.clone());
        spec.access = Access::Write;
        spec.queue = task.spec.queue.clone();
        spec.origin = task.spec.origin.clone();
        spec.umask = task.spec.umask;
        let new = NewTask {
            environment_of: Some(task.id),
            ..self.new_task(spec, task.workspace.clone(), actor)
        };
        Ok(self.ledger.insert(new).await?.0.id)
    }
}
