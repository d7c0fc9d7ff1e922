//! Submitting a task: checks in spoken order, then all its rows.

use jiff::Timestamp;
use longhaul_model::{
    Actor, Enforcement, Event, Facts, Fence, Life, QueueName, Spec, StateName, Task, TaskId, UnmetPrerequisite, Waits,
    transition,
};

use rusqlite::Connection;

use crate::acts::{InsertError, Inserted, Key, NewTask, StoreFault};
use crate::sqlite::dependency::{self, Dependencies};
use crate::sqlite::environment::Packed;
use crate::sqlite::journal::{self, Step};
use crate::sqlite::notifications;
use crate::sqlite::row::{damaged, id, json, keepable, micros, number, state, stored, task_id};
use crate::sqlite::task_read::stored_task;
use crate::sqlite::work::Work;
use crate::sqlite::{environment, query, queue_set, search};

/// A task on its way to the writer, with what can be made of it beforehand.
pub(crate) struct Prepared {
    new: NewTask,
    spec: String,
    environment: Option<Packed>,
}

impl Prepared {
    pub(crate) fn of(mut new: NewTask) -> Self {
        let environment = new.environment.take().map(|environment| Packed::of(&environment));
        Self {
            spec: json(&new.spec),
            environment,
            new,
        }
    }
}

/// Stores a task, or finds the one under its key.
pub(crate) fn task_insert(work: &mut Work<'_>, prepared: &Prepared) -> Result<Inserted, InsertError> {
    let new = &prepared.new;
    if let Some(key) = &new.key
        && let Some(task) = replayed(work, key)?
    {
        return Ok(Inserted { task, replayed: true });
    }
    let lineage = lineage(work, new)?;
    let chain = chain(work, new)?;
    let dependencies = dependency::look(work, &new.spec.after)?;
    let environment = environment_row(work, prepared.environment.as_ref(), new.environment_of)?;

    let at = keepable(new.at);
    let exhausted = || StoreFault::Corrupt {
        detail: "no task id is left".to_owned(),
    };
    let id = work.tally.next_task().ok_or_else(exhausted)?;
    let submitted = Life::submitted(at, waits(&new.spec, &dependencies), new.spec.policy());
    let task = Task {
        id,
        life: submitted,
        created_at: at,
        workspace: new.workspace.clone(),
        parent: new.parent,
        retry_of: new.repeats.map(|repeat| repeat.of),
        retried_by: None,
        chain: chain.unwrap_or(id),
        started_at: None,
        queue_ms: 0,
        facts: Facts::default(),
        enforcement: new.enforcement,
        acknowledged_at: None,
        rank: stored(id.get()),
        spec: new.spec.clone(),
    };
    let (task, steps) = settle(task, &dependencies, at)?;
    let placed = Placed {
        root: lineage.root.unwrap_or(id),
        level: lineage.level,
        spec: &prepared.spec,
        environment,
    };
    rows(work, &task, &placed, steps.len())?;
    for (place, (event, from, to, actor)) in (1..).zip(&steps) {
        let actor = actor.as_ref().unwrap_or(&new.actor);
        let step = Step {
            task: id,
            number: place,
            at,
            event,
            from: *from,
            to: *to,
            actor,
            detail: None,
        };
        journal::record(work, &step)?;
    }
    notifications::note(work, &task, None, at)?;
    if let Some(Key { key, body_hash }) = &new.key {
        let sql = "INSERT INTO idempotency_keys (key, body_hash, task) VALUES (?1, ?2, ?3)";
        work.run(sql, (key, body_hash, stored(id.get())))?;
    }
    if chain.is_some() {
        replaced(work, &task, at)?;
    }
    work.tally.added(&task);
    Ok(Inserted { task, replayed: false })
}

/// Whether a task was stored under this key.
pub(crate) fn is_key_known(conn: &Connection, key: &str) -> Result<bool, StoreFault> {
    let sql = "SELECT 1 FROM idempotency_keys WHERE key = ?1";
    Ok(query::one(conn, sql, [key], |_| Ok(()))?.is_some())
}

