//! The one writer of tasks: it asks the store, takes the answer in, and emits what follows.
//!
//! The board first, then those who wait, then the consequences. They come after the decision is durable, and whoever
//! carries them out does so on its own time.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use longhaul_model::{Actor, Effect, Event, StateName, Task, TaskId, with_causes};
use longhaul_store::{
    AcknowledgeError, Applied, Apply, ApplyError, DeliveriesSet, Edit, EditError, InsertError, MoveToFrontError,
    NewTask, PruneRules, Store, StoreFault,
};
use tokio::sync::mpsc;

use super::consequence::Consequence;
use super::reads::Reads;
use super::supervision::{AttemptGuard, Supervision};
use super::waiters::Waiters;
use crate::clock::Clock;
use crate::config::Config;
use crate::runtime::run_to_completion;
use crate::scheduler::{Board, LaneRules};

/// How many events of the daemon's own share one transaction.
const EVENTS_AT_ONCE: usize = 500;

/// The tasks of this daemon.
pub(crate) struct Ledger {
    pub(super) store: Store,
    reads: Reads,
    clock: Clock,
    board: Mutex<Board>,
    supervision: Arc<Supervision>,
    waiters: Waiters,
    /// Held while queues and limits are read and put on the board.
    pub(super) limits_turn: tokio::sync::Mutex<()>,
    consequences: mpsc::UnboundedSender<Consequence>,
}

/// The board, to be looked at. Never held across an await.
pub(crate) struct BoardView<'a>(MutexGuard<'a, Board>);

impl Deref for BoardView<'_> {
    type Target = Board;

    fn deref(&self) -> &Board {
        &self.0
    }
}

impl Ledger {
    /// A ledger of this store, with an empty board. What follows from its changes goes to `consequences`.
    pub(crate) fn new(
        store: Store,
        clock: Clock,
        config: &Config,
        consequences: mpsc::UnboundedSender<Consequence>,
    ) -> Self {
        let mut board = Board::default();
        board.max_helpers = config.max_helpers;
        board.lanes = LaneRules {
            readers: config.readers_per_workspace,
            is_exclusive: config.exclusive_writes,
        };
        Self {
            reads: Reads::of(&store),
            store,
            clock,
            board: Mutex::new(board),
            supervision: Arc::default(),
            waiters: Waiters::default(),
            limits_turn: tokio::sync::Mutex::default(),
            consequences,
        }
    }

