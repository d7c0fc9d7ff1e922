//! Submitting a task.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use longhaul_model::{Access, Actor, Isolation, Spec, SpecError, Task, TaskId, Work};
use longhaul_store::{InsertError, Key, NewTask};

use super::{Handle, SessionError, View};
use crate::scheduler::{self, Lane};
use crate::shared::{blocking, chain, spawn};
use crate::{agents, reconcile, workspace};

/// What somebody asks for.
#[derive(Debug, Clone)]
pub struct Submission {
    /// The task.
    pub spec: Spec,
    /// Whether it says where a writer works. If it does not, the project decides, or the configuration.
    pub says_isolation: bool,
    /// Its submitter's environment; nothing if they have none to give.
    pub environment: Option<BTreeMap<String, String>>,
    /// The task it belongs to; nothing from outside.
    pub parent: Option<TaskId>,
    /// The idempotency key and the hash of the request.
    pub key: Option<(String, String)>,
    /// Who asks.
    pub actor: Actor,
}

/// A task that is on disk.
#[derive(Debug, Clone)]
pub struct Submitted {
    /// The task.
    pub view: View,
    /// Whether it was there already under the same key.
    pub is_replay: bool,
}

/// Why nothing was submitted.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// No attempt could ever do it.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// There is no such agent.
    #[error("there is no agent `{0}`")]
    UnknownAgent(String),
    /// An agent is never without a lane.
    #[error("an agent's access is `read-only` or `write`")]
    UnmanagedAgent,
    /// There is no session to go on with.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// It is to be read-only, and writing is all it does.
    #[error("a {0} task cannot be read-only: writing is what it does")]
    Writes(&'static str),
    /// It is to have a worktree, and cannot.
    #[error("{detail}")]
    NoWorktree {
        /// Why not.
        detail: String,
        /// What can be done instead.
        hint: &'static str,
    },
    /// Its agent is not on this machine, as far as its environment tells.
    #[error("{agent} is not installed: `{program}` is not on the PATH of the task")]
    AgentNotInstalled {
        /// The agent.
        agent: String,
        /// What was looked for.
        program: String,
        /// The command that installs it.
        install_command: &'static str,
    },
    /// It waits for the task that it was submitted from.
    #[error("it would wait for task {ancestor}, which is above it and ends only after it")]
    WouldDeadlock {
        /// The task above it.
        ancestor: TaskId,
    },
    /// It needs the lane that the task it was submitted from holds until it ends.
    #[error("it would write in place where task {ancestor}, which is above it, writes until it ends")]
    LaneHeld {
        /// The task above it.
        ancestor: TaskId,
    },
    /// The task it was submitted from may not ask for that.
    #[error("{detail}")]
    NotAllowed {
        /// What it may not.
        detail: String,
        /// What it may instead.
        hint: &'static str,
    },
    /// The task it would belong to is canceled, or about to be: it would be canceled with it.
    #[error("task {parent}, which it would belong to, is canceled")]
    ParentCanceled {
        /// The parent.
        parent: TaskId,
    },
    /// The store did not take it.
    #[error(transparent)]
    Insert(#[from] InsertError),
}

impl Handle {
    /// Stores a task. When this returns it is on disk.
    pub async fn submit(&self, submission: Submission) -> Result<Submitted, SubmitError> {
        let Submission {
            mut spec,
            says_isolation,
            mut environment,
            parent,
            key,
            actor,
        } = submission;
        let is_known = match &key {
            Some((key, _)) => self.shared.store.is_key_known(key).map_err(InsertError::from)?,
            None => false,
        };
        // A request that came before is answered with its task, whoever uses the session by now.
        self.resolve_session(&mut spec, !is_known)?;
        spec.check()?;
        let is_agent = self.settle_agent(&mut spec, parent)?;
        match (spec.access, spec.isolation) {
            (Access::Unmanaged, _) if is_agent => return Err(SubmitError::UnmanagedAgent),
            (Access::ReadOnly, _) if matches!(spec.work, Work::Clone { .. } | Work::Land(_)) => {
                return Err(SubmitError::Writes(spec.work.kind().word()));
            }
            (Access::Unmanaged | Access::ReadOnly | Access::Write, _) => {}
        }
        self.hold_to_rights(&actor, &mut spec, parent, &mut environment)?;
        let environment = self.environment_for(environment, &actor);
        if !is_known {
            self.refuse_missing_agent(&spec, &environment)?;
        }
        let workspace = workspace::of(Path::new(&spec.cwd)).to_string_lossy().into_owned();
        // Who goes on with a session works in the worktree it began in, whatever is usual.
        if spec.access == Access::Write && !says_isolation && spec.worktree_of.is_none() {
            spec.isolation = self.usual_isolation(&workspace).await?;
        }
        refuse_impossible_worktree(&spec, &workspace)?;
        self.refuse_deadlock(&spec, &workspace, parent)?;
        if let Some(parent) = parent.filter(|parent| reconcile::families::is_canceled(&self.shared, *parent)) {
            return Err(SubmitError::ParentCanceled { parent });
        }
        if spec.idle_timeout_ms.is_none() && !is_agent {
            let idle = self.shared.config.command_idle_timeout;
            spec.idle_timeout_ms = idle.map(|idle| u64::try_from(idle.as_millis()).unwrap_or(u64::MAX));
        }
        let new = NewTask {
            workspace,
            environment: Some(environment),
            environment_of: None,
            spec,
            parent,
            repeats: None,
            key: key.map(|(key, body_hash)| Key { key, body_hash }),
            actor,
            at: self.shared.clock.now(),
            // What is really reached is told by the attempt.
            enforcement: None,
            max_depth: self.shared.config.max_depth,
            max_descendants: self.shared.config.max_descendants,
        };
        let (task, is_replay) = self.shared.insert(new).await?;
        if let Some(parent) = task.parent {
            // A parent that is being canceled takes along what it submits in its last moments.
            spawn(reconcile::families::check(Arc::clone(&self.shared), parent));
        }
        Ok(Submitted {
            view: self.view_of(task),
            is_replay,
        })
    }

    /// Fills in what an agent gets if nobody says otherwise. Says whether it is one.
    fn settle_agent(&self, spec: &mut Spec, parent: Option<TaskId>) -> Result<bool, SubmitError> {
        let config = &self.shared.config;
        let is_helper = scheduler::is_helper(spec, parent);
        let Work::Agent(work) = &mut spec.work else {
            return Ok(false);
        };
        if config.agents.adapter(&work.agent).is_none() {
            return Err(SubmitError::UnknownAgent(work.agent.clone()));
        }
        work.max_parkings = work.max_parkings.min(config.max_parkings);
        let milliseconds = |length: Duration| u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
        spec.idle_timeout_ms = spec.idle_timeout_ms.or(config.agent_idle_timeout.map(milliseconds));
        if is_helper {
            spec.timeout_ms = spec.timeout_ms.or(config.helper_timeout.map(milliseconds));
        }
        Ok(true)
    }

    /// Where writers work in this workspace that do not say it.
    async fn usual_isolation(&self, workspace: &str) -> Result<Isolation, SubmitError> {
        let (places, root) = (self.shared.places(), PathBuf::from(workspace));
        let found = blocking(move || longhaul_worktrees::find(&places, &root)).await;
        let said = match found {
            Some(Ok(found)) => found.and_then(|found| found.project.isolation),
            Some(Err(error)) => {
                // Guessed wrong, it would write in place where the project wants no such thing.
                return Err(SubmitError::NoWorktree {
                    detail: format!("where a writer works cannot be told: {}", chain(&error)),
                    hint: "mend .longhaul.toml, or say it: --isolation in-place or --isolation worktree",
                });
            }
            None => None,
        };
        Ok(said.unwrap_or(self.shared.config.isolation))
    }

    /// An agent that is not there now is not waited for: whoever asks learns at once how to install it.
    fn refuse_missing_agent(&self, spec: &Spec, environment: &BTreeMap<String, String>) -> Result<(), SubmitError> {
        let Work::Agent(work) = &spec.work else { return Ok(()) };
        let agents = &self.shared.config.agents;
        let Some(adapter) = agents.adapter(&work.agent) else {
            return Ok(());
        };
        let program = agents
            .settings(&work.agent)
            .program
            .unwrap_or_else(|| adapter.program().to_owned());
        let search_path = environment.get("PATH").map(String::as_str);
        match agents::find(&program, Path::new(&spec.cwd), search_path) {
            Some(_) => Ok(()),
            None => Err(SubmitError::AgentNotInstalled {
                agent: work.agent.clone(),
                program,
                install_command: adapter.install_command(),
            }),
        }
    }

    /// A child that can start only after its own ancestor has ended would be waited for by it for ever.
    fn refuse_deadlock(&self, spec: &Spec, workspace: &str, parent: Option<TaskId>) -> Result<(), SubmitError> {
        let writes_in_place = spec.access == Access::Write && spec.isolation == Isolation::InPlace;
        let mut above = parent;
        while let Some(ancestor) = above {
            if spec.after.contains(&ancestor) {
                return Err(SubmitError::WouldDeadlock { ancestor });
            }
            let known = self.shared.task(ancestor).ok().flatten();
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

    /// The submitter's environment; without one that of tasks that nobody's shell submits.
    fn environment_for(&self, given: Option<BTreeMap<String, String>>, actor: &Actor) -> BTreeMap<String, String> {
        let Some(given) = given else {
            return self.environment_without_submitter();
        };
        // What a task hands on is not what its user's shell has: the daemon itself looks for programs with the latter.
        if !matches!(actor, Actor::Task(_)) {
            self.last_environment().clone_from(&given);
        }
        given
    }

    /// The configured environment, else the last one seen from a shell.
    pub(super) fn environment_without_submitter(&self) -> BTreeMap<String, String> {
        if self.shared.config.environment.is_empty() {
            self.last_environment().clone()
        } else {
            self.shared.config.environment.clone()
        }
    }

    fn last_environment(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.shared
            .last_environment
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Refuses early what its first step would refuse. What may still come into being is not refused.
fn refuse_impossible_worktree(spec: &Spec, workspace: &str) -> Result<(), SubmitError> {
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
    if !matches!(spec.work, Work::Command { .. } | Work::Agent(_)) {
        return refuse(
            format!("a {} needs no worktree", spec.work.kind()),
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