/// The task that was stored under the same key for the same request.
fn replayed(work: &Work<'_>, key: &Key) -> Result<Option<Task>, InsertError> {
    let sql = "SELECT task, body_hash FROM idempotency_keys WHERE key = ?1";
    let found: Option<(i64, String)> = work.one(sql, [&key.key], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let Some((task, body_hash)) = found else {
        return Ok(None);
    };
    let task = task_id(task, None, "task").map_err(StoreFault::from)?;
    if body_hash != key.body_hash {
        return Err(InsertError::KeyReused { task });
    }
    let missing = || {
        StoreFault::from(damaged(
            Some(task),
            "idempotency_keys",
            "it names a task that is not there",
        ))
    };
    Ok(Some(stored_task(work.conn, task)?.ok_or_else(missing)?.task))
}

struct Lineage {
    level: u32,
    /// Nothing for a task that is its own root.
    root: Option<TaskId>,
}

/// Where the task stands among tasks inside tasks.
fn lineage(work: &Work<'_>, new: &NewTask) -> Result<Lineage, InsertError> {
    let Some(parent) = new.parent else {
        return Ok(Lineage { level: 1, root: None });
    };
    let sql = "SELECT level, root FROM tasks WHERE id = ?1";
    let found: Option<(u32, i64)> = work.one(sql, [id(parent)], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (parent_level, root) = found.ok_or(InsertError::UnknownParent(parent))?;
    if parent_level >= new.max_depth {
        return Err(InsertError::TooDeep {
            max_depth: new.max_depth,
        });
    }
    let sql = "SELECT count(*) FROM tasks WHERE root = ?1 AND parent IS NOT NULL";
    let below: Option<i64> = work.one(sql, [root], |row| row.get(0))?;
    let root = task_id(root, Some(parent), "root").map_err(StoreFault::from)?;
    if number(below.unwrap_or(0)) >= u64::from(new.max_descendants) {
        return Err(InsertError::TooManyDescendants {
            root,
            max_descendants: new.max_descendants,
        });
    }
    Ok(Lineage {
        level: parent_level + 1,
        root: Some(root),
    })
}

/// The chain of the task that is repeated; nothing for a first.
fn chain(work: &Work<'_>, new: &NewTask) -> Result<Option<TaskId>, InsertError> {
    let Some(repeat) = new.repeats else { return Ok(None) };
    let sql = "SELECT state, chain FROM tasks WHERE id = ?1";
    let found: Option<(String, i64)> = work.one(sql, [id(repeat.of)], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (word, chain) = found.ok_or(InsertError::UnknownTask(repeat.of))?;
    let state = state(&word, Some(repeat.of), "state").map_err(StoreFault::from)?;
    if !state.is_terminal() {
        return Err(InsertError::NotTerminal(repeat.of));
    }
    if state == StateName::Completed && !repeat.force {
        return Err(InsertError::CompletedWithoutForce(repeat.of));
    }
    let sql = "SELECT id FROM tasks WHERE chain = ?1 AND state IN ('waiting', 'queued', 'running')";
    if let Some(active) = work.one(sql, [chain], |row| row.get(0))? {
        return Err(InsertError::ChainActive(
            task_id(active, None, "id").map_err(StoreFault::from)?,
        ));
    }
    Ok(Some(
        task_id(chain, Some(repeat.of), "chain").map_err(StoreFault::from)?,
    ))
}

fn environment_row(
    work: &Work<'_>,
    own: Option<&Packed>,
    shared_with: Option<TaskId>,
) -> Result<Option<i64>, InsertError> {
    match (own, shared_with) {
        (Some(environment), _) => Ok(Some(environment::keep(work, environment)?)),
        (None, Some(task)) => environment::row_of(work, task)?.ok_or(InsertError::UnknownEnvironment(task)),
        (None, None) => Ok(None),
    }
}

/// What a new task waits for. A prerequisite counts as unmet until it is first probed.
fn waits(spec: &Spec, dependencies: &Dependencies) -> Waits {
    let unprobed = |prerequisite| UnmetPrerequisite {
        prerequisite,
        detail: None,
    };
    Waits {
        held: spec.hold,
        dependencies: dependencies.unmet.clone(),
        prerequisites: spec.requires.iter().cloned().map(unprobed).collect(),
        not_before: spec.not_before,
        ..Waits::default()
    }
}

/// An event, the state it left, the state it led to, and who did it if that was not the submitter.
type Taken = (&'static str, Option<StateName>, StateName, Option<Actor>);

/// The task as it stands once it knows how its dependencies stand, and the steps it took.
fn settle(mut task: Task, dependencies: &Dependencies, at: Timestamp) -> Result<(Task, Vec<Taken>), StoreFault> {
    let submitted = task.state();
    let mut steps: Vec<Taken> = vec![("submitted", None, submitted, None)];
    if let Some((broken, state)) = dependencies.broken {
        let event = Event::DependencyEnded { task: broken, state };
        let refused = |rejected| damaged(Some(task.id), "life", format!("{rejected}"));
        (task.life, _) = transition(&task.life, &event, at).map_err(refused)?;
        steps.push((event.name(), Some(submitted), task.state(), Some(Actor::Daemon)));
    }
    Ok((task, steps))
}

struct Placed<'a> {
    root: TaskId,
    level: u32,
    spec: &'a str,
    environment: Option<i64>,
}

fn rows(work: &mut Work<'_>, task: &Task, placed: &Placed<'_>, history_count: usize) -> Result<(), StoreFault> {
    let Task { spec, life, .. } = task;
    queue_exists(work, &spec.queue)?;
    debug_assert_eq!(life.fence, Fence::default(), "a new task has no claim");
    work.run(
        "INSERT INTO tasks (id, state, queue, priority, rank, fence, attempt, kind, workspace, parent, root, level, \
         retry_of, chain, origin_session, created_at, ended_at, enforcement, history_count, life, facts, agent, origin_key) \
         VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)",
        rusqlite::params![
            id(task.id),
            task.state().word(),
            spec.queue.as_str(),
            spec.priority,
            task.rank,
            spec.work.kind().word(),
            task.workspace,
            task.parent.map(id),
            id(placed.root),
            placed.level,
            task.retry_of.map(id),
            id(task.chain),
            spec.origin.session,
            micros(task.created_at),
            life.state.ended().map(|ended| micros(ended.at)),
            task.enforcement.map(Enforcement::word),
            stored(history_count as u64),
            json(life),
            json(&task.facts),
            spec.work.agent().map(|agent| &agent.agent),
            spec.origin.key,
        ],
    )?;
    let sql = "INSERT INTO specs (task, spec, environment) VALUES (?1, ?2, ?3)";
    work.run(sql, (id(task.id), placed.spec, placed.environment))?;
    labels(work, task.id, spec)?;
    dependency::add(work, task.id, &spec.after)?;
    search::add(work, task.id, spec)
}

/// Creates a queue on its first use.
pub(super) fn queue_exists(work: &Work<'_>, name: &QueueName) -> Result<(), StoreFault> {
    if work
        .one("SELECT 1 FROM queues WHERE name = ?1", [name.as_str()], |_| Ok(()))?
        .is_none()
    {
        queue_set::put(work, &longhaul_model::Queue::new(name.clone()))?;
    }
    Ok(())
}

/// Writes down the labels of a task that has none yet.
pub(super) fn labels(work: &Work<'_>, task: TaskId, spec: &Spec) -> Result<(), StoreFault> {
    for (key, value) in &spec.labels {
        work.run(
            "INSERT INTO labels (task, key, value) VALUES (?1, ?2, ?3)",
            (id(task), key, value),
        )?;
    }
    Ok(())
}

/// Makes every earlier task of the chain name `newest`. Those that listen hear it of the task that was repeated, and
/// of the one that was the newest until now.
fn replaced(work: &mut Work<'_>, newest: &Task, at: Timestamp) -> Result<(), StoreFault> {
    let needing: Option<i64> = work.one(
        "SELECT count(*) FROM tasks WHERE chain = ?1 AND id < ?2 AND state IN ('failed', 'interrupted') \
         AND retried_by IS NULL AND acknowledged_at IS NULL",
        (id(newest.chain), id(newest.id)),
        |row| row.get(0),
    )?;
    let told: Vec<i64> = work.all(
        "SELECT id FROM tasks WHERE chain = ?1 AND id < ?2 AND (id = ?3 OR retried_by IS NULL) ORDER BY id",
        (id(newest.chain), id(newest.id), newest.retry_of.map(id)),
        |row| row.get(0),
    )?;
    let sql = "UPDATE tasks SET retried_by = ?1 WHERE chain = ?2 AND id < ?1";
    work.run(sql, (id(newest.id), id(newest.chain)))?;
    work.tally.attention_changed(-needing.unwrap_or(0));
    for earlier in told {
        journal::emit(work, task_id(earlier, None, "id")?, "repeated", at)?;
    }
    Ok(())
}
