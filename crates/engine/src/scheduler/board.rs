//! The active tasks as the dispatcher sees them: a copy of what the store holds, indexed for its questions.
//!
//! The board decides nothing and is never the truth: it is filled from the store at the start, kept current with every
//! answer of the store, and compared with it now and then. Who lends a slot to whom is in `slots`.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use longhaul_model::{Queue, QueueLimits, QueueName, State, StateName, Task, TaskId, Waits};

use super::lane_rules::LaneRules;
use super::place::{LinePlace, place};
use super::usage_limits::UsageLimits;

/// The active tasks, the queues, and who lends a slot to whom.
#[derive(Debug, Default)]
pub(crate) struct Board {
    pub(super) tasks: HashMap<TaskId, Arc<Task>>,
    lines: BTreeMap<QueueName, BTreeSet<LinePlace>>,
    pub(super) running: BTreeMap<QueueName, BTreeSet<TaskId>>,
    /// Waiting tasks by the time at which they must be looked at.
    wakes: BTreeSet<(Timestamp, TaskId)>,
    /// Tasks by the one that they were submitted from.
    children: HashMap<TaskId, BTreeSet<TaskId>>,
    /// Waiting tasks by what they depend on.
    dependents: HashMap<TaskId, BTreeSet<TaskId>>,
    /// Tasks that wait for nothing but prerequisites.
    probed: BTreeSet<TaskId>,
    pub(crate) queues: BTreeMap<QueueName, Queue>,
    pub(crate) limits: QueueLimits,
    /// How many read-only helpers may run at once for one parent.
    pub(crate) max_helpers: u32,
    /// Until when the usage limits of agents hold, as far as anybody found out.
    pub(crate) usage_limits: UsageLimits,
    /// What holds for the lanes of workspaces.
    pub(crate) lanes: LaneRules,
    /// Running tasks that use the slot of an ancestor which waits.
    pub(super) borrowed: HashMap<TaskId, TaskId>,
    /// Tasks that wait for these descendants of theirs; a task waits for the same one as often as it is listed.
    pub(super) lenders: HashMap<TaskId, Vec<TaskId>>,
    /// Running tasks whose end is known and about to be recorded: their slots are as good as free.
    pub(super) ending: HashSet<TaskId>,
    /// Ids of tasks that are known to be over, so that late news does not bring them back.
    pub(super) over: HashSet<TaskId>,
    /// How many active tasks the store holds that nobody can read; they are not here.
    pub(crate) unreadable: usize,
}

impl Board {
    /// Takes in what the store answered about a task, unless something newer is known. Says whether its prerequisites
    /// want probing and did not before.
    pub(crate) fn update(&mut self, task: Arc<Task>) -> bool {
        let id = task.id;
        let is_old = |known: &Arc<Task>| known.life.step > task.life.step;
        if self.over.contains(&id) || self.tasks.get(&id).is_some_and(is_old) {
            return false;
        }
        let was_probed = self.probed.contains(&id);
        self.remove(id);
        self.ending.remove(&id);
        if task.state() != StateName::Running {
            self.borrowed.remove(&id);
        }
        match &task.life.state {
            State::Waiting(waiting) => {
                self.wakes.extend(task.life.wake_at().map(|at| (at, id)));
                if let (Some(work), Some(until)) = (task.spec.work.agent(), waiting.waits.usage_limit) {
                    self.usage_limits.note(&work.agent, until, waiting.since);
                }
                for dependency in &waiting.waits.dependencies {
                    self.dependents.entry(*dependency).or_default().insert(id);
                }
                if waits_for_prerequisites_alone(&waiting.waits) {
                    self.probed.insert(id);
                }
            }
            State::Queued { .. } => {
                let line = self.lines.entry(task.spec.queue.clone()).or_default();
                line.insert(place(&task));
            }
            State::Running(_) => {
                self.running.entry(task.spec.queue.clone()).or_default().insert(id);
            }
            State::Completed(_) | State::Failed(_) | State::Canceled(_) | State::Interrupted(_) => {
                self.over.insert(id);
                return false;
            }
        }
        if let Some(parent) = task.parent {
            self.children.entry(parent).or_default().insert(id);
        }
        self.tasks.insert(id, task);
        !was_probed && self.probed.contains(&id)
    }

