//! The life of an attempt as the daemon sees it: look at its folder, do what follows, and look again until its end is
//! handed over.
//!
//! `conclude` is the heart: it takes nothing but what the folder shows. It runs when a supervisor ends, when the daemon
//! starts, and in every periodic round; it may run twice without harm, since what it records names the fence.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use longhaul_failpoint::failpoint;
use longhaul_model::{Access, Event, Facts, Session, State, Task, Work, Worktree};
use longhaul_supervisor::{AttemptFolder, Found, Supervised};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::care::Care;
use super::next::Next;
use super::{end, launch, stop};
use crate::dispatch::Input;
use crate::enforcement;
use crate::executors::executor;
use crate::progress;
use crate::shared::{Shared, blocking, chain, spawn};
use crate::transcripts;

/// What is said of an attempt of an earlier boot.
const REBOOTED: &str = "the machine was restarted";
/// How soon an attempt is looked at again whose end cannot be told yet, at first and at most.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
const LONGEST_LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Starts the attempt that was just claimed, and looks after it.
pub(crate) async fn start(care: Care, task: Arc<Task>) {
    failpoint!("engine.claimed");
    if is_unwanted(&care) {
        let found = inspect(&care).await;
        return look_after(care, found).await;
    }
    let launching = blocking(move || {
        let launched = launch::launch(&care, &task);
        if let Ok(launched) = &launched {
            // Before anything is stored: its program may be asking us already.
            care.note_supervisor(launched.supervised.pid());
        }
        (care, launched)
    });
    // If the step did not end, its care is gone with it, and the round looks after the attempt.
    let Some((care, launched)) = launching.await else {
        return;
    };
    match launched {
        Ok(launched) => {
            clear_trouble(&care.shared);
            note_start(&care, launched.session, launched.worktree).await;
            look_after(care, Ok(Found::Running(launched.supervised))).await;
        }
        Err(error) if error.is_the_tasks() => {
            tracing::warn!(task = %care.task, error = %chain(&error), "an attempt can never be started");
            end::by_refusal(&care, &error).await;
        }
        Err(error) => {
            tracing::warn!(task = %care.task, error = %chain(&error), "an attempt could not be started; trying again");
            note_trouble(&care.shared, chain(&error));
            // A supervisor may have begun all the same; only the folder knows.
            let found = inspect(&care).await;
            look_after(care, found).await;
        }
    }
}

/// Takes up an attempt that nobody looks after. Returns as soon as its supervisor is known.
pub(crate) async fn adopt(care: Care) {
    let found = inspect(&care).await;
    if let Ok(Found::Running(supervised)) = &found {
        care.note_supervisor(supervised.pid());
    }
    spawn(look_after(care, found));
}

async fn look_after(care: Care, mut found: io::Result<Found>) {
    let mut pause = LOOK_AGAIN;
    loop {
        match conclude(&care, found).await {
            Next::Look => {}
            Next::LookLater => {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_LOOK_AGAIN);
            }
            Next::Leave => return,
        }
        if *care.shared.stopping.borrow() {
            return;
        }
        found = inspect(&care).await;
    }
}

async fn inspect(care: &Care) -> io::Result<Found> {
    let folder = care.folder();
    let looked = blocking(move || longhaul_supervisor::inspect(&folder)).await;
    looked.unwrap_or_else(|| Err(io::Error::other("the look did not end")))
}

/// Does what follows from what the folder shows.
async fn conclude(care: &Care, found: io::Result<Found>) -> Next {
    let id = care.task;
    match found {
        Ok(Found::Finished(receipt)) => {
            failpoint!("engine.receipt-read");
            end::by_receipt(care, *receipt).await
        }
        Ok(Found::Running(supervised)) => watch(care, supervised).await,
        Ok(Found::Starting) => Next::LookLater,
        Ok(Found::NeverStarted) => {
            note_stillbirth(&care.shared, &care.folder());
            never_started(care).await
        }
        Ok(Found::Missing) => forestall(care).await,
        Ok(Found::Gone(identity)) if identity.boot_id == care.shared.boot => {
            end::by_loss(care, "its supervisor was killed".to_owned()).await
        }
        Ok(Found::Gone(_)) => end::by_loss(care, REBOOTED.to_owned()).await,
        Ok(Found::Unverified { identity }) => {
            tracing::warn!(task = %id, pid = identity.pid, "its supervisor cannot be seen from here; leaving it alone");
            Next::Leave
        }
        Ok(Found::Damaged { path, reason }) => {
            tracing::error!(task = %id, path = %path.display(), reason, "a file of an attempt is damaged; leaving it as it is");
            end::by_loss(care, format!("{reason}; it was left as it is")).await
        }
        Err(error) => {
            tracing::warn!(task = %id, %error, "could not look at an attempt; trying again");
            Next::Leave
        }
    }
}

