//! What every part of the engine holds: the store, the board, the lists of who watches and who waits.
//!
//! Here is also the one way in which an answer of the store is taken in: the board first, then the effects. Effects
//! come after the decision is durable, and each may happen twice without harm.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use longhaul_model::{Actor, Effect, Event, Facts, Fence, StateName, Task, TaskId};
use longhaul_store::{Applied, Apply, ApplyError, FactsSet, InsertError, NewTask, Store};
use longhaul_supervisor::Reached;
use tokio::sync::{Notify, mpsc, watch};

use crate::agents::Examiner;
use crate::attempts::confinement::Installation;
use crate::attempts::{self, Care, Watched};
use crate::clock::Clock;
use crate::config::Config;
use crate::dispatch::Input;
use crate::scheduler::Board;
use crate::scheduler::LaneRules;
use crate::transcripts::Transcripts;
use crate::waiters::Waiters;
use crate::{family, reconcile};

/// How many events of the daemon's own share one transaction.
const EVENTS_AT_ONCE: usize = 500;

pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) config: Config,
    /// `attempts/` below the state folder.
    pub(crate) attempts: PathBuf,
    /// Where the API listens, for the processes of a task.
    pub(crate) socket: PathBuf,
    /// The program to start as supervisor.
    pub(crate) supervisor_program: PathBuf,
    /// What a supervisor gets as its environment: nothing but what tests arm.
    pub(crate) supervisor_environment: Vec<(OsString, OsString)>,
    /// This boot of the machine.
    pub(crate) boot: String,
    /// What the kernel keeps from a read-only program here, found out by trying.
    pub(crate) machine: Reached,
    board: Mutex<Board>,
    watched: Mutex<HashMap<TaskId, Watched>>,
    /// The environment of tasks that nobody's shell submitted.
    pub(crate) last_environment: Mutex<BTreeMap<String, String>>,
    /// Looks at the agents of this machine.
    pub(crate) examiner: Examiner,
    /// Why attempts cannot be started at the moment; nothing normally.
    pub(crate) launch_trouble: Mutex<Option<String>>,
    pub(crate) inputs: mpsc::UnboundedSender<Input>,
    pub(crate) waiters: Waiters,
    /// What agents did, as far as somebody asked.
    pub(crate) transcripts: Transcripts,
    /// Told when prerequisites should be probed at once.
    pub(crate) probe: Notify,
    /// Told when there may be something to tell those who are not looking.
    pub(crate) outbox: Notify,
    /// Where the page is; nothing without one. Not known until the daemon listens.
    pub(crate) page: OnceLock<Option<String>>,
    /// Told when everything should be looked at for what was missed.
    pub(crate) round: Notify,
    /// Held while the facts of an attempt are changed, by the task's number.
    facts_locks: [tokio::sync::Mutex<()>; 64],
    /// Who changes which worktree's standing: arranging, landing and removing take turns.
    trees: Mutex<HashMap<u64, Arc<Mutex<()>>>>,
    /// One at a time, so that what the file says at last is so.
    pub(crate) busy_files: Mutex<()>,
    pub(crate) is_ready: AtomicBool,
    /// True once the daemon was told to stop.
    pub(crate) stopping: watch::Sender<bool>,
}

/// What goes into [`Shared`] and comes from outside.
pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) config: Config,
    pub(crate) attempts: PathBuf,
    pub(crate) socket: PathBuf,
    pub(crate) supervisor_program: PathBuf,
    pub(crate) supervisor_environment: Vec<(OsString, OsString)>,
    pub(crate) boot: String,
    pub(crate) machine: Reached,
    pub(crate) fallback_environment: BTreeMap<String, String>,
    pub(crate) inputs: mpsc::UnboundedSender<Input>,
}

impl Shared {
    pub(crate) fn new(parts: Parts) -> Self {
        let mut board = Board::default();
        board.max_helpers = parts.config.max_helpers;
        board.lanes = LaneRules {
            readers: parts.config.readers_per_workspace,
            is_exclusive: parts.config.exclusive_writes,
        };
        Self {
            store: parts.store,
            clock: parts.clock,
            config: parts.config,
            attempts: parts.attempts,
            socket: parts.socket,
            supervisor_program: parts.supervisor_program,
            supervisor_environment: parts.supervisor_environment,
            boot: parts.boot,
            machine: parts.machine,
            board: Mutex::new(board),
            watched: Mutex::default(),
            last_environment: Mutex::new(parts.fallback_environment),
            examiner: Examiner::default(),
            launch_trouble: Mutex::default(),
            inputs: parts.inputs,
            waiters: Waiters::default(),
            transcripts: Transcripts::default(),
            probe: Notify::new(),
            outbox: Notify::new(),
            page: OnceLock::new(),
            round: Notify::new(),
            facts_locks: std::array::from_fn(|_| tokio::sync::Mutex::default()),
            trees: Mutex::default(),
            busy_files: Mutex::default(),
            is_ready: AtomicBool::new(false),
            stopping: watch::Sender::new(false),
        }
    }

