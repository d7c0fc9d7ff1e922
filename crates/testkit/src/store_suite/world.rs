//! A store to try things on, the few things that every sentence does with it, and what always holds.

use jiff::{SignedDuration, Timestamp};
use longhaul_model::{
    ACTIVE, Actor, Ending, Event, Fence, Outcome, QueueName, Spec, StateName, Task, TaskId, Verdict, Work,
};
use longhaul_store::{Applied, Apply, ApplyError, InsertError, NewTask, Repeat, Store, TaskFilter};

/// Where a store lives. It goes with the value.
pub trait Home {
    /// Opens the store, whatever is in it by now; the one opened before was closed.
    fn open(&self) -> Store;
}

/// A store in a home of its own.
pub struct StoreWorld {
    home: Box<dyn Home>,
    /// The open store.
    pub store: Store,
}

/// A time, in seconds after an arbitrary start.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_800_000_000 + seconds)
}

/// A command's spec.
pub fn command(words: &[&str]) -> Spec {
    Spec::new(
        Work::Command {
            command: words.iter().map(|word| (*word).to_owned()).collect(),
        },
        "/work",
    )
}

/// A queue's name.
pub fn queue(name: &str) -> QueueName {
    name.parse().expect("a legal name")
}

/// A submit from outside at second 0, with generous limits.
pub fn new_task(spec: Spec) -> NewTask {
    NewTask {
        spec,
        workspace: "/work".to_owned(),
        environment: None,
        environment_of: None,
        parent: None,
        repeats: None,
        key: None,
        actor: Actor::User,
        at: at(0),
        enforcement: None,
        max_depth: 5,
        max_descendants: 100,
    }
}

/// The claim of a task with this fence.
pub fn claimed(task: TaskId, fence: u64, second: i64) -> Apply {
    let boot = Some("boot-1".to_owned());
    Apply {
        boot,
        ..Apply::new(task, Event::Claimed { fence: Fence(fence) }, Actor::Daemon, at(second))
    }
}

/// The end of a task's attempt with this fence.
pub fn ended(task: TaskId, fence: u64, verdict: Verdict, second: i64) -> Apply {
    let ending = Ending {
        at: at(second),
        verdict,
    };
    let event = Event::AttemptEnded {
        fence: Fence(fence),
        ending,
        jitter_permille: 0,
    };
    Apply::new(task, event, Actor::Daemon, at(second))
}

/// A program that exited 0.
pub fn succeeded() -> Verdict {
    Verdict::Succeeded(Outcome::exited(0))
}

/// A program that exited 1.
pub fn failed() -> Verdict {
    Verdict::Failed(Outcome::exited(1))
}

impl StoreWorld {
    /// A world with an empty store.
    pub fn new(home: Box<dyn Home>) -> Self {
        let store = home.open();
        Self { home, store }
    }

    /// Closes the store and opens it again.
    pub fn reopen(&mut self) {
        self.store.close().expect("the store closes");
        self.store = self.home.open();
    }

    /// Submits a task that is accepted.
    pub async fn submit(&self, spec: Spec) -> Task {
        self.store
            .task_insert(new_task(spec))
            .await
            .expect("an accepted submit")
            .task
    }

    /// Submits a command that is accepted.
    pub async fn submit_command(&self, words: &[&str]) -> TaskId {
        self.submit(command(words)).await.id
    }

    /// Submits a task from inside `parent`.
    pub async fn submit_child(&self, parent: TaskId) -> Result<Task, InsertError> {
        let child = NewTask {
            parent: Some(parent),
            ..new_task(command(&["child"]))
        };
        Ok(self.store.task_insert(child).await?.task)
    }

    /// Repeats a task at this second.
    pub async fn repeat(&self, of: TaskId, force: bool, second: i64) -> Result<Task, InsertError> {
        let repeats = Some(Repeat { of, force });
        let again = NewTask {
            repeats,
            at: at(second),
            ..new_task(command(&["again"]))
        };
        Ok(self.store.task_insert(again).await?.task)
    }

    /// Tells a task something that it takes.
    pub async fn told(&self, apply: Apply) -> Applied {
        self.store.task_apply(apply).await.expect("news that the task takes")
    }

    /// Tells a task that somebody did this at this second.
    pub async fn tell(&self, task: TaskId, event: Event, second: i64) -> Result<Applied, ApplyError> {
        self.store
            .task_apply(Apply::new(task, event, Actor::User, at(second)))
            .await
    }