    /// The board, to be looked at. Never held across an await.
    pub(crate) fn board(&self) -> BoardView<'_> {
        BoardView(self.board.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn board_to_change(&self) -> impl DerefMut<Target = Board> + '_ {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is stored.
    pub(crate) fn stored(&self) -> &Reads {
        &self.reads
    }

    /// Who supervises which attempt.
    pub(crate) fn supervision(&self) -> &Arc<Supervision> {
        &self.supervision
    }

    /// Who waits for the end of which task.
    pub(crate) fn waiters(&self) -> &Waiters {
        &self.waiters
    }

    /// Hands a consequence to whoever carries it out. Nobody may be there any more, when the daemon stops.
    pub(super) fn emit(&self, consequence: Consequence) {
        let _ = self.consequences.send(consequence);
    }

    /// An event of the daemon's own for a task. What the store says against it is news that came too late.
    pub(crate) async fn apply_event(&self, task: TaskId, event: Event) {
        self.apply_events(vec![(task, event)]).await;
    }

    /// Events of the daemon's own, in order. What could not be recorded, the round finds again.
    pub(crate) async fn apply_events(&self, events: Vec<(TaskId, Event)>) {
        for events in events.chunks(EVENTS_AT_ONCE) {
            let now = self.clock.now();
            let apply = |(task, event): &(TaskId, Event)| Apply::new(*task, event.clone(), Actor::Daemon, now);
            let answers = match self
                .apply_all(events.iter().map(apply).collect(), &BTreeMap::new())
                .await
            {
                Ok(answers) => answers,
                Err(fault) => {
                    tracing::warn!(error = %with_causes(&fault), "could not record what happened; trying again");
                    return;
                }
            };
            for ((task, event), answer) in events.iter().zip(answers) {
                if let Err(error) = answer
                    && !matches!(error, ApplyError::Rejected { .. })
                {
                    tracing::warn!(%task, event = event.name(), error = %with_causes(&error), "could not record an event");
                }
            }
        }
    }

    /// Lets several events happen in one transaction, each for itself, and takes in what became of each. `lenders` are those
    /// in whose slot a task runs, if it is claimed hereby.
    pub(crate) async fn apply_all(
        &self,
        all: Vec<Apply>,
        lenders: &BTreeMap<TaskId, TaskId>,
    ) -> Result<Vec<Result<Arc<Task>, ApplyError>>, StoreFault> {
        let answers = self.store.task_apply_all(all).await?;
        let take_in = |answer: Result<Applied, ApplyError>| {
            // Before anybody sees that it runs, or both would seem to need a slot.
            if let Ok(applied) = &answer
                && let Some(lender) = lenders.get(&applied.task.id)
                && applied.task.state() == StateName::Running
            {
                self.board_to_change().borrow(applied.task.id, *lender);
            }
            self.take_in_answer(answer)
        };
        Ok(answers.into_iter().map(take_in).collect())
    }

    /// Lets an event happen to a task, durably, and then what follows from it.
    pub(crate) async fn apply(self: &Arc<Self>, apply: Apply) -> Result<Arc<Task>, ApplyError> {
        let ledger = Arc::clone(self);
        run_to_completion(async move {
            let answer = ledger.store.task_apply(apply).await;
            ledger.take_in_answer(answer)
        })
        .await
    }

    /// Stores a task. Says whether it was there already under the same key.
    pub(crate) async fn insert(self: &Arc<Self>, new: NewTask) -> Result<(Arc<Task>, bool), InsertError> {
        let ledger = Arc::clone(self);
        run_to_completion(async move {
            let inserted = ledger.store.task_insert(new).await?;
            Ok((ledger.take_in_stored(inserted.task), inserted.replayed))
        })
        .await
    }

    /// Changes what is asked of a task that has not started.
    pub(crate) async fn edit(self: &Arc<Self>, edit: Edit) -> Result<Arc<Task>, EditError> {
        let ledger = Arc::clone(self);
        run_to_completion(async move {
            let applied = ledger.store.task_edit(edit).await?;
            Ok(ledger.take_in_stored(applied.task))
        })
        .await
    }

    /// Moves a task ahead of all others of its priority in its queue.
    pub(crate) async fn move_to_front(
        self: &Arc<Self>,
        id: TaskId,
        now: Timestamp,
        actor: Actor,
    ) -> Result<Arc<Task>, MoveToFrontError> {
        let ledger = Arc::clone(self);
        run_to_completion(async move {
            let task = ledger.store.task_move_to_front(id, now, actor).await?;
            Ok(ledger.take_in_stored(task))
        })
        .await
    }

    /// Takes finished tasks off the list of those that need somebody.
    pub(crate) async fn acknowledge(
        &self,
        ids: Vec<TaskId>,
        now: Timestamp,
        actor: Actor,
    ) -> Result<Vec<TaskId>, AcknowledgeError> {
        self.store.tasks_acknowledge(ids, now, actor).await
    }

    /// Notes that somebody has these completions. Gives those that nobody had before.
    pub(crate) async fn take_completions(&self, ids: Vec<TaskId>, now: Timestamp) -> Result<Vec<TaskId>, StoreFault> {
        self.store.completions_take(ids, now).await
    }

    /// Keeps how far the telling of a notification is.
    pub(crate) async fn set_deliveries(&self, set: DeliveriesSet) -> Result<(), StoreFault> {
        self.store.deliveries_set(set).await
    }

    /// Forgets finished tasks. Gives which.
    pub(crate) async fn prune(&self, rules: PruneRules) -> Result<Vec<TaskId>, StoreFault> {
        self.store.prune(rules).await
    }

    /// Lets go of the store. Those who wait are sent away; the tasks go on. Blocks.
    pub(crate) fn close(&self) -> Result<(), StoreFault> {
        self.waiters.dismiss();
        self.store.close()
    }

    fn take_in_answer(&self, answer: Result<Applied, ApplyError>) -> Result<Arc<Task>, ApplyError> {
        match answer {
            Ok(applied) => Ok(self.take_in(applied)),
            Err(error) => {
                if let ApplyError::Rejected { task, .. } = &error {
                    self.note(Arc::new((**task).clone()));
                }
                Err(error)
            }
        }
    }

    fn take_in(&self, applied: Applied) -> Arc<Task> {
        let task = Arc::new(applied.task);
        // An attempt has somebody who supervises it before anybody can see that it runs.
        let mut guard: Option<AttemptGuard> = applied.effects.iter().find_map(|effect| match effect {
            Effect::StartAttempt(fence) => Some(self.supervision.begin(task.id, *fence)),
            _ => None,
        });
        self.note(Arc::clone(&task));
        for effect in applied.effects {
            match effect {
                Effect::Dispatch | Effect::WakeAt(_) => self.emit(Consequence::Dispatch),
                Effect::StartAttempt(_) => {
                    if let Some(guard) = guard.take() {
                        let task = Arc::clone(&task);
                        self.emit(Consequence::StartAttempt { guard, task });
                    }
                }
                Effect::StopAttempt(fence) => self.emit(Consequence::StopAttempt { task: task.id, fence }),
                Effect::CancelChildren => self.emit(Consequence::CancelChildren(task.id)),
                Effect::AnnounceEnd => self.announce_end(&task),
            }
        }
        task
    }

    /// Takes in a task that was just inserted or found under its key, or changed in something else than its state.
    fn take_in_stored(&self, task: Task) -> Arc<Task> {
        let task = Arc::new(task);
        self.note(Arc::clone(&task));
        match task.state() {
            StateName::Waiting => {
                self.emit(Consequence::BeganToWait(task.id));
                self.emit(Consequence::Dispatch);
            }
            StateName::Queued => self.emit(Consequence::Dispatch),
            StateName::Running => {}
            StateName::Completed | StateName::Failed | StateName::Canceled | StateName::Interrupted => {
                self.announce_end(&task);
            }
        }
        task
    }

    /// Puts a task on the board as it is now, or takes it off.
    fn note(&self, task: Arc<Task>) {
        let goes_on = matches!(task.state(), StateName::Queued | StateName::Running);
        if task.spec.notify != longhaul_model::Notify::None && !goes_on {
            self.emit(Consequence::Notify);
        }
        let wants_probing = self.board_to_change().update(task);
        if wants_probing {
            self.emit(Consequence::Probe);
        }
    }

    /// Tells those who wait for a task that it is over, people and tasks.
    pub(crate) fn announce_end(&self, task: &Arc<Task>) {
        self.waiters.announce(task);
        if !self.board().dependents(task.id).is_empty() {
            self.emit(Consequence::Ended(Arc::clone(task)));
        }
    }
}

#[cfg(test)]
impl Ledger {
    /// As if somebody had just claimed the attempt, without a claim.
    pub(crate) fn begin_supervision(&self, task: TaskId, fence: longhaul_model::Fence) -> AttemptGuard {
        self.supervision.begin(task, fence)
    }

    /// Puts a task on the board that was stored past the ledger.
    pub(crate) fn note_for_test(&self, task: Arc<Task>) {
        self.note(task);
    }

    /// The store itself, for what a test wants to happen past the ledger.
    pub(crate) fn store_for_test(&self) -> &Store {
        &self.store
    }
}