    /// The board. Never held across an await.
    pub(crate) fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who looks after which attempt. Never held across an await.
    pub(crate) fn watched(&self) -> MutexGuard<'_, HashMap<TaskId, Watched>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a task's confinement is made from.
    pub(crate) fn installation(&self) -> Installation<'_> {
        Installation {
            state: self.attempts.parent().unwrap_or(&self.attempts),
            socket: &self.socket,
            config: &self.config,
            machine: &self.machine,
        }
    }

    /// The folder of one attempt.
    pub(crate) fn attempt_folder(&self, task: TaskId, fence: Fence) -> PathBuf {
        self.task_folder(task).join(fence.to_string())
    }

    /// The folder of all attempts of a task.
    pub(crate) fn task_folder(&self, task: TaskId) -> PathBuf {
        self.attempts.join(task.to_string())
    }

    /// What is held while the standing of a worktree is looked at and changed.
    pub(crate) fn tree_lock(&self, tree: u64) -> Arc<Mutex<()>> {
        let mut trees = self.trees.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that nobody holds are of no use.
        trees.retain(|_, lock| Arc::strong_count(lock) > 1);
        Arc::clone(trees.entry(tree).or_default())
    }

    /// The state folder.
    pub(crate) fn state_folder(&self) -> PathBuf {
        self.attempts.parent().unwrap_or(&self.attempts).to_owned()
    }

    /// Where the steps of an attempt tell what was noteworthy.
    pub(crate) fn report_file(&self, task: TaskId, fence: u64) -> PathBuf {
        self.task_folder(task).join(format!("report-{fence}.json"))
    }

    /// Where worktrees lie, and what is known of them.
    pub(crate) fn places(&self) -> longhaul_worktrees::Places {
        longhaul_worktrees::Places::of(self.state_folder())
    }

    /// Wakes the dispatcher. It may be gone already, when the daemon stops.
    pub(crate) fn tell(&self, input: Input) {
        let _ = self.inputs.send(input);
    }

    /// A task as it is now; nothing if there is none of this number.
    pub(crate) fn task(&self, id: TaskId) -> Result<Option<Arc<Task>>, longhaul_store::StoreFault> {
        if let Some(task) = self.board().task(id) {
            return Ok(Some(Arc::clone(task)));
        }
        Ok(self.store.task(id)?.map(Arc::new))
    }

    /// An event of the daemon's own for a task. What the store says against it is news that came too late.
    pub(crate) async fn happen(self: &Arc<Self>, task: TaskId, event: Event) {
        self.happen_to_all(vec![(task, event)]).await;
    }

    /// Events of the daemon's own, in order. What could not be recorded, the round finds again.
    pub(crate) async fn happen_to_all(self: &Arc<Self>, events: Vec<(TaskId, Event)>) {
        for events in events.chunks(EVENTS_AT_ONCE) {
            let now = self.clock.now();
            let apply = |(task, event): &(TaskId, Event)| Apply::new(*task, event.clone(), Actor::Daemon, now);
            let answers = match self.store.task_apply_all(events.iter().map(apply).collect()).await {
                Ok(answers) => answers,
                Err(fault) => {
                    tracing::warn!(error = %chain(&fault), "could not record what happened; trying again");
                    return;
                }
            };
            for ((task, event), answer) in events.iter().zip(answers) {
                match answer {
                    Ok(applied) => drop(self.take_in(applied)),
                    Err(ApplyError::Rejected { task, .. }) => self.note(Arc::from(task)),
                    Err(error) => {
                        tracing::warn!(%task, event = event.name(), error = %chain(&error), "could not record an event");
                    }
                }
            }
        }
    }

    /// Lets an event happen to a task, durably, and then what follows from it.
    pub(crate) async fn apply(self: &Arc<Self>, apply: Apply) -> Result<Arc<Task>, ApplyError> {
        let shared = Arc::clone(self);
        unbroken(async move {
            match shared.store.task_apply(apply).await {
                Ok(applied) => Ok(shared.take_in(applied)),
                Err(error) => {
                    if let ApplyError::Rejected { task, .. } = &error {
                        shared.note(Arc::new((**task).clone()));
                    }
                    Err(error)
                }
            }
        })
        .await
    }

    /// Changes what is known of a running attempt. Several look at one attempt, and what one of them found is not lost to
    /// another that began with what was known before. False if it could not be kept: it is news, and the next look tells
    /// it.
    pub(crate) async fn change_facts(&self, task: TaskId, fence: Fence, change: impl FnOnce(&Facts) -> Facts) -> bool {
        let lock = &self.facts_locks[usize::try_from(task.get()).unwrap_or(0) % self.facts_locks.len()];
        let _one_at_a_time = lock.lock().await;
        let Some(known) = self
            .board()
            .task(task)
            .cloned()
            .filter(|known| known.life.fence == fence)
        else {
            return false;
        };
        let facts = change(&known.facts);
        if facts == known.facts {
            return true;
        }
        let set = FactsSet {
            task,
            fence,
            facts,
            at: self.clock.now(),
        };
        if self.store.facts_set(set).await.is_err() {
            return false;
        }
        if let Ok(Some(task)) = self.store.task(task) {
            self.note(Arc::new(task));
        }
        true
    }

    /// Stores a task, and takes it in. Says whether it was there already under the same key.
    pub(crate) async fn insert(self: &Arc<Self>, new: NewTask) -> Result<(Arc<Task>, bool), InsertError> {
        let shared = Arc::clone(self);
        unbroken(async move {
            let inserted = shared.store.task_insert(new).await?;
            Ok((shared.take_in_inserted(inserted.task), inserted.replayed))
        })
        .await
    }

    /// Takes in what the store answered: the board first, then the effects.
    pub(crate) fn take_in(self: &Arc<Self>, applied: Applied) -> Arc<Task> {
        let task = Arc::new(applied.task);
        // An attempt has somebody who looks after it before anybody can see that it runs.
        let mut care = applied.effects.iter().find_map(|effect| match effect {
            Effect::StartAttempt(fence) => Some(Care::begin(self, task.id, *fence)),
            _ => None,
        });
        self.note(Arc::clone(&task));
        for effect in applied.effects {
            self.perform(&task, effect, &mut care);
        }
        task
    }

    /// Puts a task on the board as it is now, or takes it off.
    pub(crate) fn note(&self, task: Arc<Task>) {
        let goes_on = matches!(task.state(), StateName::Queued | StateName::Running);
        if task.spec.notify != longhaul_model::Notify::None && !goes_on {
            self.outbox.notify_one();
        }
        let wants_probing = self.board().update(task);
        if wants_probing {
            self.probe.notify_one();
        }
    }

    fn perform(self: &Arc<Self>, task: &Arc<Task>, effect: Effect, care: &mut Option<Care>) {
        match effect {
            Effect::Dispatch | Effect::WakeAt(_) => self.tell(Input::Dispatch),
            Effect::StartAttempt(_) => {
                if let Some(care) = care.take() {
                    spawn(attempts::start(care, Arc::clone(task)));
                }
            }
            Effect::StopAttempt(fence) => {
                spawn(attempts::stop(Arc::clone(self), task.id, fence));
            }
            Effect::CancelChildren => {
                spawn(family::cancel_children(Arc::clone(self), task.id));
            }
            Effect::AnnounceEnd => self.announce_end(task),
        }
    }

    /// Tells those who wait for a task that it is over, people and tasks.
    pub(crate) fn announce_end(self: &Arc<Self>, task: &Arc<Task>) {
        self.waiters.announce(task);
        let dependents = self.board().dependents(task.id);
        if dependents.is_empty() {
            return;
        }
        let ended = Event::DependencyEnded {
            task: task.id,
            state: task.state(),
        };
        let events = dependents.into_iter().map(|dependent| (dependent, ended.clone()));
        let (shared, events) = (Arc::clone(self), events.collect());
        spawn(async move { shared.happen_to_all(events).await });
    }

    /// Takes in a task that was just inserted or found under its key, or changed in something else than its state.
    pub(crate) fn take_in_inserted(self: &Arc<Self>, task: Task) -> Arc<Task> {
        let task = Arc::new(task);
        self.note(Arc::clone(&task));
        match task.state() {
            StateName::Waiting => {
                spawn(reconcile::dependencies::check(Arc::clone(self), task.id));
                self.tell(Input::Dispatch);
            }
            StateName::Queued => self.tell(Input::Dispatch),
            StateName::Running => {}
            StateName::Completed | StateName::Failed | StateName::Canceled | StateName::Interrupted => {
                self.announce_end(&task);
            }
        }
        task
    }

    /// Whether starting is pointless for the moment. With nobody in line there is nothing left to try it with.
    pub(crate) fn has_launch_trouble(&self) -> bool {
        let is_line_empty = self.board().lines().is_empty();
        let mut trouble = self.launch_trouble.lock().unwrap_or_else(PoisonError::into_inner);
        if is_line_empty {
            *trouble = None;
        }
        trouble.is_some()
    }

    /// Which running attempts nobody looks after.
    pub(crate) fn unwatched(&self) -> Vec<(TaskId, Fence)> {
        let watched = self.watched();
        let is_watched = |task: &Task| {
            watched
                .get(&task.id)
                .is_some_and(|watched| watched.fence == task.life.fence)
        };
        let board = self.board();
        board
            .running()
            .filter(|task| !is_watched(task) && !board.is_ending(task.id))
            .map(|task| (task.id, task.life.fence))
            .collect()
    }
}

/// Starts work that nobody waits for. What it does is found again by the reconcilers if the daemon dies meanwhile.
pub(crate) fn spawn(work: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(work);
}

/// Does something to its end, even if whoever asked for it goes away meanwhile: what is stored must be taken in too.
pub(crate) async fn unbroken<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    match tokio::spawn(work).await {
        Ok(done) => done,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        // The runtime ends, and with it whoever waits here.
        Err(_) => std::future::pending().await,
    }
}

/// Runs something that may block for a moment apart from the loop.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => Some(value),
        Err(error) => {
            tracing::error!(%error, "a blocking step did not end");
            None
        }
    }
}

/// An error with its causes, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |line, cause| format!("{line}: {cause}"))
}
