//! What a process inside a task may submit: no more than the task itself may do.
//!
//! A reader gets readers, a writer also writers in its own workspace, and an unmanaged task has its user's rights. What
//! else it may do through the API is decided by the server, address by address; here is what needs to be understood.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use longhaul_agents::leads_to_an_agents_things;
use longhaul_model::{Access, Actor, Leftovers, Prerequisite, Spec, StandardInput, Task, TaskId};

use super::error::SubmitError;
use super::submitter::Submitter;
use crate::workspace;

/// Variables that tell a program where it may keep things. A task's own are what its children get: otherwise a reader
/// could name a folder of its choice as one that must be writable for them. Each agent has further ones of its own.
const PLACES: [&str; 6] = [
    "HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "XDG_CACHE_HOME",
    "XDG_RUNTIME_DIR",
];

/// Variables by which the programs of the steps around a task's own are found, or made to run something else. Those steps
/// are not shut in as a reader is, so these too are the submitting task's own.
const OF_THE_STEPS: [&str; 7] = ["PATH", "ENV", "SHELLOPTS", "BASHOPTS", "PS4", "GCONV_PATH", "LOCPATH"];
/// And all that begin like this.
const FAMILIES_OF_THE_STEPS: [&str; 4] = ["GIT_", "LD_", "DYLD_", "BASH_"];

/// Whether a child gets this variable as its parent has it, whatever was sent along.
fn is_inherited(name: &str) -> bool {
    PLACES.contains(&name)
        || leads_to_an_agents_things(name)
        || OF_THE_STEPS.contains(&name)
        || FAMILIES_OF_THE_STEPS.iter().any(|begin| name.starts_with(begin))
}

/// What a task may do through the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rights {
    /// Everything its user may.
    User,
    /// Look after its own descendants, and submit such as its access allows.
    OwnFamily,
}

impl Submitter {
    /// The rights of a task. One that is not known has none but those of its family, which is empty.
    pub(crate) async fn rights_of(&self, id: TaskId) -> Rights {
        match self.ledger.task(id).await {
            Ok(Some(task)) if !self.ledger.is_restricted(&task).await => Rights::User,
            _ => Rights::OwnFamily,
        }
    }

    /// Whether `id` is `ancestor` or was submitted from it or from something below it.
    pub(crate) async fn is_in_family_of(&self, id: TaskId, ancestor: TaskId) -> bool {
        let known = self.ledger.task(id).await.ok().flatten();
        let Some(task) = known.filter(|_| id != ancestor) else {
            return id == ancestor;
        };
        self.ledger.is_below(&task, ancestor).await
    }

