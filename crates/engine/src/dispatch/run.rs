//! The one loop that decides who starts: it takes in ends, looks at the times, asks `admit`, and claims.
//!
//! Ends and the claims that use their slots are written in one request, so that a full queue pays one commit for each
//! task and not two. While the loop waits for that commit nobody else claims: two tasks never get the same slot.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use longhaul_model::{Actor, Event, Facts, TaskId, Verdict};
use longhaul_store::{Applied, Apply, ApplyError, StoreFault};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::inbox::{EndedAttempt, Input};
use super::launch_pause::{LaunchPause, MOST_CLAIMS, TROUBLE_PAUSE};
use crate::executors::{agent, executor};
use crate::scheduler::{Admission, Board, admit};
use crate::shared::{Shared, chain, spawn};

/// How often everything is looked at although nothing woke the loop.
const ROUND: Duration = Duration::from_secs(10);
/// The same while there is no active task.
const IDLE_ROUND: Duration = Duration::from_secs(60);

/// Runs until it is told to stop, or until nobody is left who could tell it anything.
pub(crate) async fn run(shared: Arc<Shared>, mut inputs: mpsc::UnboundedReceiver<Input>) {
    let mut ended: Vec<EndedAttempt> = Vec::new();
    let mut last_round = Instant::now();
    let mut pause = LaunchPause::default();
    loop {
        let (wake, is_idle) = {
            let board = shared.board();
            (board.next_wake(), board.tasks().next().is_none())
        };
        let next_round = last_round + if is_idle { IDLE_ROUND } else { ROUND };
        let first = tokio::select! {
            input = inputs.recv() => input,
            () = shared.clock.sleep_until(wake) => Some(Input::Dispatch),
            () = tokio::time::sleep_until(next_round) => Some(Input::Round),
            () = pause.is_over() => Some(Input::Dispatch),
        };
        let Some(first) = first else { return };
        let more = std::iter::from_fn(|| inputs.try_recv().ok());
        for input in std::iter::once(first).chain(more) {
            match input {
                Input::Dispatch => {}
                Input::Ended(attempt) => ended.push(*attempt),
                Input::Round => {
                    last_round = Instant::now();
                    shared.round.notify_one();
                }
                Input::Stop => return,
            }
        }
        wake_those_due(&shared);
        let most_claims = pause.most_claims(shared.has_launch_trouble());
        if !record(&shared, &mut ended, most_claims).await {
            pause.begin(TROUBLE_PAUSE);
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
    if due.is_empty() {
        return;
    }
    let events = due.iter().flat_map(|task| events_of_time(task, now)).collect();
    let shared = Arc::clone(shared);
    spawn(async move { shared.happen_to_all(events).await });
}

/// What the time tells a waiting task. A wait that ends in the same moment as its deadline has ended in time.
pub(crate) fn events_of_time(task: &longhaul_model::Task, now: Timestamp) -> Vec<(TaskId, Event)> {
    let has_missed_deadline = task.life.deadline().is_some_and(|deadline| deadline <= now);
    let missed = has_missed_deadline.then_some((task.id, Event::DeadlinePassed));
    std::iter::once((task.id, Event::TimeCame)).chain(missed).collect()
}

/// Records the ends, and claims at most so many of those that may start. False if the store could not; ends that it
/// did not record are kept.
async fn record(shared: &Arc<Shared>, ended: &mut Vec<EndedAttempt>, most_claims: usize) -> bool {
    let now = shared.clock.now();
    let limited = {
        let mut board = shared.board();
        for attempt in ended.iter() {
            board.note_ending(attempt.task);
            note_usage_limit(&mut board, attempt, now);
        }
        board.limited(now)
    };
    if !limited.is_empty() {
        // They leave the line before anybody is chosen from it.
        let events = limited
            .into_iter()
            .map(|(task, until)| (task, Event::AgentLimited { until }));
        shared.happen_to_all(events.collect()).await;
    }
    let admissions = {
        let board = shared.board();
        choose(admit(&board, MOST_CLAIMS), most_claims)
    };
    let ends = ended.iter().map(|attempt| end_of(attempt, now));
    let claims = admissions.iter().map(|admission| claim_of(shared, admission, now));
    let all: Vec<Apply> = ends.chain(claims).collect();
    if all.is_empty() {
        return true;
    }
    let answers = match shared.store.task_apply_all(all).await {
        Ok(answers) => answers,
        Err(fault) => {
            tracing::warn!(error = %chain(&fault), "the store could not record; trying again");
            return false;
        }
    };
    let mut is_recorded = true;
    let mut answers = answers.into_iter();
    for (attempt, answer) in std::mem::take(ended).into_iter().zip(answers.by_ref()) {
        if settle(shared, attempt.task, answer) == Recorded::Retry {
            is_recorded = false;
            ended.push(attempt);
        }
    }
    for (admission, answer) in admissions.iter().zip(answers) {
        if let (Ok(_), Some(lender)) = (&answer, admission.lender) {
            shared.board().borrow(admission.task, lender);
        }
        is_recorded &= settle(shared, admission.task, answer) == Recorded::Done;
    }
    if admissions.len() == MOST_CLAIMS {
        shared.tell(Input::Dispatch);
    }
    is_recorded
}

/// What the end of one agent's run says about all others of it.
fn note_usage_limit(board: &mut Board, attempt: &EndedAttempt, now: Timestamp) {
    let Some(task) = board.task(attempt.task).cloned() else {
        return;
    };
    let Some(work) = task.spec.work.agent() else { return };
    match (&attempt.ending.verdict, task.started_at) {
        (Verdict::UsageLimitReached { until, .. }, _) => board.usage_limits.note(&work.agent, *until, now),
        (Verdict::Succeeded(_), Some(started_at)) => board.usage_limits.lift(&work.agent, started_at),
        _ => {}
    }
}

/// The first of those who may start; but if it can be one only, any: the first may be the very one that cannot start.
fn choose(mut admissions: Vec<Admission>, most: usize) -> Vec<Admission> {
    if most == 1 && !admissions.is_empty() {
        let chosen = fastrand::usize(..admissions.len());
        return vec![admissions.swap_remove(chosen)];
    }
    admissions.truncate(most);
    admissions
}

/// What is left to do about an answer of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Recorded {
    /// Nothing.
    Done,
    /// To ask again: the store could not now.
    Retry,
}

fn settle(shared: &Arc<Shared>, task: TaskId, answer: Result<Applied, ApplyError>) -> Recorded {
    match answer {
        Ok(applied) => drop(shared.take_in(applied)),
        Err(ApplyError::Rejected { task, .. }) => shared.note(Arc::from(task)),
        Err(ApplyError::Fault(fault)) if !matches!(fault, StoreFault::Damaged(_)) => {
            tracing::warn!(error = %chain(&fault), "the store could not record; trying again");
            return Recorded::Retry;
        }
        Err(error) => {
            // One record that cannot be used must not keep all others from running.
            tracing::error!(%task, error = %chain(&error), "the record of a task cannot be used; it is left as it is");
            shared.board().forget(task);
        }
    }
    Recorded::Done
}

fn end_of(attempt: &EndedAttempt, now: Timestamp) -> Apply {
    let event = Event::AttemptEnded {
        fence: attempt.fence,
        ending: attempt.ending.clone(),
        jitter_permille: fastrand::u16(0..=1000),
    };
    Apply {
        detail: attempt.ending.verdict.told(),
        facts: Some(attempt.facts.clone()),
        message: attempt.message.clone(),
        ..Apply::new(attempt.task, event, Actor::Daemon, now)
    }
}

fn claim_of(shared: &Shared, admission: &Admission, now: Timestamp) -> Apply {
    let claimed = Event::Claimed { fence: admission.fence };
    Apply {
        boot: Some(shared.boot.clone()),
        facts: carried(shared, admission.task),
        ..Apply::new(admission.task, claimed, Actor::Daemon, now)
    }
}

/// What is known of an attempt before it begins.
fn carried(shared: &Shared, id: TaskId) -> Option<Facts> {
    let task = shared.board().task(id).cloned()?;
    let mut facts = executor(&task.spec.work).carried(&task, &shared.config);
    if let Some(session) = facts.resumed.as_ref().filter(|_| facts.earlier_session_usage.is_none()) {
        let other = shared.store.task_of_session(session, Some(id)).ok().flatten();
        facts.earlier_session_usage =
            other.and_then(|other| agent::earlier_session_usage(&task, &other, &shared.config));
    }
    Some(facts)
}
