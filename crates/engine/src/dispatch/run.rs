//! The loop: it takes in ends, looks at the times, asks `admit`, and claims.
//!
//! Ends and the claims that use their slots are written in one request, so that a full queue pays one commit for each
//! task and not two. While the loop waits for that commit nobody else claims: two tasks never get the same slot.

use std::sync::Arc;
use std::time::Duration;

use longhaul_model::{Event, Task, TaskId, with_causes};
use longhaul_store::{Apply, ApplyError, StoreFault};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::claim::{claim_of, end_of};
use super::inbox::{EndedAttempt, Inbox, Input};
use super::launch_pause::{LaunchPause, MOST_CLAIMS, TROUBLE_PAUSE};
use super::launch_trouble::LaunchTrouble;
use super::times::wake_those_due;
use crate::installation::Installation;
use crate::ledger::Ledger;
use crate::runtime::Wake;
use crate::scheduler::{Admission, admit};

/// How often everything is looked at although nothing woke the loop.
const ROUND: Duration = Duration::from_secs(10);
/// The same while there is no active task.
const IDLE_ROUND: Duration = Duration::from_secs(60);

/// Decides who starts.
pub(crate) struct Dispatcher {
    pub(crate) installation: Arc<Installation>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) launches: Arc<LaunchTrouble>,
    /// Its own inbox, to go on at once where there is more to do.
    pub(crate) inbox: Inbox,
    /// Woken when everything should be looked at for what was missed.
    pub(crate) round: Wake,
}

impl Dispatcher {
    /// Runs until it is told to stop, or until nobody is left who could tell it anything.
    pub(crate) async fn run(self, mut inputs: mpsc::UnboundedReceiver<Input>) {
        let mut ended: Vec<EndedAttempt> = Vec::new();
        let mut last_round = Instant::now();
        let mut pause = LaunchPause::default();
        let clock = &self.installation.clock;
        loop {
            let (wake, is_idle) = {
                let board = self.ledger.board();
                (board.next_wake(), board.tasks().next().is_none())
            };
            let next_round = last_round + if is_idle { IDLE_ROUND } else { ROUND };
            let first = tokio::select! {
                input = inputs.recv() => input,
                () = clock.sleep_until(wake) => Some(Input::Dispatch),
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
                        self.round.wake();
                    }
                    Input::Stop => return,
                }
            }
            wake_those_due(&self.ledger, clock.now());
            let most_claims = pause.most_claims(self.has_launch_trouble());
            if !self.record(&mut ended, most_claims).await {
                pause.begin(TROUBLE_PAUSE);
            }
        }
    }

    /// Whether starting is pointless for the moment. With nobody in line there is nothing left to try it with.
    pub(super) fn has_launch_trouble(&self) -> bool {
        if self.ledger.board().lines().is_empty() {
            self.launches.clear();
        }
        self.launches.complaint().is_some()
    }

    /// Records the ends, and claims at most so many of those that may start. False if the store could not; ends that it
    /// did not record are kept.
    pub(super) async fn record(&self, ended: &mut Vec<EndedAttempt>, most_claims: usize) -> bool {
        let (ledger, now) = (&self.ledger, self.installation.clock.now());
        for attempt in ended.iter() {
            ledger.note_ending(attempt.task, &attempt.ending.verdict, now);
        }
        let limited = ledger.usage_limited(now).into_iter();
        let limited: Vec<_> = limited
            .map(|(task, until)| (task, Event::AgentLimited { until }))
            .collect();
        if !limited.is_empty() {
            // They leave the line before anybody is chosen from it.
            ledger.apply_events(limited).await;
        }
        let admissions = choose(admit(&ledger.board(), MOST_CLAIMS), most_claims);
        let mut all: Vec<Apply> = ended.iter().map(|attempt| end_of(attempt, now)).collect();
        for admission in &admissions {
            all.push(claim_of(&self.installation, ledger, admission, now).await);
        }
        if all.is_empty() {
            return true;
        }
        let lenders = admissions
            .iter()
            .filter_map(|admission| Some((admission.task, admission.lender?)))
            .collect();
        let answers = match ledger.apply_all(all, &lenders).await {
            Ok(answers) => answers,
            Err(fault) => {
                tracing::warn!(error = %with_causes(&fault), "the store could not record; trying again");
                return false;
            }
        };
        let mut is_recorded = true;
        let mut answers = answers.into_iter();
        for (attempt, answer) in std::mem::take(ended).into_iter().zip(answers.by_ref()) {
            if self.settle(attempt.task, answer) == Recorded::Retry {
                is_recorded = false;
                ended.push(attempt);
            }
        }
        for (admission, answer) in admissions.iter().zip(answers) {
            is_recorded &= self.settle(admission.task, answer) == Recorded::Done;
        }
        if admissions.len() == MOST_CLAIMS {
            self.inbox.tell(Input::Dispatch);
        }
        is_recorded
    }

    fn settle(&self, task: TaskId, answer: Result<Arc<Task>, ApplyError>) -> Recorded {
        match answer {
            Ok(_) | Err(ApplyError::Rejected { .. }) => {}
            Err(ApplyError::Fault(fault)) if !matches!(fault, StoreFault::Damaged(_)) => {
                tracing::warn!(error = %with_causes(&fault), "the store could not record; trying again");
                return Recorded::Retry;
            }
            Err(error) => {
                // One record that cannot be used must not keep all others from running.
                tracing::error!(%task, error = %with_causes(&error), "the record of a task cannot be used; it is left as it is");
                self.ledger.forget(task);
            }
        }
        Recorded::Done
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
