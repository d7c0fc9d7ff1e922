//! What every part of the engine holds: the store, the board, the lists of who watches and who waits.
//!
//! Here is also the one way in which an answer of the store is taken in: the board first, then the effects. Effects
//! come after the decision is durable, and each may happen twice without harm.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use longhaul_model::{Actor, Effect, Event, Fence, StateName, Task, TaskId};
use longhaul_store::{Applied, Apply, ApplyError, Store};
use tokio::sync::{Notify, mpsc, watch};

use crate::board::Board;
use crate::clock::Clock;
use crate::config::Config;
use crate::dispatch::Input;
use crate::waiters::Waiters;
use crate::{attempts, family, reconcile};

/// A running attempt that somebody in this daemon looks after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Watched {
    pub(crate) fence: Fence,
    /// The supervisor's process; nothing while it is being started.
    pub(crate) pid: Option<i32>,
}

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
    board: Mutex<Board>,
    watched: Mutex<HashMap<TaskId, Watched>>,
    /// The environment of tasks that nobody's shell submitted.
    pub(crate) last_environment: Mutex<BTreeMap<String, String>>,
    /// Why attempts cannot be started at the moment; nothing normally.
    pub(crate) launch_trouble: Mutex<Option<String>>,
    pub(crate) inputs: mpsc::UnboundedSender<Input>,
    pub(crate) waiters: Waiters,
    /// Told when prerequisites should be probed at once.
    pub(crate) probe: Notify,
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
    pub(crate) fallback_environment: BTreeMap<String, String>,
    pub(crate) inputs: mpsc::UnboundedSender<Input>,
}

impl Shared {
    pub(crate) fn new(parts: Parts) -> Self {
        Self {
            store: parts.store,
            clock: parts.clock,
            config: parts.config,
            attempts: parts.attempts,
            socket: parts.socket,
            supervisor_program: parts.supervisor_program,
            supervisor_environment: parts.supervisor_environment,
            boot: parts.boot,
            board: Mutex::default(),
            watched: Mutex::default(),
            last_environment: Mutex::new(parts.fallback_environment),
            launch_trouble: Mutex::default(),
            inputs: parts.inputs,
            waiters: Waiters::default(),
            probe: Notify::new(),
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

    /// The folder of one attempt.
    pub(crate) fn attempt_folder(&self, task: TaskId, fence: Fence) -> PathBuf {
        self.task_folder(task).join(fence.to_string())
    }

    /// The folder of all attempts of a task.
    pub(crate) fn task_folder(&self, task: TaskId) -> PathBuf {
        self.attempts.join(task.to_string())
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
        let name = event.name();
        let apply = Apply::new(task, event, Actor::Daemon, self.clock.now());
        match self.apply(apply).await {
            Ok(_) | Err(ApplyError::Rejected { .. }) => {}
            Err(error) => tracing::warn!(%task, event = name, error = %chain(&error), "could not record an event"),
        }
    }

    /// Lets an event happen to a task, durably, and then what follows from it.
    pub(crate) async fn apply(self: &Arc<Self>, apply: Apply) -> Result<Arc<Task>, ApplyError> {
        match self.store.task_apply(apply).await {
            Ok(applied) => Ok(self.take_in(applied)),
            Err(error) => {
                if let ApplyError::Rejected { task, .. } = &error {
                    self.board().update(Arc::new((**task).clone()));
                }
                Err(error)
            }
        }
    }

    /// Takes in what the store answered: the board first, then the effects.
    pub(crate) fn take_in(self: &Arc<Self>, applied: Applied) -> Arc<Task> {
        let task = Arc::new(applied.task);
        self.board().update(Arc::clone(&task));
        for effect in applied.effects {
            self.perform(&task, effect);
        }
        self.probe.notify_one();
        task
    }

    fn perform(self: &Arc<Self>, task: &Arc<Task>, effect: Effect) {
        match effect {
            Effect::Dispatch | Effect::WakeAt(_) => self.tell(Input::Dispatch),
            Effect::StartAttempt(_) => {
                spawn(attempts::start(Arc::clone(self), Arc::clone(task)));
            }
            Effect::StopAttempt(fence) => {
                spawn(attempts::stop(Arc::clone(self), task.id, fence));
            }
            Effect::CancelChildren => {
                spawn(family::cancel_children(Arc::clone(self), task.id));
            }
            Effect::AnnounceEnd => {
                self.waiters.announce(task);
                let dependents = self.board().dependents(task.id);
                for dependent in dependents {
                    let event = Event::DependencyEnded {
                        task: task.id,
                        state: task.state(),
                    };
                    let shared = Arc::clone(self);
                    spawn(async move { shared.happen(dependent, event).await });
                }
            }
        }
    }

    /// Takes in a task that was just inserted, or changed in something else than its state.
    pub(crate) fn take_in_inserted(self: &Arc<Self>, task: Task) -> Arc<Task> {
        let task = Arc::new(task);
        self.board().update(Arc::clone(&task));
        match task.state() {
            StateName::Waiting => {
                spawn(reconcile::dependencies::check(Arc::clone(self), task.id));
                self.probe.notify_one();
                self.tell(Input::Dispatch);
            }
            StateName::Queued => self.tell(Input::Dispatch),
            _ => self.waiters.announce(&task),
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
        self.board()
            .running()
            .filter(|task| !is_watched(task))
            .map(|task| (task.id, task.life.fence))
            .collect()
    }
}

/// Starts work that nobody waits for. What it does is found again by the reconcilers if the daemon dies meanwhile.
pub(crate) fn spawn(work: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(work);
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
