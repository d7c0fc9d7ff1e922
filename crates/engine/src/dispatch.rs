//! The one loop that decides who starts: it takes in ends, looks at the times, asks `admit`, and claims.
//!
//! Ends and the claims that use their slots are written in one request, so that a full queue pays one commit for each
//! task and not two. While the loop waits for that commit nobody else claims: two tasks never get the same slot.

use std::sync::Arc;
use std::time::Duration;

use longhaul_model::{Actor, Ending, Event, Facts, Fence, TaskId};
use longhaul_store::{Apply, ApplyError};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::admit::{Admission, admit};
use crate::reconcile;
use crate::shared::{Shared, chain, spawn};

/// Everything that can wake the loop.
#[derive(Debug)]
pub(crate) enum Input {
    /// A task became ready, a slot may be free, a limit changed, or a time was set.
    Dispatch,
    /// An attempt is over.
    Ended(Box<EndedAttempt>),
    /// Look at everything: somebody knows that something may have been missed.
    Round,
    /// The daemon stops: claim nothing more.
    Stop,
}

/// An attempt that is over, ready to be recorded.
#[derive(Debug, Clone)]
pub(crate) struct EndedAttempt {
    pub(crate) task: TaskId,
    pub(crate) fence: Fence,
    pub(crate) ending: Ending,
    pub(crate) facts: Facts,
}

/// How often everything is looked at although nothing woke the loop.
const ROUND: Duration = Duration::from_secs(10);
/// The same while there is no active task.
const IDLE_ROUND: Duration = Duration::from_secs(60);
/// In how many rounds the board is compared with the store once.
const ROUNDS_BETWEEN_COMPARISONS: u32 = 30;
/// How soon it is tried again after the store or a launch failed.
const TROUBLE_PAUSE: Duration = Duration::from_secs(1);
/// How many tasks are claimed in one request: the rest come right after, and ends need not wait for them.
const MOST_CLAIMS: usize = 64;

/// Runs until it is told to stop, or until nobody is left who could tell it anything.
pub(crate) async fn run(shared: Arc<Shared>, mut inputs: mpsc::UnboundedReceiver<Input>) {
    let mut ended: Vec<EndedAttempt> = Vec::new();
    let mut next_round = Instant::now() + ROUND;
    let mut pause_until: Option<Instant> = None;
    let mut rounds: u32 = 0;
    loop {
        let wake = shared.board().next_wake();
        let input = tokio::select! {
            input = inputs.recv() => input,
            () = shared.clock.sleep_until(wake) => Some(Input::Dispatch),
            () = tokio::time::sleep_until(pause_until.unwrap_or(next_round).min(next_round)) => {
                if Instant::now() >= next_round { Some(Input::Round) } else { Some(Input::Dispatch) }
            }
        };
        let Some(first) = input else { return };
        let mut is_round = false;
        let more = std::iter::from_fn(|| inputs.try_recv().ok());
        for input in std::iter::once(first).chain(more) {
            match input {
                Input::Dispatch => {}
                Input::Ended(attempt) => ended.push(*attempt),
                Input::Round => is_round = true,
                Input::Stop => return,
            }
        }
        if is_round {
            let is_idle = shared.board().tasks().next().is_none();
            next_round = Instant::now() + if is_idle { IDLE_ROUND } else { ROUND };
            rounds = rounds.wrapping_add(1);
            if rounds.is_multiple_of(ROUNDS_BETWEEN_COMPARISONS) {
                spawn(reconcile::compare(Arc::clone(&shared)));
            } else {
                spawn(reconcile::round(Arc::clone(&shared)));
            }
        }
        wake_those_due(&shared);
        let is_paused = pause_until.is_some_and(|until| Instant::now() < until);
        if is_paused && ended.is_empty() {
            continue;
        }
        pause_until = None;
        if !record(&shared, &mut ended, is_paused).await {
            pause_until = Some(Instant::now() + TROUBLE_PAUSE);
        }
        if shared.has_launch_trouble() {
            pause_until = Some(Instant::now() + TROUBLE_PAUSE);
        }
    }
}