    pub(super) fn remove(&mut self, id: TaskId) {
        let Some(known) = self.tasks.remove(&id) else { return };
        if let Some(parent) = known.parent {
            remove_from(&mut self.children, &parent, &id);
        }
        match &known.life.state {
            State::Waiting(waiting) => {
                if let Some(at) = known.life.wake_at() {
                    self.wakes.remove(&(at, id));
                }
                for dependency in &waiting.waits.dependencies {
                    remove_from(&mut self.dependents, dependency, &id);
                }
                self.probed.remove(&id);
            }
            State::Queued { .. } => {
                let queue = &known.spec.queue;
                if let Some(line) = self.lines.get_mut(queue) {
                    line.remove(&place(&known));
                    if line.is_empty() {
                        self.lines.remove(queue);
                    }
                }
            }
            State::Running(_) => {
                let queue = &known.spec.queue;
                if let Some(running) = self.running.get_mut(queue) {
                    running.remove(&id);
                    if running.is_empty() {
                        self.running.remove(queue);
                    }
                }
            }
            State::Completed(_) | State::Failed(_) | State::Canceled(_) | State::Interrupted(_) => {}
        }
    }

    /// Leaves a task alone whose record cannot be used, as if it had not been readable at the start.
    pub(crate) fn forget(&mut self, id: TaskId) {
        self.remove(id);
        self.ending.remove(&id);
        self.borrowed.remove(&id);
        self.unreadable += 1;
    }

    /// The queued tasks that would only find their agent's usage limit reached, and until when. One that would rather
    /// fail than wait is not among them.
    pub(crate) fn limited(&mut self, now: Timestamp) -> Vec<(TaskId, Timestamp)> {
        self.usage_limits.drop_past(now);
        if self.usage_limits.is_empty() {
            return Vec::new();
        }
        let queued = self
            .lines
            .values()
            .flatten()
            .filter_map(|place| self.tasks.get(&place.2));
        let limit = |task: &Arc<Task>| {
            let work = task.spec.work.agent().filter(|_| task.life.policy.max_parkings > 0)?;
            Some((task.id, self.usage_limits.until(&work.agent)?))
        };
        queued.filter_map(limit).collect()
    }

    /// A task that is not over; nothing otherwise.
    pub(crate) fn task(&self, id: TaskId) -> Option<&Arc<Task>> {
        self.tasks.get(&id)
    }

    /// How many tasks wait, are queued, and run.
    pub(crate) fn counts(&self) -> [usize; 3] {
        let queued = self.lines.values().map(BTreeSet::len).sum();
        let running = self.running.values().map(BTreeSet::len).sum();
        [self.tasks.len() - queued - running, queued, running]
    }

    pub(crate) fn tasks(&self) -> impl Iterator<Item = &Arc<Task>> {
        self.tasks.values()
    }

    pub(crate) fn running(&self) -> impl Iterator<Item = &Arc<Task>> {
        self.running.values().flatten().filter_map(|id| self.tasks.get(id))
    }

    /// When the next waiting task must be looked at; nothing if none must.
    pub(crate) fn next_wake(&self) -> Option<Timestamp> {
        self.wakes.first().map(|(at, _)| *at)
    }

    /// The waiting tasks that must be looked at by now.
    pub(crate) fn due(&self, now: Timestamp) -> Vec<TaskId> {
        self.wakes
            .iter()
            .take_while(|(at, _)| *at <= now)
            .map(|(_, id)| *id)
            .collect()
    }

    /// A due task, which then is not due again until something is known about it.
    pub(crate) fn take_due(&mut self, id: TaskId) -> Option<Arc<Task>> {
        let task = Arc::clone(self.tasks.get(&id)?);
        if let Some(at) = task.life.wake_at() {
            self.wakes.remove(&(at, id));
        }
        Some(task)
    }

    /// Notes that a running task's end is about to be recorded.
    pub(crate) fn note_ending(&mut self, id: TaskId) {
        if self.tasks.contains_key(&id) {
            self.ending.insert(id);
        }
    }

