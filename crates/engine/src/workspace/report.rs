//! What the steps around a program have to tell, taken into the facts of an attempt that is over.
//!
//! What this is not: it decides nothing. What a failed step means for the task is the executor's word.

use longhaul_model::{Facts, Fence, Task, with_causes};
use longhaul_worktrees::{Record, Report, recover};

use super::trees::tree_of;
use crate::installation::Installation;
use crate::programs::GitRunner;

/// Ends a landing whose supervisor was killed and could not clear up; `landed` is the task whose worktree it landed, if
/// that is known. Says whether its changes had landed before. Blocks.
///
/// What is found here may only be an end, never a guess. What is under way is known by the worktree, which an earlier
/// task of the chain may have named.
pub(crate) fn end_landing(installation: &Installation, task: &Task, landed: Option<&Task>) -> bool {
    let Some(landing) = task.spec.work.landing() else {
        return false;
    };
    let tree = landed.map_or(landing.task, tree_of);
    match recover(&GitRunner::acting(), &installation.places(), tree.get()) {
        Ok(has_landed) => has_landed == Some(true),
        Err(error) => {
            tracing::warn!(task = %task.id, error = %with_causes(&error), "a landing was cut off; trying again");
            false
        }
    }
}

/// What the steps of an attempt told; nothing if they told nothing, or if it cannot be read. Blocks.
pub(crate) fn read_report(installation: &Installation, task: &Task, fence: Fence) -> Report {
    Report::read(&installation.report_file(task.id, fence)).unwrap_or_else(|error| {
        tracing::warn!(task = %task.id, error = %with_causes(&error), "could not read what the steps told");
        Report::default()
    })
}

/// Adds what the steps told, and where the attempt worked. Blocks.
pub(crate) fn add_report(installation: &Installation, task: &Task, report: Report, facts: &mut Facts) {
    let known = facts.note.take();
    let notes: Vec<String> = known.into_iter().chain(report.notes).collect();
    facts.note = (!notes.is_empty()).then(|| notes.join("; "));
    facts.landing = report.landing.or_else(|| facts.landing.take());
    if facts.worktree.is_none() && task.facts.worktree.is_none() {
        facts.worktree = recorded(installation, task);
    }
}

/// The worktree that was recorded for the attempt, if the daemon was gone before it could say so.
fn recorded(installation: &Installation, task: &Task) -> Option<longhaul_model::Worktree> {
    if task.spec.work.landing().is_some() {
        return None;
    }
    let record = Record::read(&installation.places(), tree_of(task).get()).ok()??;
    let place = record.place?;
    (record.task == task.id.get()).then(|| longhaul_model::Worktree {
        path: place.path.to_string_lossy().into_owned(),
        branch: place.branch,
        base: record.base,
        target: place.target,
    })
}
