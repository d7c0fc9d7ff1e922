//! One attempt in the hands of the daemon: seal its folder, start its supervisor, watch it, ask it to stop, and find
//! out what became of it.
//!
//! `settle` is the heart: it takes nothing but a task and a fence, looks at the attempt's folder, and does what
//! follows. It runs when a supervisor ends, when the daemon starts, and in every periodic round; it may run twice
//! without harm, since what it records names the fence.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use longhaul_failpoint::failpoint;
use longhaul_model::{Ending, Event, Facts, Fence, Leftovers, StandardInput, State, Task, TaskId, Verdict};
use longhaul_supervisor::output::Reader;
use longhaul_supervisor::{
    Environment, Found, LeftoverAction, OutputCap, Receipt, Spec as Sealed, Stdin, StopRequest, Supervised, Swept,
    launch,
};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use crate::dispatch::{EndedAttempt, Input};
use crate::executors::{Plan, executor};
use crate::progress;
use crate::shared::{Shared, Watched, blocking, chain, spawn};

/// What is said of an attempt of an earlier boot.
const REBOOTED: &str = "the machine was restarted";
/// How soon an attempt is looked at again whose end cannot be told yet.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Starts the attempt that was just claimed.
pub(crate) async fn start(shared: Arc<Shared>, task: Arc<Task>) {
    let (id, fence) = (task.id, task.life.fence);
    failpoint!("engine.claimed");
    shared.watched().insert(id, Watched { fence, pid: None });
    let launching = {
        let shared = Arc::clone(&shared);
        let task = Arc::clone(&task);
        blocking(move || launch(&shared, &task)).await
    };
    match launching {
        Some(Ok(supervised)) => {
            clear_trouble(&shared);
            watch(shared, id, fence, supervised).await;
        }
        Some(Err(error)) => {
            unwatch(&shared, id, fence);
            launch_failed(&shared, id, fence, &error).await;
        }
        None => unwatch(&shared, id, fence),
    }
}