    /// Asks a task to end.
    pub async fn cancel(&self, task: TaskId, second: i64) -> Result<Applied, ApplyError> {
        self.tell(
            task,
            Event::CancelRequested {
                by: Actor::User,
                reason: None,
            },
            second,
        )
        .await
    }

    /// A command that was claimed at this second and ended one second later.
    pub async fn finished(&self, verdict: Verdict, second: i64) -> TaskId {
        let task = self.submit_command(&["job"]).await;
        self.told(claimed(task, 1, second)).await;
        self.told(ended(task, 1, verdict, second + 1)).await;
        task
    }

    /// A task that is there.
    pub async fn task(&self, id: TaskId) -> Task {
        self.store
            .task(id)
            .await
            .expect("a readable task")
            .expect("a task that is there")
    }

    /// The ids of a whole list.
    pub async fn list(&self, filter: &TaskFilter) -> Vec<u64> {
        let tasks = self.store.tasks(filter, None, 10_000).await.expect("a list");
        tasks.iter().map(|task| task.id.get()).collect()
    }

    /// Checks what holds in every store at every time.
    ///
    /// # Panics
    ///
    /// If it does not hold.
    pub async fn check(&self) {
        let tasks = self
            .store
            .tasks(&TaskFilter::default(), None, 10_000)
            .await
            .expect("a list");
        self.check_counts(&tasks).await;
        self.check_active(&tasks).await;
        for task in &tasks {
            self.check_task(task).await;
        }
        self.check_events().await;
    }

    async fn check_counts(&self, tasks: &[Task]) {
        let counts = self.store.counts().await.expect("counts");
        for state in StateName::ALL {
            let counted = tasks.iter().filter(|task| task.state() == state).count();
            assert_eq!(counts.of(state), counted as u64, "count of {state}");
        }
        let needing: Vec<_> = tasks
            .iter()
            .filter(|task| task.needs_attention())
            .map(|task| task.id)
            .collect();
        assert_eq!(
            counts.needs_attention,
            needing.len() as u64,
            "count of those that need somebody"
        );
        let listed = self.store.needs_attention(10_000).await.expect("a list");
        assert_eq!(listed.iter().map(|task| task.id).collect::<Vec<_>>(), needing);
    }

    async fn check_active(&self, tasks: &[Task]) {
        let active = self.store.active_tasks().await.expect("active tasks");
        assert_eq!(active.damaged, []);
        let mut expected: Vec<_> = tasks
            .iter()
            .filter(|task| ACTIVE.contains(&task.state()))
            .cloned()
            .collect();
        expected.reverse();
        assert_eq!(active.tasks, expected);
        let mut chains: Vec<_> = expected.iter().map(|task| task.chain).collect();
        chains.sort();
        chains.dedup();
        assert_eq!(chains.len(), expected.len(), "one active task per chain");
    }

    async fn check_task(&self, task: &Task) {
        let history = self.store.history(task.id).await.expect("a history");
        assert_eq!(
            history.first().map(|entry| entry.event.as_str()),
            Some("submitted"),
            "task {}",
            task.id
        );
        for (number, entry) in (1..).zip(&history) {
            assert_eq!(entry.number, number, "history of task {}", task.id);
        }
        for pair in history.windows(2) {
            assert_eq!(Some(pair[0].to), pair[1].from, "history of task {}", task.id);
        }
        assert_eq!(
            history.last().map(|entry| entry.to),
            Some(task.state()),
            "history of task {}",
            task.id
        );

        let attempts = self.store.attempts(task.id).await.expect("attempts");
        let open: Vec<_> = attempts.iter().filter(|attempt| attempt.ended_at.is_none()).collect();
        if task.state() == StateName::Running {
            assert_eq!(open.len(), 1, "task {} has one open attempt", task.id);
            assert_eq!(open[0].fence, task.life.fence);
            assert_eq!(open[0].number, task.life.attempt);
        } else {
            assert!(open.is_empty(), "task {} has no open attempt", task.id);
        }
        assert!(attempts.is_sorted_by(|one, next| one.fence < next.fence));
    }

    async fn check_events(&self) {
        let bounds = self.store.event_bounds().await.expect("bounds");
        let events = self.store.events_after(0, usize::MAX).await.expect("events");
        let sequences: Vec<_> = events.iter().map(|event| event.sequence).collect();
        assert_eq!(sequences, (bounds.oldest..=bounds.newest).collect::<Vec<_>>());
        assert_eq!(*self.store.changes().borrow(), bounds.newest);
    }
}