    /// Whether a task's end is about to be recorded.
    pub(crate) fn is_ending(&self, id: TaskId) -> bool {
        self.ending.contains(&id)
    }

    /// The active tasks that were submitted from this one.
    pub(crate) fn children(&self, id: TaskId) -> Vec<TaskId> {
        self.children.get(&id).into_iter().flatten().copied().collect()
    }

    /// The tasks from which active ones were submitted.
    pub(crate) fn parents(&self) -> Vec<TaskId> {
        self.children.keys().copied().collect()
    }

    /// The waiting tasks that depend on this one.
    pub(crate) fn dependents(&self, id: TaskId) -> Vec<TaskId> {
        self.dependents.get(&id).into_iter().flatten().copied().collect()
    }

    /// What the waiting tasks depend on.
    pub(crate) fn dependencies(&self) -> Vec<TaskId> {
        self.dependents.keys().copied().collect()
    }

    /// The tasks that wait for nothing but prerequisites.
    pub(crate) fn probed(&self) -> Vec<Arc<Task>> {
        self.probed
            .iter()
            .filter_map(|id| self.tasks.get(id).cloned())
            .collect()
    }

    /// The lines of queued tasks, by queue.
    pub(crate) fn lines(&self) -> &BTreeMap<QueueName, BTreeSet<LinePlace>> {
        &self.lines
    }

    /// The queue's settings; those of a new queue if it has none yet.
    pub(crate) fn queue(&self, name: &QueueName) -> Queue {
        self.queues
            .get(name)
            .cloned()
            .unwrap_or_else(|| Queue::new(name.clone()))
    }
}

fn remove_from(index: &mut HashMap<TaskId, BTreeSet<TaskId>>, key: &TaskId, id: &TaskId) {
    if let Some(ids) = index.get_mut(key) {
        ids.remove(id);
        if ids.is_empty() {
            index.remove(key);
        }
    }
}

/// What was true an hour ago proves nothing: prerequisites are probed once nothing else is waited for.
fn waits_for_prerequisites_alone(waits: &Waits) -> bool {
    let others = Waits {
        prerequisites: Vec::new(),
        ..waits.clone()
    };
    !waits.prerequisites.is_empty() && others.is_clear()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{board, change, child, end, id, ids, run, task};

    #[test]
    fn late_news_does_not_bring_an_ended_task_back() {
        let mut board = board(&[("a", 0)]);
        let late = Arc::clone(board.task(id(1)).expect("it is there"));
        end(&mut board, 1);
        board.update(late);
        assert!(ids(&board).is_empty());
    }

    #[test]
    fn a_forgotten_task_leaves_no_trace_in_any_index() {
        let mut board = board(&[("a", 0)]);
        board.update(Arc::new(child(2, "a", 1)));
        run(&mut board, 1);
        board.forget(id(1));
        board.forget(id(2));
        assert_eq!(board.counts(), [0, 0, 0]);
        assert!(board.parents().is_empty() && board.lines().is_empty() && board.running().next().is_none());
    }

    #[test]
    fn prerequisites_are_probed_once_nothing_else_is_waited_for() {
        let mut board = Board::default();
        let waiting = |held| {
            let prerequisite = longhaul_model::Prerequisite::File { path: "f".into() };
            let unmet = longhaul_model::UnmetPrerequisite {
                prerequisite,
                detail: None,
            };
            State::Waiting(longhaul_model::Waiting {
                since: Timestamp::UNIX_EPOCH,
                waits: Waits {
                    held,
                    prerequisites: vec![unmet],
                    ..Waits::default()
                },
            })
        };
        let mut task = task(1, "a", 0);
        task.life.state = waiting(true);
        assert!(!board.update(Arc::new(task.clone())));
        task.life.state = waiting(false);
        assert!(board.update(Arc::new(task.clone())), "it was released");
        assert!(!board.update(Arc::new(task)), "it is known");
        assert_eq!(board.probed().len(), 1);
        change(
            &mut board,
            1,
            State::Queued {
                since: Timestamp::UNIX_EPOCH,
            },
        );
        assert!(board.probed().is_empty());
    }
}
