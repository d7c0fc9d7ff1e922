//! Which session a new task goes on with: one that is named, that of a task, or the latest of a subject.

use std::path::{Path, PathBuf};

use longhaul_model::{Access, Session, Spec, Task, TaskId};
use longhaul_store::StoreFault;

use super::session_error::SessionError;
use super::submitter::Submitter;
use crate::workspace;

/// What `resume` says for the latest session among the tasks of the same origin key.
const OF_ORIGIN: &str = "origin";

impl Submitter {
    /// Puts the session in the place of what was said about it; agent and folder come from the task that had it.
    /// Unless told otherwise, one that somebody uses is refused.
    pub(super) async fn resolve_session(&self, spec: &mut Spec, must_be_free: bool) -> Result<(), SessionError> {
        let Some(work) = spec.work.agent_mut() else {
            return Ok(());
        };
        let Some(typed) = work.resume.take() else { return Ok(()) };
        let is_number = typed.bytes().all(|b| b.is_ascii_digit());
        if typed == OF_ORIGIN {
            let (key, agent) = (spec.origin.key.as_deref(), work.agent.clone());
            let key = key.ok_or(SessionError::KeyMissing)?;
            if agent.is_empty() {
                return Err(SessionError::AgentMissing { session: typed });
            }
            // The first task of a subject has nothing to go on with, and is none the worse for it.
            return match self.ledger.stored().task_of_origin_key(key, &agent).await? {
                Some(task) => self.go_on_with(&task, spec, must_be_free),
                None => Ok(()),
            };
        }
        if let Some(id) = typed.parse::<TaskId>().ok().filter(|_| is_number) {
            let task = self.ledger.task(id).await?.ok_or(SessionError::UnknownTask(id))?;
            return self.go_on_with(&task, spec, must_be_free);
        }
        match self.ledger.stored().task_of_session(&typed, None).await? {
            Some(task) => self.go_on_with(&task, spec, must_be_free),
            None if work.agent.is_empty() => Err(SessionError::AgentMissing { session: typed }),
            // It becomes an argument of the agent's command line.
            None if typed.starts_with('-') || typed.chars().any(|c| c.is_whitespace() || c.is_control()) => {
                Err(SessionError::NotAnId(typed))
            }
            None => {
                work.resume = Some(typed);
                Ok(())
            }
        }
    }

    fn go_on_with(&self, task: &Task, spec: &mut Spec, must_be_free: bool) -> Result<(), SessionError> {
        let (Some(session), Some(theirs)) = (&task.facts.session, task.spec.work.agent()) else {
            return Err(SessionError::None(task.id));
        };
        if must_be_free {
            self.refuse_session_in_use(&session.id, &spec.after)?;
        }
        let Some(work) = spec.work.agent_mut() else {
            return Ok(());
        };
        if work.agent.is_empty() {
            work.agent.clone_from(&theirs.agent);
        } else if work.agent != theirs.agent {
            return Err(SessionError::OtherAgent {
                asked: work.agent.clone(),
                theirs: theirs.agent.clone(),
            });
        }
        work.resume = Some(session.id.clone());
        spec.cwd.clone_from(&task.spec.cwd);
        // Agents hang or fail when a session goes on in another folder than it began in.
        match &task.facts.worktree {
            Some(_) if spec.access == Access::Write => {
                spec.isolation = longhaul_model::Isolation::Worktree;
                spec.worktree_of = Some(workspace::tree_of(task));
            }
            Some(worktree) if Path::new(&worktree.path).is_dir() => {
                let below = Path::new(&task.spec.cwd)
                    .strip_prefix(&task.workspace)
                    .unwrap_or(Path::new(""));
                // Joined with nothing it would get a slash at its end.
                let within: PathBuf = Path::new(&worktree.path)
                    .components()
                    .chain(below.components())
                    .collect();
                spec.cwd = within.to_string_lossy().into_owned();
            }
            _ => {}
        }
        Ok(())
    }

    /// Two runs of one session at once would write over each other, or one of them fails. Those that are waited for are
    /// over by then.
    pub(super) fn refuse_session_in_use(&self, session: &str, after: &[TaskId]) -> Result<(), SessionError> {
        let board = self.ledger.board();
        let has_it = |known: Option<&Session>| known.is_some_and(|known| known.id == session);
        let user = board.tasks().find(|task| {
            let will = task.spec.work.agent().and_then(|work| work.resume.as_deref()) == Some(session);
            (will || has_it(task.facts.session.as_ref())) && !after.contains(&task.id)
        });
        user.map_or(Ok(()), |task| Err(SessionError::InUse(task.id)))
    }

    /// The session that a further task of this one's chain goes on with: its own, else the latest of its subject.
    pub(super) async fn session_after(&self, task: &Task) -> Result<Option<String>, StoreFault> {
        let Some(work) = task.spec.work.agent() else {
            return Ok(None);
        };
        if let Some(session) = &task.facts.session {
            return Ok(Some(session.id.clone()));
        }
        if work.resume.is_some() {
            return Ok(work.resume.clone());
        }
        let Some(key) = &task.spec.origin.key else {
            return Ok(None);
        };
        let latest = self.ledger.stored().task_of_origin_key(key, &work.agent).await?;
        // One that began in another folder cannot go on in this one.
        let latest = latest.filter(|latest| latest.spec.cwd == task.spec.cwd && latest.facts.worktree.is_none());
        Ok(latest.and_then(|latest| latest.facts.session).map(|session| session.id))
    }
}