/// Watches a supervisor until it ends.
async fn watch(care: &Care, supervised: Supervised) -> Next {
    let (shared, id) = (&care.shared, care.task);
    care.note_supervisor(supervised.pid());
    // The wish may have come while the supervisor was being started, and found nobody to ask.
    if is_unwanted(care) {
        spawn(stop::stop(Arc::clone(shared), id, care.fence));
    }
    let is_confined = |task: &Arc<Task>| task.spec.access == Access::ReadOnly;
    if shared.board().task(id).is_some_and(is_confined) {
        spawn(enforcement::follow(Arc::clone(shared), id, care.fence));
    }
    let follower = |task: &Arc<Task>| Follower::of(&task.spec.work);
    match shared.board().task(id).and_then(follower) {
        Some(Follower::Progress) => spawn(progress::follow(Arc::clone(shared), id, care.fence)),
        Some(Follower::Agent) => spawn(transcripts::follow(Arc::clone(shared), id, care.fence)),
        None => {}
    }
    // SAFETY: the descriptor is owned by `supervised`, which gives out the same one for as long as it lives.
    let descriptor = match unsafe { AsyncFd::register_with_interest(supervised, Interest::READABLE) } {
        Ok(descriptor) => descriptor,
        Err(error) => {
            tracing::warn!(task = %id, %error, "could not watch a supervisor; the round looks after it");
            return Next::Leave;
        }
    };
    let mut stopping = shared.stopping.subscribe();
    tokio::select! {
        ended = descriptor.readable() => {
            if let Err(error) = ended {
                tracing::warn!(task = %id, %error, "could not watch a supervisor; the round looks after it");
                return Next::Leave;
            }
        }
        // The daemon stops; the supervisor goes on, and the next daemon finds it.
        _ = stopping.wait_for(|stopping| *stopping) => return Next::Leave,
    }
    if let Err(error) = descriptor.get_ref().reap() {
        tracing::warn!(task = %id, %error, "could not reap a supervisor");
    }
    Next::Look
}

/// Who reads along with a running attempt.
enum Follower {
    Progress,
    Agent,
}

impl Follower {
    /// Nothing for kinds that tell nothing on their way.
    fn of(work: &Work) -> Option<Self> {
        match work {
            Work::Agent(_) => Some(Self::Agent),
            work => executor(work).tells_progress().then_some(Self::Progress),
        }
    }
}

/// Keeps what is known of an attempt from its start on. What cannot be kept now is found again at its end.
async fn note_start(care: &Care, session: Option<Session>, worktree: Option<Worktree>) {
    if session.is_none() && worktree.is_none() {
        return;
    }
    let noted = |known: &Facts| Facts {
        session: session.or_else(|| known.session.clone()),
        worktree: worktree.or_else(|| known.worktree.clone()),
        ..known.clone()
    };
    care.shared.change_facts(care.task, care.fence, noted).await;
}

/// There is no folder. Whoever was about to make it, in this daemon or in one that is just ending, must find it taken:
/// an empty one, which the next look declares void.
async fn forestall(care: &Care) -> Next {
    let folder = care.folder();
    match blocking(move || launch::create_private_folder(&folder)).await {
        Some(Ok(())) => Next::Look,
        Some(Err(error)) => {
            tracing::warn!(task = %care.task, %error, "could not make sure that an attempt never starts; trying again");
            Next::Leave
        }
        None => Next::Leave,
    }
}

/// The attempt is proven never to have begun, and cannot begin any more.
async fn never_started(care: &Care) -> Next {
    let (shared, fence) = (&care.shared, care.fence);
    let attempts = match shared.store.attempts(care.task) {
        Ok(attempts) => attempts,
        Err(error) => {
            tracing::warn!(task = %care.task, error = %chain(&error), "could not read the attempts of a task");
            return Next::Leave;
        }
    };
    let is_of_this_boot = attempts
        .iter()
        .any(|attempt| attempt.fence == fence && attempt.boot == shared.boot);
    if is_of_this_boot {
        shared.happen(care.task, Event::NeverStarted { fence }).await;
        Next::Leave
    } else {
        // What was on the disk's way when the machine went down is not proof that nothing ran.
        end::lost(care, REBOOTED.to_owned()).await
    }
}

/// Whether somebody asked for its end already.
fn is_unwanted(care: &Care) -> bool {
    let is_stopping =
        |task: &Arc<Task>| matches!(&task.life.state, State::Running(running) if running.stopping.is_some());
    care.shared.board().task(care.task).is_some_and(is_stopping)
}

/// A supervisor that complains before it begins would do so again: the dispatcher pauses instead of trying at once.
fn note_stillbirth(shared: &Shared, folder: &Path) {
    if let Some(complaint) = AttemptFolder::at(folder).complaint() {
        tracing::warn!(folder = %folder.display(), complaint, "a supervisor ended before it began");
        note_trouble(shared, complaint);
    }
}

fn note_trouble(shared: &Shared, trouble: String) {
    if let Ok(mut known) = shared.launch_trouble.lock() {
        *known = Some(trouble);
    }
}

fn clear_trouble(shared: &Shared) {
    let cleared = shared
        .launch_trouble
        .lock()
        .is_ok_and(|mut known| known.take().is_some());
    if cleared {
        shared.tell(Input::Dispatch);
    }
}
