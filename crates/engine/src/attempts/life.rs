//! The life of an attempt as the daemon sees it: look at its folder, do what follows, and look again until its end is
//! handed over.
//!
//! `conclude` is the heart: it takes nothing but what the folder shows. It runs when a supervisor ends, when the daemon
//! starts, and in every periodic round; it may run twice without harm, since what it records names the fence.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use longhaul_failpoint::failpoint;
use longhaul_model::{Event, Session, State, Task, Worktree, with_causes};
use longhaul_store::Fact;
use longhaul_supervisor::{AttemptFolder, Found, Supervised};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::ask::ask;
use super::end;
use super::follow::Follower;
use super::launch::launch;
use super::next::Next;
use super::owned::{Attempts, OwnedAttempt};
use crate::dispatch::Input;
use crate::ledger::AttemptGuard;
use crate::private_files::create_private_folder;
use crate::runtime::{blocking, spawn};

/// What is said of an attempt of an earlier boot.
const REBOOTED: &str = "the machine was restarted";
/// How soon an attempt is looked at again whose end cannot be told yet, at first and at most.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
const LONGEST_LOOK_AGAIN: Duration = Duration::from_secs(5);

impl Attempts {
    /// Starts the attempt that was just claimed, and supervises it.
    pub(crate) async fn start(self: Arc<Self>, guard: AttemptGuard, task: Arc<Task>) {
        failpoint!("engine.claimed");
        let attempt = OwnedAttempt::new(&self, guard);
        if is_unwanted(&attempt) {
            let found = inspect(&attempt).await;
            return supervise(attempt, found).await;
        }
        let asked = ask(&attempt, &task).await;
        let launching = blocking(move || {
            let launched = asked.and_then(|asked| launch(&attempt, &task, asked));
            (attempt, launched)
        });
        // If the step did not end, its guard is gone with it, and the round takes the attempt up.
        let Some((attempt, launched)) = launching.await else {
            return;
        };
        match launched {
            Ok(launched) => {
                if self.launches.clear() {
                    self.inbox.tell(Input::Dispatch);
                }
                note_start(&attempt, launched.session, launched.worktree).await;
                supervise(attempt, Ok(Found::Running(launched.supervised))).await;
            }
            Err(error) if error.is_the_tasks() => {
                tracing::warn!(task = %attempt.id(), error = %with_causes(&error), "an attempt can never be started");
                end::by_refusal(&attempt, &error).await;
            }
            Err(error) => {
                tracing::warn!(task = %attempt.id(), error = %with_causes(&error), "an attempt could not be started; trying again");
                self.launches.note(with_causes(&error));
                // A supervisor may have begun all the same; only the folder knows.
                let found = inspect(&attempt).await;
                supervise(attempt, found).await;
            }
        }
    }

    /// Takes up an attempt that nobody supervises. Returns as soon as its supervisor is known.
    pub(crate) async fn adopt(self: &Arc<Self>, guard: AttemptGuard) {
        let attempt = OwnedAttempt::new(self, guard);
        let found = inspect(&attempt).await;
        match &found {
            Ok(Found::Running(supervised)) => attempt.guard.note_supervisor(supervised.identity()),
            Ok(Found::Gone(identity)) => attempt.guard.note_supervisor(identity),
            _ => {}
        }
        spawn(supervise(attempt, found));
    }
}

async fn supervise(attempt: OwnedAttempt, mut found: io::Result<Found>) {
    let mut pause = LOOK_AGAIN;
    loop {
        match conclude(&attempt, found).await {
            Next::Look => {}
            Next::LookLater => {
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_LOOK_AGAIN);
            }
            Next::Leave => return,
        }
        if attempt.room.shutdown.has_begun() {
            return;
        }
        found = inspect(&attempt).await;
    }
}

async fn inspect(attempt: &OwnedAttempt) -> io::Result<Found> {
    let folder = attempt.folder();
    let looked = blocking(move || longhaul_supervisor::inspect(&folder)).await;
    looked.unwrap_or_else(|| Err(io::Error::other("the look did not end")))
}

/// Does what follows from what the folder shows.
async fn conclude(attempt: &OwnedAttempt, found: io::Result<Found>) -> Next {
    let id = attempt.id();
    match found {
        Ok(Found::Finished(receipt)) => {
            failpoint!("engine.receipt-read");
            end::by_receipt(attempt, *receipt).await
        }
        Ok(Found::Running(supervised)) => watch(attempt, supervised).await,
        Ok(Found::Starting) => Next::LookLater,
        Ok(Found::NeverStarted) => {
            record_failed_start(attempt);
            never_started(attempt).await
        }
        Ok(Found::Missing) => void_attempt(attempt).await,
        Ok(Found::Gone(identity)) if identity.boot_id == attempt.room.installation.boot => {
            end::by_loss(attempt, "its supervisor was killed".to_owned()).await
        }
        Ok(Found::Gone(_)) => end::by_loss(attempt, REBOOTED.to_owned()).await,
        Ok(Found::Unverified { identity }) => {
            tracing::warn!(task = %id, pid = identity.pid, "its supervisor cannot be seen from here; leaving it alone");
            Next::Leave
        }
        Ok(Found::Damaged { path, reason }) => {
            tracing::error!(task = %id, path = %path.display(), reason, "a file of an attempt is damaged; leaving it as it is");
            end::by_loss(attempt, format!("{reason}; it was left as it is")).await
        }
        Err(error) => {
            tracing::warn!(task = %id, %error, "could not look at an attempt; trying again");
            Next::Leave
        }
    }
}

