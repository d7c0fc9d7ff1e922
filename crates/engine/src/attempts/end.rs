//! The end of an attempt, as a verdict and facts, on its way to the dispatcher.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use longhaul_model::{Ending, Facts, Task, Verdict};
use longhaul_supervisor::output::Reader;
use longhaul_supervisor::{LeftoverAction, Receipt, Swept};

use super::care::Care;
use super::launch::StartError;
use super::next::Next;
use crate::dispatch::{EndedAttempt, Input};
use crate::enforcement;
use crate::executors::{Concluded, Over, executor};
use crate::shared::{blocking, chain};
use crate::workspace;

/// Hands over what a receipt means.
pub(super) async fn by_receipt(care: &Care, receipt: Receipt) -> Next {
    if receipt.task != care.task.get() || receipt.fence != care.fence.0 {
        return by_loss(
            care,
            "its receipt is of another attempt; it was left as it is".to_owned(),
        )
        .await;
    }
    let ended_at_us = receipt.program_ended_at_us.unwrap_or(receipt.ended_at_us);
    let at = Timestamp::from_microsecond(ended_at_us).unwrap_or_else(|_| care.shared.clock.now());
    hand_over(care, at, move |task, _| {
        let mut facts = facts_of(&task.facts, &receipt);
        if let Some(reached) = &receipt.sandbox {
            enforcement::tell(&mut facts, task.spec.access, reached);
        }
        (Ok(receipt), facts)
    })
    .await
}

/// Its supervisor is gone and left nothing that tells the end. The task is called over once its tree is proven gone.
pub(super) async fn by_loss(care: &Care, detail: String) -> Next {
    use longhaul_supervisor::sweep::{SweepError, sweep};
    let (id, folder) = (care.task, care.folder());
    match blocking(move || sweep(&folder)).await {
        Some(Ok(Swept::Empty)) => lost(care, detail).await,
        Some(Ok(Swept::Remaining(pids))) => {
            tracing::error!(task = %id, ?pids, "processes of a lost attempt refuse to die; its slot stays taken");
            Next::LookLater
        }
        Some(Err(SweepError::Supervised)) => Next::LookLater,
        // Nothing says any more which processes were its own; none is touched.
        Some(Err(SweepError::Read(error))) => lost(care, format!("{detail}; {}", chain(&error))).await,
        Some(Err(error)) => {
            tracing::warn!(task = %id, error = %chain(&error), "could not sweep a lost attempt; trying again");
            Next::Leave
        }
        None => Next::Leave,
    }
}

/// Nobody saw the end, and nothing of the attempt lives any more.
pub(super) async fn lost(care: &Care, detail: String) -> Next {
    let (id, fence) = (care.task, care.fence);
    hand_over(care, care.shared.clock.now(), move |task, output| {
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
pub(super) async fn by_refusal(care: &Care, error: &StartError) -> Next {
    let outcome = error.outcome();
    hand_over(care, care.shared.clock.now(), move |task, _| {
        (Err(Verdict::Failed(outcome)), task.facts.clone())
    })
    .await
}

async fn hand_over(
    care: &Care,
    at: Timestamp,
    see: impl FnOnce(&Task, &Reader) -> (Result<Receipt, Verdict>, Facts) + Send + 'static,
) -> Next {
    let Some(task) = care.shared.board().task(care.task).cloned() else {
        return Next::Leave;
    };
    let (folder, shared, fence) = (care.folder(), Arc::clone(&care.shared), care.fence.0);
    let read = move || {
        let output = Reader::open(folder);
        let (end, mut facts) = see(&task, &output);
        // Only agents tell times of the clock.
        let environment = match task.spec.work.agent() {
            Some(_) => shared.store.environment(task.id).ok().flatten().unwrap_or_default(),
            None => BTreeMap::new(),
        };
        let over = Over {
            task: &task,
            end: end.as_ref(),
            output: &output,
            config: &shared.config,
            zone: environment.get("TZ").map(String::as_str),
            now: shared.clock.now(),
        };
        let mut concluded = executor(&task.spec.work).conclude(&over, &mut facts);
        workspace::take_in(&shared, &task, fence, &mut concluded.verdict, &mut facts);
        (concluded, facts)
    };
    if let Some((Concluded { verdict, message }, facts)) = blocking(read).await {
        care.shared.tell(Input::Ended(Box::new(EndedAttempt {
            task: care.task,
            fence: care.fence,
            ending: Ending { at, verdict },
            facts,
            message,
        })));
    }
    Next::Leave
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
