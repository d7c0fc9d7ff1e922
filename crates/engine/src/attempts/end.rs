//! The end of an attempt, as a verdict and facts, on its way to the dispatcher.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use longhaul_model::{Ending, Facts, Task, Verdict, with_causes};
use longhaul_supervisor::output::Reader;
use longhaul_supervisor::{LeftoverAction, Receipt, Swept};

use super::enforcement;
use super::next::Next;
use super::owned::{Attempts, OwnedAttempt};
use super::start_error::StartError;
use crate::dispatch::{EndedAttempt, Input};
use crate::executors::{Concluded, Heard, Over, executor};
use crate::runtime::blocking;
use crate::transcripts::Transcript;
use crate::workspace::{add_report, end_landing, read_report};

/// Hands over what a receipt means.
pub(super) async fn by_receipt(attempt: &OwnedAttempt, receipt: Receipt) -> Next {
    if receipt.task != attempt.id().get() || receipt.fence != attempt.fence().0 {
        return by_loss(
            attempt,
            "its receipt is of another attempt; it was left as it is".to_owned(),
        )
        .await;
    }
    let ended_at_us = receipt.program_ended_at_us.unwrap_or(receipt.ended_at_us);
    let at = Timestamp::from_microsecond(ended_at_us).unwrap_or_else(|_| attempt.room.installation.clock.now());
    hand_over(attempt, at, move |task, _| {
        let mut facts = facts_of(&task.facts, &receipt);
        if let Some(reached) = &receipt.sandbox {
            for fact in enforcement::facts_of(task.spec.access, reached) {
                fact.amend(&mut facts);
            }
        }
        (Ok(receipt), facts)
    })
    .await
}

/// Its supervisor is gone and left nothing that tells the end. The task is called over once its tree is proven gone.
pub(super) async fn by_loss(attempt: &OwnedAttempt, detail: String) -> Next {
    use longhaul_supervisor::sweep::{SweepError, sweep};
    let (id, folder) = (attempt.id(), attempt.folder());
    match blocking(move || sweep(&folder)).await {
        Some(Ok(Swept::Empty)) => lost(attempt, detail).await,
        Some(Ok(Swept::Remaining(pids))) => {
            tracing::error!(task = %id, ?pids, "processes of a lost attempt refuse to die; its slot stays taken");
            Next::LookLater
        }
        Some(Err(SweepError::Supervised)) => Next::LookLater,
        // Nothing says any more which processes were its own; none is touched.
        Some(Err(SweepError::Read(error))) => lost(attempt, format!("{detail}; {}", with_causes(&error))).await,
        Some(Err(error)) => {
            tracing::warn!(task = %id, error = %with_causes(&error), "could not sweep a lost attempt; trying again");
            Next::Leave
        }
        None => Next::Leave,
    }
}

/// Nobody saw the end, and nothing of the attempt lives any more.
pub(super) async fn lost(attempt: &OwnedAttempt, detail: String) -> Next {
    let (id, fence) = (attempt.id(), attempt.fence());
    hand_over(attempt, attempt.room.installation.clock.now(), move |task, output| {
        if let Some(remains) = executor(&task.spec.work).remains(&task.spec, id.get(), fence.0) {
            match std::fs::remove_dir_all(&remains) {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => {
                    tracing::warn!(task = %id, path = %remains.display(), %error, "could not remove what a lost attempt left");
                }
            }
        }
        let facts = Facts {
            output_bytes: output.produced().unwrap_or(0),
            output_truncated: output.dropped().is_ok_and(|dropped| dropped > 0),
            progress: None,
            unkillable_since: None,
            ..task.facts.clone()
        };
        (Err(Verdict::Lost { detail }), facts)
    })
    .await
}

/// The task itself is why its attempt cannot be started, now or ever.
pub(super) async fn by_refusal(attempt: &OwnedAttempt, error: &StartError) -> Next {
    let outcome = error.outcome();
    hand_over(attempt, attempt.room.installation.clock.now(), move |task, _| {
        (Err(Verdict::Failed(outcome)), task.facts.clone())
    })
    .await
}

async fn hand_over(
    attempt: &OwnedAttempt,
    at: Timestamp,
    see: impl FnOnce(&Task, &Reader) -> (Result<Receipt, Verdict>, Facts) + Send + 'static,
) -> Next {
    let Some(task) = attempt.task() else {
        return Next::Leave;
    };
    let (room, folder, fence) = (Arc::clone(&attempt.room), attempt.folder(), attempt.fence());
    let transcript = attempt
        .transcript
        .as_ref()
        .map(|(transcript, _)| Arc::clone(transcript));
    let landed = match task.spec.work.landing() {
        Some(landing) => room.ledger.task(landing.task).await.ok().flatten(),
        None => None,
    };
    let zone = zone(&room, &task).await;
    let conclude = move || {
        let output = Reader::open(folder);
        let (end, mut facts) = see(&task, &output);
        let heard = transcript.map(|transcript| heard(&task, &transcript));
        if end_landing(&room.installation, &task, landed.as_deref()) {
            facts.note = Some("it was cut off after its changes had landed".to_owned());
        }
        let report = read_report(&room.installation, &task, fence);
        let over = Over {
            task: &task,
            end: end.as_ref(),
            report: &report,
            output: &output,
            heard: heard.as_ref(),
            config: &room.installation.config,
            zone: zone.as_deref(),
            now: room.installation.clock.now(),
        };
        let concluded = executor(&task.spec.work).conclude(&over, &mut facts);
        add_report(&room.installation, &task, report, &mut facts);
        (concluded, facts)
    };
    if let Some((Concluded { verdict, message }, facts)) = blocking(conclude).await {
        attempt.room.inbox.tell(Input::Ended(Box::new(EndedAttempt {
            task: attempt.id(),
            fence: attempt.fence(),
            ending: Ending { at, verdict },
            facts,
            message,
        })));
    }
    Next::Leave
}

/// What an agent was heard to say, to its end. What cannot be read is missing, and the verdict says so by itself.
fn heard(task: &Task, transcript: &Mutex<Transcript>) -> Heard {
    let (heard, read) = transcript.lock().unwrap_or_else(PoisonError::into_inner).conclude();
    if let Err(error) = read {
        tracing::warn!(task = %task.id, error = %with_causes(&error), "could not read an agent's output");
    }
    heard
}

/// The time zone of what it printed, for those who tell when a usage limit is reset.
async fn zone(room: &Attempts, task: &Task) -> Option<String> {
    if !task.spec.work.rules().meets_usage_limits {
        return None;
    }
    let environment = room.ledger.stored().environment(task.id).await.ok().flatten();
    environment.and_then(|mut environment| environment.remove("TZ"))
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
