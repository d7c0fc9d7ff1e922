//! Tasks for tests, boards with them, and small worlds on a real store.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use longhaul_model::{
    Actor, Ending, Event, Facts, Fence, Life, Policy, Queue, QueueName, Running, Spec, State, Task, TaskId, Verdict,
    Waits, Work,
};
use longhaul_store::{Apply, NewTask, OpenOptions, Store};
use tokio::sync::mpsc::{self, UnboundedReceiver};

use crate::agents::Examiner;
use crate::attempts::Attempts;
use crate::clock::Clock;
use crate::config::Config;
use crate::dispatch::{Inbox, Input};
use crate::family::Loans;
use crate::handle::{Handle, Rooms};
use crate::installation::Installation;
use crate::ledger::{Consequence, Ledger};
use crate::notify::Outbox;
use crate::reconcile::retention::Retention;
use crate::reconcile::worktrees::Worktrees;
use crate::runtime::{Shutdown, Wake};
use crate::scheduler::Board;
use crate::shell_environment::ShellEnvironment;
use crate::submit::{Submission, Submitter};

pub(crate) fn id(number: u64) -> TaskId {
    TaskId::new(number).expect("not zero")
}

pub(crate) fn spec() -> Spec {
    let command = vec!["true".to_owned()];
    Spec::new(Work::Command { command }, "/")
}

/// A queued task.
pub(crate) fn task(number: u64, queue: &str, priority: i32) -> Task {
    let mut spec = spec();
    spec.queue = queue.parse().expect("a queue");
    spec.priority = priority;
    Task {
        id: id(number),
        spec,
        life: Life::submitted(Timestamp::UNIX_EPOCH, Waits::default(), Policy::default()),
        created_at: Timestamp::UNIX_EPOCH,
        workspace: "/".to_owned(),
        parent: None,
        retry_of: None,
        retried_by: None,
        chain: id(number),
        started_at: None,
        queue_ms: 0,
        facts: Facts::default(),
        enforcement: None,
        acknowledged_at: None,
        rank: i64::try_from(number).expect("small"),
    }
}

/// A queued task that was submitted from inside another.
pub(crate) fn child(number: u64, queue: &str, parent: u64) -> Task {
    Task {
        parent: Some(id(parent)),
        ..task(number, queue, 0)
    }
}

/// A board of queued tasks: queue and priority of each, numbered from 1.
pub(crate) fn board(lines: &[(&str, i32)]) -> Board {
    let mut board = Board::default();
    for (number, (queue, priority)) in (1..).zip(lines) {
        board.update(Arc::new(task(number, queue, *priority)));
    }
    board
}

/// Moves a task of the board into another state.
pub(crate) fn change(board: &mut Board, number: u64, state: State) {
    let mut task = (**board.task(id(number)).expect("it is active")).clone();
    task.life.state = state;
    task.life.step += 1;
    board.update(Arc::new(task));
}

pub(crate) fn run(board: &mut Board, number: u64) {
    let running = Running {
        since: Timestamp::UNIX_EPOCH,
        stopping: None,
    };
    change(board, number, State::Running(running));
}

pub(crate) fn end(board: &mut Board, number: u64) {
    let ended = longhaul_model::Ended {
        at: Timestamp::UNIX_EPOCH,
        outcome: longhaul_model::Outcome::exited(0),
    };
    change(board, number, State::Completed(ended));
}

pub(crate) fn limit(board: &mut Board, queue: &str, limit: u32) {
    let name: QueueName = queue.parse().expect("a queue");
    let queue = Queue {
        limit: Some(limit),
        ..Queue::new(name.clone())
    };
    board.queues.insert(name, queue);
}

/// The numbers of a board's tasks.
pub(crate) fn ids(board: &Board) -> Vec<u64> {
    let mut ids: Vec<u64> = board.tasks().map(|task| task.id.get()).collect();
    ids.sort_unstable();
    ids
}

pub(crate) fn admitted(board: &Board) -> Vec<u64> {
    let admitted = crate::scheduler::admit(board, 64);
    admitted.iter().map(|admission| admission.task.get()).collect()
}

pub(crate) const FIRST: Fence = Fence(1);

/// An installation of this state folder, on a clock that stands still.
pub(crate) fn installation(state: &Path, config: Config) -> Installation {
    Installation {
        state: state.to_owned(),
        socket: state.join("socket"),
        supervisor_program: "/nonexistent/supervisor".into(),
        supervisor_environment: Vec::new(),
        boot: "boot".to_owned(),
        machine: longhaul_supervisor::Reached {
            level: longhaul_supervisor::Level::Kernel,
            detail: String::new(),
        },
        config,
        clock: Clock::manual(Clock::default().now()),
    }
}

