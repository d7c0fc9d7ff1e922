//! The active tasks as the dispatcher sees them: a copy of what the store holds, indexed for its questions.
//!
//! The board decides nothing and is never the truth: it is filled from the store at the start, kept current with every
//! answer of the store, and compared with it again in every periodic round.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use longhaul_model::{Queue, QueueLimits, QueueName, State, StateName, Task, TaskId};

/// A task's place in its line: what was moved to the front first, the newest of it foremost; then higher priority, then
/// lower id.
pub(crate) type Place = (i64, Reverse<i32>, TaskId);

/// The active tasks, the queues, and who lends a slot to whom.
#[derive(Debug, Default)]
pub(crate) struct Board {
    tasks: HashMap<TaskId, Arc<Task>>,
    lines: BTreeMap<QueueName, BTreeSet<Place>>,
    running: BTreeMap<QueueName, BTreeSet<TaskId>>,
    /// Waiting tasks by the time at which they must be looked at.
    wakes: BTreeSet<(Timestamp, TaskId)>,
    /// Queued tasks that were submitted from inside a task.
    queued_children: BTreeSet<TaskId>,
    /// Waiting tasks by what they depend on.
    dependents: HashMap<TaskId, BTreeSet<TaskId>>,
    /// Waiting tasks with prerequisites.
    probed: BTreeSet<TaskId>,
    pub(crate) queues: BTreeMap<QueueName, Queue>,
    pub(crate) limits: QueueLimits,
    /// Running tasks that use the slot of an ancestor which waits for them.
    borrowed: HashMap<TaskId, TaskId>,
    /// Tasks that wait for these descendants of theirs; a task waits for the same one as often as it is listed.
    lenders: HashMap<TaskId, Vec<TaskId>>,
    /// Running tasks whose end is known and about to be recorded: their slots are as good as free.
    ending: HashSet<TaskId>,
    /// Ids of tasks that are known to be over, so that late news does not bring them back.
    over: HashSet<TaskId>,
}

impl Board {
    /// Takes in what the store answered about a task, unless something newer is known.
    pub(crate) fn update(&mut self, task: Arc<Task>) {
        let id = task.id;
        if self.over.contains(&id)
            || self
                .tasks
                .get(&id)
                .is_some_and(|known| known.life.step > task.life.step)
        {
            return;
        }
        self.remove(id);
        self.ending.remove(&id);
        match &task.life.state {
            State::Waiting(waiting) => {
                if let Some(at) = task.life.wake_at() {
                    self.wakes.insert((at, id));
                }
                for dependency in &waiting.waits.dependencies {
                    self.dependents.entry(*dependency).or_default().insert(id);
                }
                if !waiting.waits.prerequisites.is_empty() {
                    self.probed.insert(id);
                }
            }
            State::Queued { .. } => {
                self.lines
                    .entry(task.spec.queue.clone())
                    .or_default()
                    .insert(place(&task));
                if task.parent.is_some() {
                    self.queued_children.insert(id);
                }
            }
            State::Running(_) => {
                self.running.entry(task.spec.queue.clone()).or_default().insert(id);
            }
            State::Completed(_) | State::Failed(_) | State::Canceled(_) | State::Interrupted(_) => {
                self.borrowed.remove(&id);
                self.over.insert(id);
                return;
            }
        }
        if task.state() != StateName::Running {
            self.borrowed.remove(&id);
        }
        self.tasks.insert(id, task);
    }

    fn remove(&mut self, id: TaskId) {
        let Some(known) = self.tasks.remove(&id) else { return };
        match &known.life.state {
            State::Waiting(waiting) => {
                if let Some(at) = known.life.wake_at() {
                    self.wakes.remove(&(at, id));
                }
                for dependency in &waiting.waits.dependencies {
                    if let Some(dependents) = self.dependents.get_mut(dependency) {
                        dependents.remove(&id);
                        if dependents.is_empty() {
                            self.dependents.remove(dependency);
                        }
                    }
                }
                self.probed.remove(&id);
            }
            State::Queued { .. } => {
                let line = self.lines.get_mut(&known.spec.queue);
                if let Some(line) = line {
                    line.remove(&place(&known));
                    if line.is_empty() {
                        self.lines.remove(&known.spec.queue);
                    }
                }
                self.queued_children.remove(&id);
            }
            State::Running(_) => {
                if let Some(running) = self.running.get_mut(&known.spec.queue) {
                    running.remove(&id);
                }
            }
            State::Completed(_) | State::Failed(_) | State::Canceled(_) | State::Interrupted(_) => {}
        }
    }

    /// Takes the store's list of active tasks as complete: what is not on it and was known before `known` is over.
    pub(crate) fn replace(&mut self, active: Vec<Task>, known_before: &HashSet<TaskId>) {
        let listed: HashSet<TaskId> = active.iter().map(|task| task.id).collect();
        for id in known_before.difference(&listed) {
            self.remove(*id);
            self.borrowed.remove(id);
            self.over.insert(*id);
        }
        for task in active {
            self.update(Arc::new(task));
        }
        // Late news can only be about tasks of the recent past; the set must not grow for ever.
        if self.over.len() > 100_000 {
            self.over.clear();
        }
    }

    /// A task that is not over; nothing otherwise.
    pub(crate) fn task(&self, id: TaskId) -> Option<&Arc<Task>> {
        self.tasks.get(&id)
    }

