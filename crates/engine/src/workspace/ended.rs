//! What the steps around a program have to tell, taken into the facts and the verdict of an attempt that is over.

use longhaul_model::{Facts, Outcome, Reason, Task, Verdict, Work};
use longhaul_supervisor::Receipt;
use longhaul_worktrees::{Record, Report, recover, told};

use super::tree_of;
use crate::programs::GitRunner;
use crate::shared::Shared;

/// Takes the report of the attempt's steps in. Blocks.
pub(crate) fn take_in(shared: &Shared, task: &Task, fence: u64, verdict: &mut Verdict, facts: &mut Facts) {
    if let Work::Land(land) = &task.spec.work {
        // A supervisor that was killed could not clear up. What is found here may only be an end, never a guess.
        // What is under way is known by the worktree, which an earlier task of the chain may have named.
        let landed = shared.task(land.task).ok().flatten();
        let tree = landed.map_or(land.task, |landed| tree_of(&landed));
        match recover(&GitRunner::acting(), &shared.places(), tree.get()) {
            Ok(Some(true)) => facts.note = Some("it was cut off after its changes had landed".to_owned()),
            Ok(Some(false) | None) => {}
            Err(error) => tracing::warn!(task = %task.id, error = %told(&error), "a landing was cut off; trying again"),
        }
    }
    let report = match Report::read(&shared.report_file(task.id, fence)) {
        Ok(report) => report,
        Err(error) => {
            tracing::warn!(task = %task.id, error = %told(&error), "could not read what the steps told");
            Report::default()
        }
    };
    let known = facts.note.take();
    let notes: Vec<String> = known.into_iter().chain(report.notes).collect();
    facts.note = (!notes.is_empty()).then(|| notes.join("; "));
    facts.landing = report.landing.or_else(|| facts.landing.take());
    if let (Verdict::Failed(outcome), Some(error)) = (&mut *verdict, report.error)
        && matches!(outcome.reason, Reason::Setup | Reason::Exit)
        && (matches!(task.spec.work, Work::Land(_)) || outcome.message.contains("step worktree"))
    {
        *outcome = Outcome {
            message: error,
            hint: report.hint,
            ..outcome.clone()
        };
    }
    if facts.worktree.is_none() && task.facts.worktree.is_none() {
        facts.worktree = recorded(shared, task);
    }
}

/// The worktree that was recorded for the attempt, if the daemon was gone before it could say so.
fn recorded(shared: &Shared, task: &Task) -> Option<longhaul_model::Worktree> {
    if matches!(task.spec.work, Work::Land(_)) {
        return None;
    }
    let record = Record::read(&shared.places(), tree_of(task).get()).ok()??;
    let place = record.place?;
    (record.task == task.id.get()).then(|| longhaul_model::Worktree {
        path: place.path.to_string_lossy().into_owned(),
        branch: place.branch,
        base: record.base,
        target: place.target,
    })
}

/// The exit code of a step; nothing if it did not end by itself.
pub(crate) fn exit_of(receipt: &Receipt, step: &str) -> Option<i32> {
    receipt
        .steps
        .iter()
        .rfind(|report| report.name == step)
        .and_then(|report| match report.end {
            longhaul_supervisor::StepEnd::Exited { code } => Some(code),
            _ => None,
        })
}