/// Why an attempt did not start.
#[derive(Debug, thiserror::Error)]
enum StartError {
    /// What the task is to run with could not be read.
    #[error("reading the task's environment")]
    Environment(#[source] longhaul_store::StoreFault),
    /// What it reads on standard input could not be laid ready.
    #[error("laying the standard input ready")]
    StandardInput(#[source] std::io::Error),
    /// The system gave no random numbers.
    #[error("drawing the attempt's secret")]
    Secret(#[source] std::io::Error),
    /// The folder or the supervisor.
    #[error(transparent)]
    Launch(#[from] launch::LaunchError),
}

fn launch(shared: &Shared, task: &Task) -> Result<Supervised, StartError> {
    let (spec, fence) = (&task.spec, task.life.fence);
    let plan = executor(&spec.work).plan(spec, task.id.get(), fence.0);
    let secret = secret().map_err(StartError::Secret)?;
    let stored = shared.store.environment(task.id).map_err(StartError::Environment)?;
    let environment = environment(shared, task, stored.unwrap_or_default(), &plan, &secret);
    let folder = shared.attempt_folder(task.id, fence);
    // The stored input is laid into the task's folder: the attempt's own is not there yet.
    create_private_folder(&shared.task_folder(task.id)).map_err(StartError::StandardInput)?;
    let stdin = lay_input(&spec.stdin, &shared.task_folder(task.id)).map_err(StartError::StandardInput)?;
    let mut sealed = Sealed::new(
        task.id.get(),
        task.life.attempt.0,
        fence.0,
        format!("LONGHAUL_TOKEN={secret}"),
        plan.cwd,
        plan.steps,
    );
    sealed.umask = spec.umask;
    sealed.capture = plan.capture;
    sealed.stdin = stdin;
    sealed.private_tmp = true;
    sealed.run_timeout_ms = spec.timeout_ms;
    sealed.idle_timeout_ms = spec.idle_timeout_ms;
    sealed.leftovers = match spec.leftovers {
        Leftovers::Stop => longhaul_supervisor::Leftovers::Stop,
        Leftovers::Keep => longhaul_supervisor::Leftovers::Keep,
    };
    sealed.output_cap = OutputCap {
        head_bytes: shared.config.output_head_bytes,
        tail_bytes: shared.config.output_tail_bytes,
    };
    if shared.config.sweep_only {
        sealed.kill_mode = longhaul_supervisor::KillMode::Sweep;
    }
    let attempt = launch::create(&folder, &sealed, &environment)?;
    failpoint!("engine.folder-created");
    let supervised = launch::start_with(&attempt, &shared.supervisor_program, &shared.supervisor_environment)?;
    // Known before the program can call us: what it submits is its child.
    shared.watched().insert(
        task.id,
        Watched {
            fence,
            pid: Some(supervised.pid()),
        },
    );
    failpoint!("engine.supervisor-started");
    Ok(supervised)
}

fn environment(
    shared: &Shared,
    task: &Task,
    stored: BTreeMap<String, String>,
    plan: &Plan,
    secret: &str,
) -> Environment {
    let mut environment: Environment = stored.into_iter().collect();
    for (name, value) in &plan.environment {
        environment.set(*name, value);
    }
    environment.set("LONGHAUL_TASK_ID", task.id.to_string());
    environment.set("LONGHAUL_ATTEMPT", task.life.attempt.to_string());
    environment.set("LONGHAUL_SOCKET", shared.socket.as_os_str());
    environment.set("LONGHAUL_TOKEN", secret);
    environment
}

/// 128 random bits, unlike those of any other attempt.
fn secret() -> std::io::Result<String> {
    use std::io::Read as _;
    let mut bytes = [0_u8; 16];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn create_private_folder(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn lay_input(input: &StandardInput, folder: &Path) -> std::io::Result<Stdin> {
    use base64::Engine as _;
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    match input {
        StandardInput::Nothing => Ok(Stdin::Null),
        StandardInput::File(path) => Ok(Stdin::File {
            path: PathBuf::from(path),
        }),
        StandardInput::Base64(text) => {
            let bytes = base64::engine::general_purpose::STANDARD
                .decode(text)
                .map_err(std::io::Error::other)?;
            let path = folder.join("stdin");
            std::fs::OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&path)?
                .write_all(&bytes)?;
            Ok(Stdin::File { path })
        }
    }
}

/// The attempt did not start. That is the machine's fault, not the task's: it goes back into the line, and the
/// dispatcher pauses for a moment.
async fn launch_failed(shared: &Arc<Shared>, id: TaskId, fence: Fence, error: &StartError) {
    tracing::warn!(task = %id, error = %chain(error), "an attempt could not be started; trying again");
    if let Ok(mut trouble) = shared.launch_trouble.lock() {
        *trouble = Some(chain(error));
    }
    // A supervisor may have begun all the same; only the folder knows.
    settle(Arc::clone(shared), id, fence).await;
}

/// A supervisor that complains before it begins would do so again: the dispatcher pauses instead of trying at once.
fn note_stillbirth(shared: &Shared, folder: &Path) {
    let Some(complaint) = longhaul_supervisor::AttemptFolder::at(folder).complaint() else {
        return;
    };
    tracing::warn!(folder = %folder.display(), complaint, "a supervisor ended before it began");
    if let Ok(mut trouble) = shared.launch_trouble.lock() {
        *trouble = Some(complaint);
    }
}

fn clear_trouble(shared: &Shared) {
    if let Ok(mut trouble) = shared.launch_trouble.lock() {
        *trouble = None;
    }
}

fn unwatch(shared: &Shared, id: TaskId, fence: Fence) {
    let mut watched = shared.watched();
    if watched.get(&id).is_some_and(|watched| watched.fence == fence) {
        watched.remove(&id);
    }
}

/// Watches a supervisor until it ends, then settles what it left.
pub(crate) async fn watch(shared: Arc<Shared>, id: TaskId, fence: Fence, supervised: Supervised) {
    shared.watched().insert(
        id,
        Watched {
            fence,
            pid: Some(supervised.pid()),
        },
    );
    let task = shared.board().task(id).cloned();
    if let Some(task) = &task {
        // The wish may have come while the supervisor was being started, and found nobody to ask.
        if matches!(&task.life.state, State::Running(running) if running.stopping.is_some()) {
            spawn(stop(Arc::clone(&shared), id, fence));
        }
        if executor(&task.spec.work).tells_progress() {
            spawn(progress::follow(Arc::clone(&shared), id, fence));
        }
    }
    // SAFETY: the descriptor is owned by `supervised`, which gives out the same one for as long as it lives.
    match unsafe { AsyncFd::register_with_interest(supervised, Interest::READABLE) } {
        Ok(descriptor) => {
            let mut stopping = shared.stopping.subscribe();
            tokio::select! {
                ended = descriptor.readable() => {
                    if let Err(error) = ended {
                        tracing::warn!(task = %id, %error, "could not watch a supervisor");
                    }
                }
                // The daemon stops; the supervisor goes on, and the next daemon finds it.
                _ = stopping.wait_for(|stopping| *stopping) => return,
            }
            if let Err(error) = descriptor.get_ref().reap() {
                tracing::warn!(task = %id, %error, "could not reap a supervisor");
            }
        }
        Err(error) => tracing::warn!(task = %id, %error, "could not watch a supervisor; the round looks after it"),
    }
    unwatch(&shared, id, fence);
    settle(shared, id, fence).await;
}

/// Asks the supervisor of an attempt to end it.
pub(crate) async fn stop(shared: Arc<Shared>, id: TaskId, fence: Fence) {
    failpoint!("engine.cancel-recorded");
    let Some(task) = shared.board().task(id).cloned() else {
        return;
    };
    let State::Running(running) = &task.life.state else {
        return;
    };
    let Some(stopping) = running.stopping.clone() else {
        return;
    };
    let folder = shared.attempt_folder(id, fence);
    let request = StopRequest::new(
        stopping.by.to_string(),
        stopping.reason,
        stopping.since.as_microsecond(),
    );
    let asked = blocking(move || longhaul_supervisor::stop::request(&folder, &request)).await;
    if let Some(Err(error)) = asked {
        // No folder yet: `watch` asks again once there is one. Anything else: the round does.
        tracing::debug!(task = %id, error = %chain(&error), "could not ask an attempt to stop yet");
    }
}

/// Finds out what became of an attempt, and does what follows.
pub(crate) async fn settle(shared: Arc<Shared>, id: TaskId, fence: Fence) {
    let folder = shared.attempt_folder(id, fence);
    let looked = {
        let folder = folder.clone();
        blocking(move || longhaul_supervisor::inspect(&folder)).await
    };
    match looked {
        Some(Ok(Found::Finished(receipt))) => {
            failpoint!("engine.receipt-read");
            record_end(shared, id, fence, *receipt).await;
        }
        Some(Ok(Found::Running(supervised))) => {
            let is_new = !shared.watched().contains_key(&id);
            if is_new {
                spawn_watch(shared, id, fence, supervised);
            }
        }
        Some(Ok(Found::Starting)) => look_again(shared, id, fence),
        Some(Ok(Found::NeverStarted)) => {
            note_stillbirth(&shared, &folder);
            never_started(&shared, id, fence).await;
        }
        Some(Ok(Found::Missing)) => never_started(&shared, id, fence).await,
        Some(Ok(Found::Gone(identity))) => {
            let lost = if identity.boot_id == shared.boot {
                "its supervisor was killed"
            } else {
                REBOOTED
            };
            record_loss(shared, id, fence, lost.to_owned()).await;
        }
        Some(Ok(Found::Unverified { identity })) => {
            tracing::warn!(task = %id, pid = identity.pid, "its supervisor cannot be seen from here; leaving it alone");
        }
        Some(Ok(Found::Damaged { path, reason })) => {
            tracing::error!(task = %id, path = %path.display(), reason, "a file of an attempt is damaged; leaving it as it is");
            record_loss(shared, id, fence, format!("{reason}; it was left as it is")).await;
        }
        Some(Err(error)) => tracing::warn!(task = %id, %error, "could not look at an attempt; trying again"),
        None => {}
    }
}

// Boxed by hand: `watch` ends in `settle`, which may begin another `watch`.
fn spawn_watch(shared: Arc<Shared>, id: TaskId, fence: Fence, supervised: Supervised) {
    let watching: std::pin::Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(watch(shared, id, fence, supervised));
    spawn(watching);
}

fn look_again(shared: Arc<Shared>, id: TaskId, fence: Fence) {
    let looking: std::pin::Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move {
        tokio::time::sleep(LOOK_AGAIN).await;
        if !*shared.stopping.borrow() {
            settle(shared, id, fence).await;
        }
    });
    spawn(looking);
}

/// The attempt is proven never to have begun, and cannot begin any more.
async fn never_started(shared: &Arc<Shared>, id: TaskId, fence: Fence) {
    let attempts = match shared.store.attempts(id) {
        Ok(attempts) => attempts,
        Err(error) => {
            tracing::warn!(task = %id, error = %chain(&error), "could not read the attempts of a task");
            return;
        }
    };
    let is_of_this_boot = attempts
        .iter()
        .any(|attempt| attempt.fence == fence && attempt.boot == shared.boot);
    if is_of_this_boot {
        shared.happen(id, Event::NeverStarted { fence }).await;
    } else {
        // What was on the disk's way when the machine went down is not proof that nothing ran.
        lose(shared, id, fence, REBOOTED.to_owned()).await;
    }
}

/// Its supervisor is gone without a receipt. The task is called over once its tree is proven gone.
async fn record_loss(shared: Arc<Shared>, id: TaskId, fence: Fence, detail: String) {
    let folder = shared.attempt_folder(id, fence);
    let swept = blocking(move || longhaul_supervisor::sweep(&folder)).await;
    match swept {
        Some(Ok(Swept::Empty)) => lose(&shared, id, fence, detail).await,
        Some(Ok(Swept::Remaining(pids))) => {
            tracing::error!(task = %id, ?pids, "processes of a lost attempt refuse to die; its slot stays taken");
            look_again(shared, id, fence);
        }
        Some(Err(longhaul_supervisor::sweep::SweepError::Supervised)) => look_again(shared, id, fence),
        Some(Err(longhaul_supervisor::sweep::SweepError::Read(error))) => {
            // Nothing says any more which processes were its own; none is touched.
            lose(&shared, id, fence, format!("{detail}; {}", chain(&error))).await;
        }
        Some(Err(error)) => {
            tracing::warn!(task = %id, error = %chain(&error), "could not sweep a lost attempt; trying again")
        }
        None => {}
    }
}

async fn lose(shared: &Arc<Shared>, id: TaskId, fence: Fence, detail: String) {
    let Some(task) = shared.board().task(id).cloned() else {
        return;
    };
    if let Some(remains) = executor(&task.spec.work).remains(&task.spec, id.get(), fence.0) {
        blocking(move || match std::fs::remove_dir_all(&remains) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => tracing::warn!(task = %id, path = %remains.display(), %error, "could not remove what a lost attempt left"),
        })
        .await;
    }
    let verdict = Verdict::Lost { detail };
    let reader = Reader::open(shared.attempt_folder(id, fence));
    let mut facts = Facts {
        output_bytes: reader.produced().unwrap_or(0),
        output_truncated: reader.dropped().is_ok_and(|dropped| dropped > 0),
        progress: None,
        unkillable_since: None,
        ..task.facts.clone()
    };
    executor(&task.spec.work).read_end(&task.spec, &verdict, &reader, &mut facts);
    let ending = Ending {
        at: shared.clock.now(),
        verdict,
    };
    shared.tell(Input::Ended(Box::new(EndedAttempt {
        task: id,
        fence,
        ending,
        facts,
    })));
}

/// Hands a receipt to the dispatcher, as a verdict and facts.
async fn record_end(shared: Arc<Shared>, id: TaskId, fence: Fence, receipt: Receipt) {
    let Some(task) = shared.board().task(id).cloned() else {
        return;
    };
    if receipt.task != id.get() || receipt.fence != fence.0 {
        let detail = "its receipt is of another attempt; it was left as it is".to_owned();
        return lose(&shared, id, fence, detail).await;
    }
    let folder = shared.attempt_folder(id, fence);
    let read = blocking(move || {
        let reader = Reader::open(folder);
        let executor = executor(&task.spec.work);
        let verdict = executor.verdict(&task.spec, &receipt, &reader);
        let mut facts = facts_of(&task.facts, &receipt);
        executor.read_end(&task.spec, &verdict, &reader, &mut facts);
        let ended_at_us = receipt.program_ended_at_us.unwrap_or(receipt.ended_at_us);
        (verdict, facts, Timestamp::from_microsecond(ended_at_us))
    });
    let Some((verdict, facts, at)) = read.await else { return };
    let at = at.unwrap_or_else(|_| shared.clock.now());
    let ending = Ending { at, verdict };
    shared.tell(Input::Ended(Box::new(EndedAttempt {
        task: id,
        fence,
        ending,
        facts,
    })));
}

fn facts_of(known: &Facts, receipt: &Receipt) -> Facts {
    let kept = |leftover: &&longhaul_supervisor::Leftover| leftover.action == LeftoverAction::Kept;
    Facts {
        output_bytes: receipt.output.produced_bytes,
        output_truncated: receipt.output.dropped_bytes > 0,
        duration_ms: Some(receipt.program_duration_us.unwrap_or(0) / 1_000),
        peak_memory_bytes: Some(receipt.resources.peak_memory_bytes).filter(|bytes| *bytes > 0),
        cpu_ms: Some(receipt.resources.cpu_ms),
        leftovers: receipt
            .leftovers
            .iter()
            .filter(kept)
            .map(|left| format!("{} {}", left.pid, left.command))
            .collect(),
        unkillable_since: None,
        ..known.clone()
    }
}