/// Lets the time come for the waiting tasks whose time it is.
fn wake_those_due(shared: &Arc<Shared>) {
    let now = shared.clock.now();
    let due: Vec<_> = {
        let mut board = shared.board();
        let due = board.due(now);
        due.into_iter().filter_map(|id| board.take_due(id)).collect()
    };
    for task in due {
        let has_missed_deadline = task.life.deadline().is_some_and(|deadline| deadline <= now);
        let shared = Arc::clone(shared);
        spawn(async move {
            // A wait that ends in the same moment as its deadline has ended in time.
            shared.happen(task.id, Event::TimeCame).await;
            if has_missed_deadline {
                shared.happen(task.id, Event::DeadlinePassed).await;
            }
        });
    }
}

/// Records the ends and claims what may start. False if the store could not; the ends are kept then.
async fn record(shared: &Arc<Shared>, ended: &mut Vec<EndedAttempt>, only_ends: bool) -> bool {
    loop {
        let now = shared.clock.now();
        let admissions: Vec<Admission> = {
            let mut board = shared.board();
            for attempt in ended.iter() {
                board.note_ending(attempt.task);
            }
            let admitted = if only_ends { Vec::new() } else { admit(&board) };
            admitted.into_iter().take(MOST_CLAIMS).collect()
        };
        if ended.is_empty() && admissions.is_empty() {
            return true;
        }
        let ends = ended.iter().map(|attempt| end_of(attempt, now));
        let claims = admissions
            .iter()
            .filter_map(|admission| claim_of(shared, admission, now));
        let (ends, claims): (Vec<_>, Vec<_>) = (ends.collect(), claims.collect());
        let claim_count = claims.len();
        let end_count = ends.len();
        let answers = match shared
            .store
            .task_apply_all(ends.into_iter().chain(claims).collect())
            .await
        {
            Ok(answers) => answers,
            Err(fault) => {
                tracing::warn!(error = %chain(&fault), "the store could not record; trying again");
                return false;
            }
        };
        let mut is_recorded = true;
        let mut kept = Vec::new();
        for (index, answer) in answers.into_iter().enumerate() {
            let attempt = (index < end_count).then(|| ended[index].clone());
            match answer {
                Ok(applied) => {
                    if attempt.is_none() {
                        note_loan(shared, &admissions, applied.task.id);
                    }
                    shared.take_in(applied);
                }
                Err(ApplyError::Rejected { task, .. }) => shared.board().update(Arc::from(task)),
                Err(error) => {
                    tracing::warn!(error = %chain(&error), "the store could not record; trying again");
                    is_recorded = false;
                    kept.extend(attempt);
                }
            }
        }
        *ended = kept;
        if !is_recorded {
            return false;
        }
        if claim_count < MOST_CLAIMS {
            return true;
        }
    }
}

fn end_of(attempt: &EndedAttempt, now: jiff::Timestamp) -> Apply {
    let event = Event::AttemptEnded {
        fence: attempt.fence,
        ending: attempt.ending.clone(),
        jitter_permille: fastrand::u16(0..=1000),
    };
    Apply {
        detail: attempt.ending.verdict.told(),
        facts: Some(attempt.facts.clone()),
        ..Apply::new(attempt.task, event, Actor::Daemon, now)
    }
}

fn claim_of(shared: &Shared, admission: &Admission, now: jiff::Timestamp) -> Option<Apply> {
    let fence = shared.board().task(admission.task)?.life.fence.next();
    let claim = Apply::new(admission.task, Event::Claimed { fence }, Actor::Daemon, now);
    Some(Apply {
        boot: Some(shared.boot.clone()),
        ..claim
    })
}

fn note_loan(shared: &Shared, admissions: &[Admission], claimed: TaskId) {
    let lender = admissions
        .iter()
        .find(|admission| admission.task == claimed)
        .and_then(|admission| admission.lender);
    if let Some(lender) = lender {
        shared.board().borrow(claimed, lender);
    }
}