/// Rooms on a real store and a clock that stands still, without their loops: what follows from a change is to be looked
/// at. It keeps no output.
pub(crate) struct World {
    pub(crate) installation: Arc<Installation>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) attempts: Arc<Attempts>,
    pub(crate) inputs: UnboundedReceiver<Input>,
    pub(crate) consequences: UnboundedReceiver<Consequence>,
    folder: tempfile::TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Config {
            output_total_bytes: 0,
            ..Config::default()
        })
    }

    pub(crate) fn with(config: Config) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("it exists");
        let installation = Arc::new(installation(&root, config));
        let store = Store::open(&root, OpenOptions::default()).expect("a fresh store opens");
        let (inbox, inputs) = Inbox::new();
        let (emit, consequences) = mpsc::unbounded_channel();
        let ledger = Ledger::new(store, installation.clock.clone(), &installation.config, emit);
        let ledger = Arc::new(ledger);
        let attempts = Arc::new(Attempts {
            installation: Arc::clone(&installation),
            ledger: Arc::clone(&ledger),
            inbox,
            launches: Arc::default(),
            transcripts: Arc::default(),
            trees: Arc::default(),
            shutdown: Shutdown::new(),
        });
        Self {
            installation,
            ledger,
            attempts,
            inputs,
            consequences,
            folder,
        }
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().canonicalize().expect("it exists")
    }

    pub(crate) fn worktrees(&self) -> Worktrees {
        Worktrees {
            installation: Arc::clone(&self.installation),
            ledger: Arc::clone(&self.ledger),
            trees: Arc::clone(&self.attempts.trees),
        }
    }

    /// A task that is stored, and that the ledger took in.
    pub(crate) async fn submitted(&self, spec: Spec) -> Arc<Task> {
        self.submitted_from(None, spec).await
    }

    /// The same from inside another task.
    pub(crate) async fn submitted_from(&self, parent: Option<TaskId>, spec: Spec) -> Arc<Task> {
        let new = NewTask {
            parent,
            ..new_task(spec)
        };
        self.ledger.insert(new).await.expect("it is stored").0
    }

    /// Lets an event happen to a task past the ledger, which hears nothing of it.
    pub(crate) async fn behind_its_back(&self, task: TaskId, event: Event) -> Task {
        let apply = Apply::new(task, event, Actor::User, self.now());
        let applied = self.ledger.store_for_test().task_apply(apply).await;
        applied.expect("it may happen").task
    }

    /// The handle of these rooms.
    pub(crate) fn handle(&self) -> Handle {
        let (installation, ledger) = (Arc::clone(&self.installation), Arc::clone(&self.ledger));
        let shell = Arc::new(ShellEnvironment::new(BTreeMap::new(), BTreeMap::new()));
        let (shutdown, outbox) = (self.attempts.shutdown.clone(), Wake::default());
        Handle::new(Rooms {
            submitter: Submitter {
                installation: Arc::clone(&installation),
                ledger: Arc::clone(&ledger),
                shell: Arc::clone(&shell),
            },
            inbox: self.attempts.inbox.clone(),
            launches: Arc::clone(&self.attempts.launches),
            loans: Arc::new(Loans::new(&installation, &ledger)),
            transcripts: Arc::clone(&self.attempts.transcripts),
            outbox: Arc::new(Outbox::new(&installation, &ledger, &shell, &shutdown, &outbox)),
            retention: Retention {
                installation: Arc::clone(&installation),
                ledger: Arc::clone(&ledger),
                worktrees: self.worktrees(),
            },
            examiner: Examiner::default(),
            trees: Arc::clone(&self.attempts.trees),
            probe: Wake::default(),
            installation,
            ledger,
            shell,
            shutdown,
        })
    }

    /// A task that the store has claimed past the ledger, which did not take the claim in.
    pub(crate) async fn claimed(&self) -> Arc<Task> {
        self.claimed_with(spec()).await
    }

    pub(crate) async fn claimed_with(&self, spec: Spec) -> Arc<Task> {
        let store = self.ledger.store_for_test();
        let task = store.task_insert(new_task(spec)).await.expect("it is stored").task;
        let claim = Apply {
            boot: Some(self.installation.boot.clone()),
            ..Apply::new(task.id, Event::Claimed { fence: FIRST }, Actor::Daemon, self.now())
        };
        Arc::new(store.task_apply(claim).await.expect("it is claimed").task)
    }

    /// A task that runs, as the ledger knows.
    pub(crate) async fn running(&self) -> Arc<Task> {
        let task = self.claimed().await;
        self.ledger.note_for_test(Arc::clone(&task));
        task
    }

    /// Ends a running task, past the ledger.
    pub(crate) async fn lost(&self, task: TaskId) {
        let ended = Event::AttemptEnded {
            fence: FIRST,
            ending: Ending {
                at: self.now(),
                verdict: Verdict::Lost { detail: String::new() },
            },
            jitter_permille: 0,
        };
        let apply = Apply::new(task, ended, Actor::Daemon, self.now());
        self.ledger.store_for_test().task_apply(apply).await.expect("it ends");
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.installation.clock.now()
    }

    /// What was told to the dispatcher until now.
    pub(crate) fn told(&mut self) -> Vec<Input> {
        std::iter::from_fn(|| self.inputs.try_recv().ok()).collect()
    }

    /// What followed until now.
    pub(crate) fn followed(&mut self) -> Vec<Consequence> {
        std::iter::from_fn(|| self.consequences.try_recv().ok()).collect()
    }
}

/// What its user asks for, with an empty environment.
pub(crate) fn submission(spec: Spec) -> Submission {
    Submission {
        spec,
        says_isolation: false,
        environment: Some(BTreeMap::new()),
        parent: None,
        key: None,
        actor: Actor::User,
    }
}

pub(crate) fn new_task(spec: Spec) -> NewTask {
    NewTask {
        spec,
        workspace: "/".to_owned(),
        environment: Some(BTreeMap::new()),
        environment_of: None,
        parent: None,
        repeats: None,
        key: None,
        actor: Actor::User,
        at: Timestamp::UNIX_EPOCH,
        enforcement: None,
        max_depth: 5,
        max_descendants: 100,
    }
}