/// Watches a supervisor until it ends.
async fn watch(attempt: &OwnedAttempt, supervised: Supervised) -> Next {
    let id = attempt.id();
    attempt.guard.note_supervisor(supervised.identity());
    // The wish may have come while the supervisor was being started, and found nobody to ask.
    if is_unwanted(attempt) {
        let room = Arc::clone(&attempt.room);
        let fence = attempt.fence();
        spawn(async move { room.stop(id, fence).await });
    }
    let follower = Follower::of(attempt);
    // SAFETY: the descriptor is owned by `supervised`, which gives out the same one for as long as it lives.
    let descriptor = match unsafe { AsyncFd::register_with_interest(supervised, Interest::READABLE) } {
        Ok(descriptor) => descriptor,
        Err(error) => {
            tracing::warn!(task = %id, %error, "could not watch a supervisor; the round looks after it");
            return Next::Leave;
        }
    };
    tokio::select! {
        ended = descriptor.readable() => {
            if let Err(error) = ended {
                tracing::warn!(task = %id, %error, "could not watch a supervisor; the round looks after it");
                return Next::Leave;
            }
        }
        // The daemon stops; the supervisor goes on, and the next daemon finds it.
        () = attempt.room.shutdown.begun() => return Next::Leave,
        never = follower.run() => match never {},
    }
    if let Err(error) = descriptor.get_ref().reap() {
        tracing::warn!(task = %id, %error, "could not reap a supervisor");
    }
    Next::Look
}

/// Keeps what is known of an attempt from its start on. What cannot be kept now is found again at its end.
async fn note_start(attempt: &OwnedAttempt, session: Option<Session>, worktree: Option<Worktree>) {
    let facts = session.map(Fact::Session).into_iter();
    let facts: Vec<Fact> = facts.chain(worktree.map(Fact::Worktree)).collect();
    if !facts.is_empty() {
        attempt.amend(facts).await;
    }
}

/// There is no folder. Whoever was about to make it, in this daemon or in one that is just ending, must find it taken:
/// an empty one, which the next look declares void.
async fn void_attempt(attempt: &OwnedAttempt) -> Next {
    let folder = attempt.folder();
    match blocking(move || create_private_folder(&folder)).await {
        Some(Ok(())) => Next::Look,
        Some(Err(error)) => {
            tracing::warn!(task = %attempt.id(), %error, "could not make sure that an attempt never starts; trying again");
            Next::Leave
        }
        None => Next::Leave,
    }
}

/// The attempt is proven never to have begun, and cannot begin any more.
async fn never_started(attempt: &OwnedAttempt) -> Next {
    let (room, fence) = (&attempt.room, attempt.fence());
    let attempts = match room.ledger.stored().attempts(attempt.id()).await {
        Ok(attempts) => attempts,
        Err(error) => {
            tracing::warn!(task = %attempt.id(), error = %with_causes(&error), "could not read the attempts of a task");
            return Next::Leave;
        }
    };
    let is_of_this_boot = attempts
        .iter()
        .any(|known| known.fence == fence && known.boot == room.installation.boot);
    if is_of_this_boot {
        room.ledger
            .apply_event(attempt.id(), Event::NeverStarted { fence })
            .await;
        Next::Leave
    } else {
        // What was on the disk's way when the machine went down is not proof that nothing ran.
        end::lost(attempt, REBOOTED.to_owned()).await
    }
}

/// Whether somebody asked for its end already.
fn is_unwanted(attempt: &OwnedAttempt) -> bool {
    let is_stopping =
        |task: &Arc<Task>| matches!(&task.life.state, State::Running(running) if running.stopping.is_some());
    attempt.task().as_ref().is_some_and(is_stopping)
}

/// A supervisor that complains before it begins would do so again: the dispatcher pauses instead of trying at once.
fn record_failed_start(attempt: &OwnedAttempt) {
    let folder = attempt.folder();
    if let Some(complaint) = AttemptFolder::at(&folder).complaint() {
        tracing::warn!(folder = %folder.display(), complaint, "a supervisor ended before it began");
        attempt.room.launches.note(complaint);
    }
}
