//! What the next attempt of a task takes over from the one before: the session it goes on with, and what was spent.

use longhaul_agents::UsageScope;
use longhaul_model::{Facts, Session, Task, Usage};

use super::asked::AgentRequest;
use crate::config::Config;

/// What is known of an attempt that is about to be claimed.
///
/// After a usage limit it goes on with the session that reached it. Otherwise it begins as the spec says: with a new
/// session, or with the one to resume unless that is known to be gone.
pub(super) fn carried(task: &Task, config: &Config) -> Facts {
    let Ok(asked) = AgentRequest::of(&task.spec, config) else {
        return Facts::default();
    };
    let before = &task.facts;
    let parked = before.session.as_ref().filter(|_| before.is_parked);
    let asked_for = asked.work.resume.as_ref().filter(|_| task.life.fresh_starts == 0);
    let resumed = parked.map(|session| &session.id).or(asked_for).cloned();
    let is_of_this_task = before.session.as_ref().map(|session| &session.id) == resumed.as_ref();
    Facts {
        session: resumed.as_ref().map(|id| Session {
            id: id.clone(),
            resume_command: asked.adapter.resume_command(id),
        }),
        earlier_session_usage: before.session_usage.clone().filter(|_| is_of_this_task),
        resumed,
        earlier_usage: before.usage.clone(),
        usage: before.usage.clone(),
        note: before.note.clone(),
        worktree: before.worktree.clone(),
        ..Facts::default()
    }
}

/// What a session had cost before, as the newest other task of it knows; nothing if no task here ever had it, or if the
/// agent does not count by session.
pub(crate) fn earlier_session_usage(task: &Task, other: &Task, config: &Config) -> Option<Usage> {
    let asked = AgentRequest::of(&task.spec, config).ok()?;
    if asked.adapter.usage_scope() == UsageScope::Run {
        return None;
    }
    // A run that was stopped before it told a figure counts with the next one of its session.
    let known = other.facts.session_usage.clone();
    Some(
        known
            .or_else(|| other.facts.earlier_session_usage.clone())
            .unwrap_or_default(),
    )
}
