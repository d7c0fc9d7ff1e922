//! Tasks for tests, boards with them, and an engine on a real store.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use longhaul_model::{
    Actor, Event, Facts, Fence, Life, Policy, Queue, QueueName, Running, Spec, StandardInput, State, Task, TaskId,
    Waits, Work,
};
use longhaul_store::{Apply, NewTask, OpenOptions, Store};
use tokio::sync::mpsc::{self, UnboundedReceiver};

use crate::clock::Clock;
use crate::config::Config;
use crate::dispatch::Input;
use crate::scheduler::Board;
use crate::shared::{Parts, Shared};

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

pub(crate) fn admitted(board: &Board) -> Vec<u64> {
    let admitted = crate::scheduler::admit(board, 64);
    admitted.iter().map(|admission| admission.task.get()).collect()
}

pub(crate) const FIRST: Fence = Fence(1);

/// An engine without its loops, on a clock that stands still; it keeps no output.
pub(crate) fn engine(folder: &Path) -> (Arc<Shared>, UnboundedReceiver<Input>) {
    let (inputs, receiver) = mpsc::unbounded_channel();
    let parts = Parts {
        machine: longhaul_supervisor::Reached {
            level: longhaul_supervisor::Level::Kernel,
            detail: String::new(),
        },
        store: Store::open(folder, OpenOptions::default()).expect("a fresh store opens"),
        clock: Clock::manual(Clock::default().now()),
        config: Config {
            output_total_bytes: 0,
            ..Config::default()
        },
        attempts: folder.join("attempts"),
        socket: folder.join("socket"),
        supervisor_program: "/nonexistent/supervisor".into(),
        supervisor_environment: Vec::new(),
        boot: "boot".to_owned(),
        fallback_environment: BTreeMap::new(),
        inputs,
    };
    (Arc::new(Shared::new(parts)), receiver)
}

/// A task that the store has claimed, and whose claim nobody took in yet.
pub(crate) async fn claimed(shared: &Arc<Shared>, stdin: StandardInput) -> Arc<Task> {
    let mut spec = spec();
    spec.stdin = stdin;
    let new = NewTask {
        spec,
        workspace: "/".to_owned(),
        environment: Some(BTreeMap::new()),
        environment_of: None,
        parent: None,
        repeats: None,
        key: None,
        actor: Actor::User,
        at: shared.clock.now(),
        enforcement: None,
        max_depth: 5,
        max_descendants: 100,
    };
    let task = shared.store.task_insert(new).await.expect("it is stored").task;
    let claim = Apply {
        boot: Some(shared.boot.clone()),
        ..Apply::new(
            task.id,
            Event::Claimed { fence: FIRST },
            Actor::Daemon,
            shared.clock.now(),
        )
    };
    Arc::new(shared.store.task_apply(claim).await.expect("it is claimed").task)
}
