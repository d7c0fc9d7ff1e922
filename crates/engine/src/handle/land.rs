//! What becomes of a worktree: look at its changes, land them, give it up; and whose project file is trusted.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use longhaul_model::{Access, Actor, LandManner, LandWork, Spec, StateName, Task, TaskId, Work};
use longhaul_store::{InsertError, NewTask, StoreFault};
use longhaul_worktrees::{
    Changes, Git, Project, ProjectError, Record, Salvaged, Standing as Kept, TreeError, adopt, changes, check_git,
    landable, remove, target,
};

use super::Handle;
use crate::programs::GitRunner;
use crate::shared::{Shared, blocking};
use crate::workspace::{self, ChangesError, Standing, TreeState};

/// Why a worktree was neither landed nor given up. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum LandError {
    /// There is no such task.
    #[error("there is no task {0}")]
    Unknown(TaskId),
    /// Its state forbids it.
    #[error("task {task}, to which the worktree belongs, is {state}")]
    StateForbids {
        /// The task.
        task: TaskId,
        /// Its state.
        state: StateName,
    },
    /// Somebody lands it already.
    #[error("task {landing} lands it already")]
    Landing {
        /// The landing.
        landing: TaskId,
    },
    /// The state of things forbids it.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// The store did not take the landing.
    #[error(transparent)]
    Insert(#[from] InsertError),
    /// The store could not be read.
    #[error(transparent)]
    Read(#[from] StoreFault),
}

impl Handle {
    /// Submits the landing of a task's worktree, after a look whether it can succeed at all.
    pub async fn land(
        &self,
        id: TaskId,
        manner: LandManner,
        message: Option<String>,
        actor: Actor,
    ) -> Result<TaskId, LandError> {
        let shared = Arc::clone(&self.shared);
        let looked = blocking(move || {
            let task = idle_owner(&shared, id)?;
            look(&shared, &task, manner)?;
            Ok::<_, LandError>(task)
        });
        let task = looked.await.unwrap_or(Err(StoreFault::Closed.into()))?;
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
            workspace: task.workspace.clone(),
            environment: None,
            environment_of: Some(task.id),
            spec,
            parent: None,
            repeats: None,
            key: None,
            actor,
            at: self.shared.clock.now(),
            enforcement: None,
            max_depth: self.shared.config.max_depth,
            max_descendants: self.shared.config.max_descendants,
        };
        Ok(self.shared.insert(new).await?.0.id)
    }

    /// Gives a task's worktree up: what only it has is saved first. Gives the names of what was saved.
    pub async fn discard(&self, id: TaskId) -> Result<Salvaged, LandError> {
        let shared = Arc::clone(&self.shared);
        let discarded = blocking(move || discard(&shared, id)).await;
        discarded.unwrap_or(Err(StoreFault::Closed.into()))
    }

    /// What a task changed.
    pub async fn changes_of(&self, id: TaskId, with_hunks: bool) -> Result<Changes, ChangesError> {
        let shared = Arc::clone(&self.shared);
        let told = blocking(move || {
            let task = shared.task(id)?.ok_or(ChangesError::Unknown(id))?;
            let tree = workspace::tree_of(&task).get();
            let record = Record::read(&shared.places(), tree).map_err(TreeError::from)?;
            match record {
                Some(record) => Ok(changes(&GitRunner::asking(), &record, with_hunks)?),
                None => Err(ChangesError::NotRecorded {
                    task: id,
                    why: why_not_recorded(&task),
                }),
            }
        });
        told.await.unwrap_or(Err(StoreFault::Closed.into()))
    }

    /// Trusts the project file of the repository that a folder is in, as it is now. Gives its root and what it says.
    pub async fn trust(&self, folder: PathBuf) -> Result<(PathBuf, Project), ProjectError> {
        let shared = Arc::clone(&self.shared);
        let missing = folder.clone();
        let trusted = blocking(move || {
            let root = workspace::of(&folder);
            longhaul_worktrees::trust(&shared.places(), &root).map(|project| (root, project))
        });
        trusted.await.unwrap_or(Err(ProjectError::Missing { folder: missing }))
    }

    /// The worktrees there are, and those that should be; not those that are gone for good.
    pub async fn worktrees(&self) -> Vec<TreeState> {
        let shared = Arc::clone(&self.shared);
        let listed = blocking(move || {
            let shown = |record: Record| {
                let standing = workspace::standing(&record);
                if matches!(standing, Standing::Landed | Standing::Discarded) && !record.is_present() {
                    return None;
                }
                let place = record.place?;
                Some(TreeState {
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
            workspace::held(&shared).into_iter().filter_map(shown).collect()
        });
        listed.await.unwrap_or_default()
    }

    /// What somebody should know who does a task again: its workspace holds changes that an attempt before may have left.
    pub async fn warnings_of_repeating(&self, id: TaskId) -> Vec<String> {
        let shared = Arc::clone(&self.shared);
        let looked = blocking(move || warnings(&shared, id)).await;
        looked.unwrap_or_default()
    }
}

fn warnings(shared: &Arc<Shared>, id: TaskId) -> Vec<String> {
    let Ok(Some(task)) = shared.task(id) else {
        return Vec::new();
    };
    if task.spec.access == Access::ReadOnly || matches!(task.spec.work, Work::Land(_) | Work::Clone { .. }) {
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

fn why_not_recorded(task: &Task) -> &'static str {
    match (task.spec.access, task.spec.isolation) {
        (Access::Write, _) if task.life.attempt.0 == 0 => "it has not started yet",
        (Access::Write, _) => "it did not work in a git repository",
        _ => "only tasks run with --write or --worktree have them recorded",
    }
}

/// The task to which the worktree of this one belongs now, if nobody works in it or lands it.
fn idle_owner(shared: &Arc<Shared>, id: TaskId) -> Result<Arc<Task>, LandError> {
    let task = shared.task(id)?.ok_or(LandError::Unknown(id))?;
    let owner = workspace::owner(shared, &task)?;
    if !owner.life.state.is_terminal() {
        return Err(LandError::StateForbids {
            task: owner.id,
            state: owner.state(),
        });
    }
    let tree = workspace::tree_of(&owner);
    // One of another chain may go on in it: by `--resume`.
    let board = shared.board();
    let user = board.tasks().find(|task| workspace::tree_of(task) == tree).cloned();
    drop(board);
    if let Some(user) = user {
        return Err(LandError::StateForbids {
            task: user.id,
            state: user.state(),
        });
    }
    match workspace::landing_of(shared, tree.get()) {
        Some(landing) => Err(LandError::Landing { landing }),
        None => Ok(owner),
    }
}

/// Whether a landing can succeed, as far as a look can tell. The landing itself looks again.
fn look(shared: &Shared, task: &Task, manner: LandManner) -> Result<(), TreeError> {
    let (record, place) = landable(&shared.places(), workspace::tree_of(task).get())?;
    let helper = GitRunner::asking();
    let git = Git::at(&helper, &record.workspace);
    check_git(&git, manner)?;
    target(&git, &record, &place).map(drop)
}

fn discard(shared: &Arc<Shared>, id: TaskId) -> Result<Salvaged, LandError> {
    let places = shared.places();
    let tree = match idle_owner(shared, id) {
        Ok(owner) => workspace::tree_of(&owner).get(),
        // A worktree may outlive the database that knew its task.
        Err(LandError::Unknown(_)) if places.record(id.get()).exists() || places.worktree(id.get()).exists() => {
            id.get()
        }
        Err(error) => return Err(error),
    };
    let lock = shared.tree_lock(tree);
    let _held = lock.lock().unwrap_or_else(PoisonError::into_inner);
    let known = Record::read(&places, tree).map_err(TreeError::from)?;
    let mut record = match known {
        Some(record) if record.place.is_some() => record,
        _ if places.worktree(tree).exists() => adopt(&GitRunner::acting(), &places, tree)?,
        _ => {
            let refused = TreeError::Refused {
                message: format!("task {id} has no worktree"),
                hint: "only tasks run with --worktree have something to discard".to_owned(),
            };
            return Err(refused.into());
        }
    };
    if let Some(user) = TaskId::new(record.task)
        && let Some(user) = shared.task(user)?.filter(|user| !user.life.state.is_terminal())
    {
        return Err(LandError::StateForbids {
            task: user.id,
            state: user.state(),
        });
    }
    match &record.standing {
        Kept::Discarded => return Ok(record.salvaged.unwrap_or_default()),
        Kept::Landed { .. } if !record.is_present() => {
            return Err(landable(&places, tree)
                .expect_err("what has landed cannot be landed")
                .into());
        }
        _ => {}
    }
    let standing = match &record.standing {
        landed @ Kept::Landed { .. } => landed.clone(),
        _ => Kept::Discarded,
    };
    Ok(remove(&GitRunner::acting(), &places, &mut record, standing)?)
}