    /// Refuses what the submitting task may not ask for, and holds what it asks for to its own places.
    pub(super) async fn restrict_to_rights(
        &self,
        actor: &Actor,
        spec: &mut Spec,
        parent: Option<TaskId>,
        environment: &mut Option<BTreeMap<String, String>>,
    ) -> Result<(), SubmitError> {
        let Actor::Task(id) = actor else { return Ok(()) };
        if self.rights_of(*id).await == Rights::User {
            return Ok(());
        }
        let refuse = |detail: String, hint| Err(SubmitError::NotAllowed { detail, hint });
        let Some(own) = self
            .ledger
            .task(*id)
            .await
            .map_err(|fault| SubmitError::Insert(fault.into()))?
        else {
            return refuse(format!("task {id} is not known"), "submit it from outside the task");
        };
        let is_own = match parent {
            Some(parent) => self.is_in_family_of(parent, *id).await,
            None => false,
        };
        if !is_own {
            return refuse(
                format!("task {id} may submit only children of its own"),
                "leave out the parent",
            );
        }
        match spec.access {
            Access::ReadOnly => {}
            Access::Write if own.spec.access == Access::Write && is_at_home(&own, Path::new(&spec.cwd)) => {}
            Access::Write if own.spec.access == Access::Write => {
                return refuse(
                    format!("task {id} may submit writers in its own workspace only"),
                    "submit it from outside the task, or with --read-only",
                );
            }
            Access::Write | Access::Unmanaged => {
                let word = if spec.access == Access::Write {
                    "write"
                } else {
                    "unmanaged"
                };
                return refuse(
                    format!("task {id} may not submit a task with the access `{word}`"),
                    "submit it with --read-only, or from outside the task",
                );
            }
        }
        if let Some(dir) = spec.work.makes_folder()
            && (Path::new(dir).components().any(|part| part == Component::ParentDir)
                || !is_at_home(&own, nearest_existing(Path::new(dir))))
        {
            return refuse(
                format!("task {id} may clone into its own workspace only"),
                "clone it from outside the task",
            );
        }
        if let Some(session) = spec.work.agent().and_then(|work| work.resume.as_ref()) {
            let user = self.ledger.stored().task_of_session(session, None).await;
            let user = user.map_err(|fault| SubmitError::Insert(fault.into()))?;
            let is_own = match user {
                Some(user) => self.is_in_family_of(user.id, *id).await,
                None => false,
            };
            if !is_own {
                return refuse(
                    format!("task {id} may go on with the sessions of its own descendants only"),
                    "leave out what is to be resumed",
                );
            }
        }
        if spec.work.agent().is_some_and(|work| work.review.is_some()) {
            // The changes are prepared by git, which does what the repository's configuration says, and is not shut in.
            if !self.is_at_home_of_all(&own, Path::new(&spec.cwd)).await {
                return refuse(
                    format!("task {id} may have its own workspace reviewed, and no other"),
                    "submit it from outside the task",
                );
            }
            // A link could lead elsewhere by the time the review begins.
            if let Ok(folder) = Path::new(&spec.cwd).canonicalize() {
                spec.cwd = folder.to_string_lossy().into_owned();
            }
        }
        if spec
            .requires
            .iter()
            .any(|requires| matches!(requires, Prerequisite::Command { .. }))
        {
            return refuse(
                format!("task {id} may not have commands run for a prerequisite"),
                "wait for a file, a port or a page instead",
            );
        }
        if spec.leftovers == Leftovers::Keep {
            // What outlives its task is nobody's any more, and so cannot be held to anybody's rights.
            return refuse(
                format!("task {id} may not leave processes running after a task"),
                "leave out `--leftovers keep`, or submit it from outside the task",
            );
        }
        if matches!(spec.stdin, StandardInput::File(_)) {
            return refuse(
                format!("task {id} may not name a file for standard input"),
                "send its content: `--stdin -`",
            );
        }
        let own_environment = self
            .ledger
            .stored()
            .environment(*id)
            .await
            .map_err(|fault| SubmitError::Insert(fault.into()))?
            .unwrap_or_default();
        let held = environment.get_or_insert_default();
        held.retain(|name, _| !is_inherited(name));
        held.extend(own_environment.into_iter().filter(|(name, _)| is_inherited(name)));
        Ok(())
    }

    /// Whether a folder is in the workspace of this task and in that of all restricted ones above it: the first of them was
    /// submitted by somebody who may choose any.
    async fn is_at_home_of_all(&self, own: &Task, folder: &Path) -> bool {
        if !is_at_home(own, folder) {
            return false;
        }
        let is_last = |above: &Task| above.spec.access == Access::Unmanaged || !is_at_home(above, folder);
        let last = self.ledger.nearest_above(own, is_last).await;
        last.is_none_or(|last| last.spec.access == Access::Unmanaged)
    }
}

/// Where a folder that may not be there yet will be.
fn nearest_existing(folder: &Path) -> &Path {
    folder.ancestors().find(|above| above.exists()).unwrap_or(folder)
}

/// Whether a folder is in the workspace of this task, or in its worktree.
fn is_at_home(own: &Task, folder: &Path) -> bool {
    let wanted = workspace::of(folder);
    let worktree = own.facts.worktree.as_ref().map(|worktree| Path::new(&worktree.path));
    wanted == Path::new(&own.workspace) || worktree == Some(wanted.as_path())
}