    pub(crate) fn ids(&self) -> HashSet<TaskId> {
        self.tasks.keys().copied().collect()
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

    /// The waiting tasks that depend on this one.
    pub(crate) fn dependents(&self, id: TaskId) -> Vec<TaskId> {
        self.dependents.get(&id).into_iter().flatten().copied().collect()
    }

    /// What the waiting tasks depend on.
    pub(crate) fn dependencies(&self) -> Vec<TaskId> {
        self.dependents.keys().copied().collect()
    }

    /// The waiting tasks whose prerequisites want probing.
    pub(crate) fn probed(&self) -> Vec<Arc<Task>> {
        self.probed
            .iter()
            .filter_map(|id| self.tasks.get(id).cloned())
            .collect()
    }

    /// The lines of queued tasks, by queue.
    pub(crate) fn lines(&self) -> &BTreeMap<QueueName, BTreeSet<Place>> {
        &self.lines
    }

    /// The queue's settings; those of a new queue if it has none yet.
    pub(crate) fn queue(&self, name: &QueueName) -> Queue {
        self.queues
            .get(name)
            .cloned()
            .unwrap_or_else(|| Queue::new(name.clone()))
    }

    /// Slots of this queue in use. A borrower uses none while its lender runs.
    pub(crate) fn slots_used(&self, name: &QueueName) -> u32 {
        let running = self
            .running
            .get(name)
            .into_iter()
            .flatten()
            .filter(|id| !self.ending.contains(id))
            .count();
        let borrowers = self
            .borrowers()
            .filter(|(borrower, _)| self.is_in(*borrower, name))
            .count();
        u32::try_from(running - borrowers).unwrap_or(u32::MAX)
    }

    /// Slots of all queues in use.
    pub(crate) fn slots_used_in_total(&self) -> u32 {
        let running = self
            .running
            .values()
            .flatten()
            .filter(|id| !self.ending.contains(id))
            .count();
        u32::try_from(running - self.borrowers().count()).unwrap_or(u32::MAX)
    }

    fn is_in(&self, id: TaskId, name: &QueueName) -> bool {
        self.tasks.get(&id).is_some_and(|task| task.spec.queue == *name)
    }

    /// The borrowers whose lender still runs, with their lender.
    fn borrowers(&self) -> impl Iterator<Item = (TaskId, TaskId)> + '_ {
        let is_running = |id: &TaskId| {
            !self.ending.contains(id)
                && self
                    .tasks
                    .get(id)
                    .is_some_and(|task| task.state() == StateName::Running)
        };
        self.borrowed
            .iter()
            .filter(move |(borrower, lender)| is_running(borrower) && is_running(lender))
            .map(|(borrower, lender)| (*borrower, *lender))
    }

    /// A queued descendant that may run in the slot of an ancestor which waits, with that ancestor; the first by place.
    pub(crate) fn loans(&self) -> Vec<(TaskId, TaskId)> {
        if self.lenders.is_empty() || self.queued_children.is_empty() {
            return Vec::new();
        }
        let mut taken: HashSet<TaskId> = self.borrowers().map(|(_, lender)| lender).collect();
        let mut children: Vec<_> = self
            .queued_children
            .iter()
            .filter_map(|id| self.tasks.get(id))
            .collect();
        children.sort_by_key(|task| place(task));
        let mut loans = Vec::new();
        for child in children {
            let lender = self.ancestors(child).find(|ancestor| {
                !taken.contains(ancestor)
                    && self.lenders.contains_key(ancestor)
                    && self.is_in(*ancestor, &child.spec.queue)
            });
            if let Some(lender) = lender {
                taken.insert(lender);
                loans.push((child.id, lender));
            }
        }
        loans
    }

    /// The active ancestors of a task, nearest first.
    pub(crate) fn ancestors<'a>(&'a self, task: &Task) -> impl Iterator<Item = TaskId> + 'a {
        std::iter::successors(task.parent, |id| self.tasks.get(id).and_then(|task| task.parent))
    }

    /// Notes that a running task uses its ancestor's slot.
    pub(crate) fn borrow(&mut self, borrower: TaskId, lender: TaskId) {
        self.borrowed.insert(borrower, lender);
    }

    /// Notes that a task waits for a descendant of its own.
    pub(crate) fn lend(&mut self, lender: TaskId, descendant: TaskId) {
        self.lenders.entry(lender).or_default().push(descendant);
    }

    /// Notes that such a wait is over; says whether it was the lender's last.
    pub(crate) fn end_loan(&mut self, lender: TaskId, descendant: TaskId) -> bool {
        let Some(awaited) = self.lenders.get_mut(&lender) else {
            return true;
        };
        if let Some(position) = awaited.iter().position(|id| *id == descendant) {
            awaited.swap_remove(position);
        }
        let is_last = awaited.is_empty();
        if is_last {
            self.lenders.remove(&lender);
        }
        is_last
    }
}

pub(crate) fn place(task: &Task) -> Place {
    // A task's rank is its id until it is moved to the front.
    let is_moved = i64::try_from(task.id.get()).is_ok_and(|id| task.rank < id);
    let front = if is_moved { task.rank } else { i64::MAX };
    (front, Reverse(task.spec.priority), task.id)
}
