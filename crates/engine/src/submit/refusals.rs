//! What is refused because it could never start, or would be canceled at once.

use std::path::Path;

use longhaul_model::{Access, Isolation, Spec, Task, TaskId};

use super::error::SubmitError;
use super::submitter::Submitter;
use crate::scheduler::Lane;

impl Submitter {
    /// A task of a parent that is canceled, or about to be, would be canceled with it.
    pub(super) async fn refuse_canceled_parent(&self, parent: Option<TaskId>) -> Result<(), SubmitError> {
        match parent {
            Some(parent) if self.ledger.is_canceled(parent).await => Err(SubmitError::ParentCanceled { parent }),
            _ => Ok(()),
        }
    }

    /// A child that can start only after its own ancestor has ended would be waited for by it for ever.
    pub(super) async fn refuse_deadlock(
        &self,
        spec: &Spec,
        workspace: &str,
        parent: Option<TaskId>,
    ) -> Result<(), SubmitError> {
        let writes_in_place = spec.access == Access::Write && spec.isolation == Isolation::InPlace;
        let mut above = parent;
        while let Some(ancestor) = above {
            if spec.after.contains(&ancestor) {
                return Err(SubmitError::WouldDeadlock { ancestor });
            }
            let known = self.ledger.task(ancestor).await.ok().flatten();
            let holds_the_lane = |task: &Task| {
                !task.life.state.is_terminal()
                    && matches!(Lane::of(task), Some(Lane::Writer(held)) if held == workspace)
            };
            if writes_in_place && known.as_deref().is_some_and(holds_the_lane) {
                return Err(SubmitError::LaneHeld { ancestor });
            }
            above = known.and_then(|task| task.parent);
        }
        Ok(())
    }
}

/// Refuses early what its first step would refuse. What may still come into being is not refused.
pub(super) fn refuse_impossible_worktree(spec: &Spec, workspace: &str) -> Result<(), SubmitError> {
    let refuse = |detail: String, hint| Err(SubmitError::NoWorktree { detail, hint });
    if spec.access != Access::Write || spec.isolation != Isolation::Worktree {
        return match (spec.base.is_some(), spec.with_changes) {
            (true, _) => refuse(
                "base is for tasks in a worktree of their own".to_owned(),
                "add --worktree",
            ),
            (_, true) => refuse(
                "with_changes is for tasks in a worktree of their own".to_owned(),
                "add --worktree",
            ),
            (false, false) => Ok(()),
        };
    }
    if !spec.work.rules().may_have_worktree() {
        return refuse(
            format!("a {} needs no worktree", spec.work.kind().word()),
            "leave out --worktree",
        );
    }
    let may_come = !spec.after.is_empty() || !spec.requires.is_empty();
    let folder = Path::new(workspace);
    if folder.exists() && !folder.join(".git").exists() && !may_come {
        return refuse(
            format!("{workspace} is no git repository, and only one can have worktrees"),
            "run it in place (--isolation in-place), or `git init` first",
        );
    }
    Ok(())
}
