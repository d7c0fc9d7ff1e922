//! The worktrees there are, what to know before one is worked in again, and whose project file is trusted.

use std::path::{Path, PathBuf};

use longhaul_model::{Access, Task, TaskId};
use longhaul_worktrees::{Project, ProjectError, Record};

use super::Handle;
use crate::programs::GitRunner;
use crate::runtime::blocking;
use crate::workspace::{self, TreeState, WorktreeView};

impl Handle {
    /// Trusts the project file of the repository that a folder is in, as it is now. Gives its root and what it says.
    pub async fn trust(&self, folder: PathBuf) -> Result<(PathBuf, Project), ProjectError> {
        let places = self.rooms.installation.places();
        let missing = folder.clone();
        let trusted = blocking(move || {
            let root = workspace::of(&folder);
            longhaul_worktrees::trust(&places, &root).map(|project| (root, project))
        });
        trusted.await.unwrap_or(Err(ProjectError::Missing { folder: missing }))
    }

    /// The worktrees there are, and those that should be; not those that are gone for good.
    pub async fn worktrees(&self) -> Vec<WorktreeView> {
        let places = self.rooms.installation.places();
        let listed = blocking(move || {
            let shown = |record: Record| {
                let standing = workspace::standing(&record);
                if matches!(standing, TreeState::Landed | TreeState::Discarded) && !record.is_present() {
                    return None;
                }
                let place = record.place?;
                Some(WorktreeView {
                    task: TaskId::new(record.task)?,
                    workspace: record.workspace.to_string_lossy().into_owned(),
                    worktree: longhaul_model::Worktree {
                        path: place.path.to_string_lossy().into_owned(),
                        branch: place.branch,
                        base: record.base,
                        target: place.target,
                    },
                    standing,
                })
            };
            workspace::held(&places).into_iter().filter_map(shown).collect()
        });
        listed.await.unwrap_or_default()
    }

    /// What somebody should know who does a task again: its workspace holds changes that an attempt before may have left.
    pub async fn warnings_of_repeating(&self, id: TaskId) -> Vec<String> {
        let Ok(Some(task)) = self.rooms.ledger.task(id).await else {
            return Vec::new();
        };
        blocking(move || warnings(&task)).await.unwrap_or_default()
    }
}

fn warnings(task: &Task) -> Vec<String> {
    if task.spec.access == Access::ReadOnly || !task.spec.work.rules().edits_workspace {
        return Vec::new();
    }
    let folder = match (&task.facts.worktree, task.spec.worktree_of) {
        (Some(worktree), Some(_)) => worktree.path.clone(),
        (_, None) if task.spec.isolation == longhaul_model::Isolation::Worktree => return Vec::new(),
        _ => task.workspace.clone(),
    };
    if !workspace::uncommitted(&GitRunner::asking(), Path::new(&folder)) {
        return Vec::new();
    }
    vec![format!(
        "{folder} has uncommitted changes, which an earlier attempt may have left; it goes on with them"
    )]
}
