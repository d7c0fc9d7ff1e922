//! Storing a decision: by compare-and-set on (task, state, fence), never otherwise.

use longhaul_model::{Fence, StateName, Task, TaskId};

use crate::acts::StoreFault;
use crate::sqlite::row::{id, json, micros, stored};
use crate::sqlite::work::Work;

/// Where a task stood when the decision was made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected {
    task: TaskId,
    pub(super) state: StateName,
    fence: Fence,
    needs_attention: bool,
}

impl Expected {
    pub(super) fn of(task: &Task) -> Self {
        Self {
            task: task.id,
            state: task.state(),
            fence: task.life.fence,
            needs_attention: task.needs_attention(),
        }
    }
}

/// Stores what changed about `after` if the task still stands where it stood. False if it does not: then nothing is
/// stored.
pub(super) fn compare_and_set(
    work: &mut Work<'_>,
    before: Expected,
    after: &Task,
    history_count: i64,
) -> Result<bool, StoreFault> {
    let ended_at = after.life.state.ended().map(|ended| micros(ended.at));
    let changed = work.run(
        "UPDATE tasks SET state = ?1, fence = ?2, attempt = ?3, started_at = ?4, ended_at = ?5, queue_ms = ?6, \
         life = ?7, facts = ?8, history_count = ?9, session = ?13 WHERE id = ?10 AND state = ?11 AND fence = ?12",
        (
            after.state().word(),
            stored(after.life.fence.0),
            after.life.attempt.0,
            after.started_at.map(micros),
            ended_at,
            stored(after.queue_ms),
            json(&after.life),
            json(&after.facts),
            history_count,
            id(before.task),
            before.state.word(),
            stored(before.fence.0),
            after.facts.session.as_ref().map(|session| &session.id),
        ),
    )?;
    if changed == 0 {
        return Ok(false);
    }
    work.tally.removed(before.state, before.needs_attention);
    work.tally.added(after);
    Ok(true)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use longhaul_model::{Actor, Event, Spec, Work as Kind, transition};

    use super::*;
    use crate::acts::{Apply, NewTask};
    use crate::sqlite::migrate::{MIGRATIONS, migrate};
    use crate::sqlite::tally::Tally;
    use crate::sqlite::task_apply::task_apply;
    use crate::sqlite::task_insert::{Prepared, task_insert};
    use crate::sqlite::task_read::stored_task;
    use crate::sqlite::work::RequestIsolation;

    fn inserted(work: &mut Work<'_>) -> Task {
        let new = NewTask {
            spec: Spec::new(
                Kind::Command {
                    command: vec!["true".to_owned()],
                },
                "/w",
            ),
            workspace: "/w".to_owned(),
            environment: None,
            environment_of: None,
            parent: None,
            repeats: None,
            key: None,
            actor: Actor::User,
            at: Timestamp::UNIX_EPOCH,
            enforcement: None,
            max_depth: 5,
            max_descendants: 100,
        };
        task_insert(work, &Prepared::of(new)).expect("stored").task
    }

    fn tell(work: &mut Work<'_>, task: &Task, event: Event) -> Task {
        let boot = Some("boot".to_owned());
        let apply = Apply {
            boot,
            ..Apply::new(task.id, event, Actor::Daemon, Timestamp::UNIX_EPOCH)
        };
        task_apply(work, &apply).expect("taken").task
    }

    /// A decision that was made about the first claim must not be stored once a second claim owns the task, although
    /// the task is `running` in both.
    #[test]
    fn a_decision_about_an_older_claim_is_not_stored() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.db");
        let mut conn = rusqlite::Connection::open(&path).expect("a database");
        migrate(&mut conn, &path, MIGRATIONS).expect("a schema");
        let tally = Tally::load(&conn).expect("readable").expect("there");
        let mut work = Work::new(&conn, tally, RequestIsolation::Savepoint);
        let task = inserted(&mut work);
        let running = tell(&mut work, &task, Event::Claimed { fence: Fence(1) });
        let asked = Event::CancelRequested {
            by: Actor::User,
            reason: None,
        };
        let (life, _) = transition(&running.life, &asked, Timestamp::UNIX_EPOCH).expect("decided");
        let decided = Task {
            life,
            ..running.clone()
        };

        tell(&mut work, &task, Event::NeverStarted { fence: Fence(1) });
        let now = tell(&mut work, &task, Event::Claimed { fence: Fence(2) });
        assert_eq!(now.state(), running.state());
        let counted = work.tally;
        assert!(!compare_and_set(&mut work, Expected::of(&running), &decided, 9).expect("asked"));
        assert_eq!(
            stored_task(work.conn, task.id).expect("readable").expect("there").task,
            now
        );
        assert_eq!(work.tally, counted);
        assert!(compare_and_set(&mut work, Expected::of(&now), &now, 9).expect("asked"));
    }
}
