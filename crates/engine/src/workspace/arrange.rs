//! Where an attempt works: in its folder, or in a worktree that is recorded here and made by its first step.

use std::path::PathBuf;

use longhaul_model::{Access, Isolation, Outcome, Reason, Task, with_causes};
use longhaul_worktrees::{Picture, StepOrder, TreeError};

use super::arrangement::{Arrangement, Site};
use super::enclose::step;
use super::identity::is_git_root;
use super::warning::uncommitted;
use super::worktree::{TreeUse, worktree};
use crate::programs::GitRunner;

/// Whether a task works in a worktree of its own.
pub(crate) fn has_worktree(task: &Task) -> bool {
    let is_own = (task.spec.access, task.spec.isolation) == (Access::Write, Isolation::Worktree);
    is_own && task.spec.work.rules().edits_workspace
}

/// Finds out where an attempt works, and records the worktree that it is to have; `known` is what is known of that, under
/// its lock. Blocks.
pub(crate) fn arrange(site: &Site<'_>, known: Result<TreeUse, TreeError>) -> Result<Arrangement, Outcome> {
    let spec = &site.task.spec;
    if has_worktree(site.task) {
        return known
            .and_then(|known| worktree(site, known))
            .map_err(|error| refused(&error));
    }
    let in_place = Arrangement {
        folder: PathBuf::from(&spec.cwd),
        ..Arrangement::default()
    };
    if spec.access == Access::Write && spec.work.rules().edits_workspace {
        return Ok(with_snapshots(site, in_place));
    }
    Ok(in_place)
}

fn refused(error: &TreeError) -> Outcome {
    let outcome = Outcome::new(Reason::Setup, with_causes(error));
    match error.hint() {
        Some(hint) => outcome.with_hint(hint),
        None => outcome,
    }
}

/// A writer in place: what it changes is told by a snapshot before and one after.
fn with_snapshots(site: &Site<'_>, arrangement: Arrangement) -> Arrangement {
    let (installation, task) = (site.installation, site.task);
    let workspace = PathBuf::from(&task.workspace);
    let git = GitRunner::asking_as(site.environment);
    if !is_git_root(&workspace) {
        return arrangement;
    }
    let snapshot = |is_after| {
        StepOrder::Picture(Picture {
            state: installation.state.clone(),
            task: task.id.get(),
            workspace: workspace.clone(),
            report: installation.report_file(task.id, site.fence),
            is_after,
            at_us: installation.clock.now().as_microsecond(),
        })
    };
    // Only what a task of the same chain may have left behind is worth a remark.
    let remarks = match task.retry_of {
        Some(before) if uncommitted(&git, &workspace) => {
            vec![format!(
                "The workspace has uncommitted changes, which an earlier attempt (task {before}) may have left behind. \
                 Look at them (`git status`, `git diff`) before you change anything, and go on from there."
            )]
        }
        _ => Vec::new(),
    };
    Arrangement {
        before: vec![step(installation, "picture-before", &snapshot(false)).within_ms(SNAPSHOT_MS)],
        after: vec![
            step(installation, "picture-after", &snapshot(true))
                .always()
                .within_ms(SNAPSHOT_MS),
        ],
        remarks,
        ..arrangement
    }
}

/// How long a snapshot of the workspace may take.
const SNAPSHOT_MS: u64 = 120_000;
