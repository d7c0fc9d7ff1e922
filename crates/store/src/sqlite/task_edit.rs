//! Changing what is asked of a task that has not started.

use longhaul_model::{Actor, AttemptNumber, Effect, Event, MAY_BE_EDITED, Rejected, Task, Waits, transition};

use crate::acts::{Applied, Edit, EditError, StoreFault};
use crate::sqlite::journal::{self, Step};
use crate::sqlite::life_write::{Expected, compare_and_set};
use crate::sqlite::notifications;
use crate::sqlite::row::{damaged, id, json, keepable};
use crate::sqlite::task_insert::{labels, queue_exists};
use crate::sqlite::task_read::stored_task;
use crate::sqlite::work::Work;
use crate::sqlite::{dependency, search};

/// Puts the new spec in place of the old one.
pub(crate) fn task_edit(work: &mut Work<'_>, edit: &Edit) -> Result<Applied, EditError> {
    let at = keepable(edit.at);
    let found = stored_task(work.conn, edit.task)?.ok_or(EditError::Unknown(edit.task))?;
    let (mut task, number) = (found.task, found.history_count + 1);
    // A task between two attempts waits too, but its spec has run.
    if !MAY_BE_EDITED.contains(&task.state()) || task.life.attempt != AttemptNumber(0) {
        return Err(EditError::NotEditable { task: Box::new(task) });
    }
    let dependencies = dependency::look(work, &edit.spec.after)?;
    if let Some(path) = dependency::cycle(work, task.id, &edit.spec.after)? {
        return Err(EditError::DependencyCycle { path });
    }
    let before = Expected::of(&task);
    let waits = Waits {
        dependencies: dependencies.unmet,
        ..edit.waits.clone()
    };
    let edited = Event::Edited {
        waits,
        policy: longhaul_model::Policy {
            max_parkings: task.life.policy.max_parkings,
            ..edit.spec.policy()
        },
    };
    let (life, effects) = match transition(&task.life, &edited, at) {
        Ok(decided) => decided,
        // A new name or label is news to the spec, not to the life.
        Err(Rejected::NothingToDo) => (task.life.clone(), vec![Effect::Dispatch]),
        Err(rejected) => return Err(unexpected(&task, &rejected).into()),
    };
    task.life = life;
    task.spec = edit.spec.clone();
    store(work, before, &task, number)?;
    record(work, before, &task, number, at, edited.name(), &edit.actor)?;

    let Some((broken, state)) = dependencies.broken else {
        return Ok(Applied { task, effects });
    };
    let before = Expected::of(&task);
    let ended = Event::DependencyEnded { task: broken, state };
    let (life, effects) = transition(&task.life, &ended, at).map_err(|rejected| unexpected(&task, &rejected))?;
    task.life = life;
    if !compare_and_set(work, before, &task, number + 1)? {
        return Err(EditError::Stale(task.id));
    }
    record(work, before, &task, number + 1, at, ended.name(), &Actor::Daemon)?;
    notifications::note(work, &task, Some(before.state), at)?;
    Ok(Applied { task, effects })
}

fn store(work: &mut Work<'_>, before: Expected, task: &Task, history_count: i64) -> Result<(), EditError> {
    if !compare_and_set(work, before, task, history_count)? {
        return Err(EditError::Stale(task.id));
    }
    let spec = &task.spec;
    queue_exists(work, &spec.queue)?;
    work.run(
        "UPDATE tasks SET queue = ?1, priority = ?2, kind = ?3, origin_session = ?4, agent = ?5, origin_key = ?6 WHERE id = ?7",
        (
            spec.queue.as_str(),
            spec.priority,
            spec.work.kind().word(),
            &spec.origin.session,
            spec.work.agent().map(|agent| &agent.agent),
            &spec.origin.key,
            id(task.id),
        ),
    )?;
    work.run("UPDATE specs SET spec = ?1 WHERE task = ?2", (json(spec), id(task.id)))?;
    work.run("DELETE FROM labels WHERE task = ?1", [id(task.id)])?;
    labels(work, task.id, spec)?;
    dependency::replace(work, task.id, &spec.after)?;
    Ok(search::replace(work, task, None)?)
}

fn record(
    work: &mut Work<'_>,
    before: Expected,
    task: &Task,
    number: i64,
    at: jiff::Timestamp,
    event: &str,
    actor: &Actor,
) -> Result<(), StoreFault> {
    let (from, to) = (Some(before.state), task.state());
    journal::record(
        work,
        &Step {
            task: task.id,
            number,
            at,
            event,
            from,
            to,
            actor,
            detail: None,
        },
    )
}

/// The states were checked above, so that only a life which contradicts itself comes here.
fn unexpected(task: &Task, rejected: &Rejected) -> StoreFault {
    damaged(Some(task.id), "life", rejected).into()
}
