//! A worktree for an attempt: recorded here, and made by its first step.

use std::path::{Path, PathBuf};

use longhaul_model::{Task, TaskId, with_causes};
use longhaul_supervisor::Step;
use longhaul_worktrees::{Found, Git, Preparing, Record, StepOrder, TreeError, TreeStatus, below, find};

use super::arrangement::{Arrangement, Site};
use super::enclose::{WORKTREE_LEFT_STEP, WORKTREE_STEP, setup_steps, step, teardown_steps};
use super::start_point::{again, fresh};
use super::trees::tree_of;
use super::warning::uncommitted;
use crate::programs::GitRunner;

/// How long it may take to make a worktree ready.
const PREPARE_MS: u64 = 1_800_000;

/// What is known of the worktree that a task is to work in.
#[derive(Debug, Default)]
pub(crate) struct TreeUse {
    /// Its record; nothing if it is to be made.
    pub(crate) record: Option<Record>,
    /// Another task that works in it and is not over.
    pub(crate) user: Option<u64>,
    /// A task that lands it now.
    pub(crate) landing: Option<TaskId>,
}

/// Records the worktree of an attempt, and says what its steps are. Its lock is held.
pub(super) fn worktree(site: &Site<'_>, known: TreeUse) -> Result<Arrangement, TreeError> {
    let (installation, task) = (site.installation, site.task);
    let spec = &task.spec;
    let places = installation.places();
    let workspace = PathBuf::from(&task.workspace);
    let runner = GitRunner::asking_as(site.environment);
    let git = Git::at(&runner, &workspace);
    let tree = tree_of(task);
    refuse_if_in_use(task, &known)?;
    let (mut record, start) = match known.record {
        Some(record) if record.place.is_some() => again(&git, record)?,
        _ => fresh(&places, &git, task)?,
    };
    let place = record
        .place
        .clone()
        .unwrap_or_else(|| unreachable!("both ways give one"));
    let goes_on = record.task != task.id.get();
    // An attempt of the same task that nobody saw end may have left anything behind.
    let is_fresh = !goes_on && task.life.attempt.0 > 1 && record.standing == TreeStatus::Ready && !record.is_left;
    record.task = task.id.get();
    record.write(&places)?;
    let mut remarks = Vec::new();
    if goes_on && record.standing == TreeStatus::Ready && uncommitted(&runner, &place.path) {
        remarks.push(
            "This worktree has uncommitted changes from an earlier attempt. Look at them (`git status`, `git diff`) \
             before you change anything, and go on from there."
                .to_owned(),
        );
    }
    if let (true, Some(target)) = (spec.onto_target, &place.target) {
        remarks.push(format!(
            "The branch {target} was merged into this worktree before you began. `git status` names the files with \
             conflict markers, if there are any: resolve them first, keeping what both sides meant, and commit."
        ));
    }
    let subfolder = below(&workspace, Path::new(&spec.cwd));
    let order = StepOrder::Prepare(Preparing {
        state: installation.state.clone(),
        tree: tree.get(),
        task: task.id.get(),
        report: installation.report_file(task.id, site.fence),
        start,
        is_fresh,
        goes_on,
        with_changes: spec.with_changes && !goes_on,
        onto_target: spec.onto_target,
        subfolder: subfolder.clone(),
    });
    let folder = place.path.join(&subfolder);
    // The supervisor looks at the folder of a step before it starts it, and the worktree is not there yet.
    let mut before = vec![
        step(installation, WORKTREE_STEP, &order)
            .in_folder("/".into())
            .within_ms(PREPARE_MS),
    ];
    let mut after = Vec::new();
    let mut notes = Vec::new();
    let is_made = record.standing != TreeStatus::Ready || is_fresh || !place.path.exists();
    match find(&places, &workspace) {
        Ok(Some(found)) => commands(&found, is_made, &place.path, &mut before, &mut after, &mut notes),
        Ok(None) => {}
        Err(error) => notes.push(format!("the project file was not heeded: {}", with_causes(&error))),
    }
    let leave = StepOrder::Leave {
        state: installation.state.clone(),
        tree: tree.get(),
    };
    after.push(
        step(installation, WORKTREE_LEFT_STEP, &leave)
            .in_folder("/".into())
            .always(),
    );
    Ok(Arrangement {
        folder,
        worktree: Some(longhaul_model::Worktree {
            path: place.path.to_string_lossy().into_owned(),
            branch: place.branch.clone(),
            base: record.base.clone(),
            target: place.target.clone(),
        }),
        remarks,
        before,
        after,
        is_own_checkout: true,
        notes,
    })
}

/// Two at once in one worktree would write over each other, and a landing would take away what is written meanwhile.
fn refuse_if_in_use(task: &Task, known: &TreeUse) -> Result<(), TreeError> {
    let refuse = |message: String| {
        Err(TreeError::Refused {
            message,
            hint: format!("longhaul redispatch {} once that is over", task.id),
        })
    };
    if let Some(other) = known.user {
        return refuse(format!("task {other} works in its worktree"));
    }
    match known.landing {
        Some(landing) => refuse(format!("task {landing} lands its worktree")),
        None => Ok(()),
    }
}

/// The project's own commands, if they are trusted.
fn commands(
    found: &Found,
    is_made: bool,
    worktree: &Path,
    before: &mut Vec<Step>,
    after: &mut Vec<Step>,
    notes: &mut Vec<String>,
) {
    let project = &found.project;
    if !found.is_trusted {
        if !(project.setup.is_empty() && project.teardown.is_empty()) {
            notes.push(format!(
                "{} is not trusted as it is now, so set-up and tear-down were not run: longhaul trust",
                longhaul_worktrees::PROJECT_FILE
            ));
        }
        return;
    }
    if is_made {
        before.extend(setup_steps(project, worktree));
    }
    after.extend(teardown_steps(project, worktree));
}
