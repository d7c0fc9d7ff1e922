//! Where an attempt works: in its folder, or in a worktree that is recorded here and made by its first step.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use longhaul_model::{Access, Isolation, Outcome, Reason, StateName, Task, TaskId, Work};
use longhaul_supervisor::Step;
use longhaul_worktrees::{
    Found, Git, Picture, Place, Places, Preparing, Record, Standing, StepOrder, TreeError, below, branch, find,
    repository, slug, told,
};

use super::enclose::{setup_steps, step, teardown_steps};
use super::identity::is_git_root;
use super::{is_over, landing_of, tree_of, uncommitted};
use crate::programs::GitRunner;
use crate::shared::Shared;

/// Where an attempt works, and what that takes.
#[derive(Debug, Default)]
pub(crate) struct Arrangement {
    /// The folder the program runs in.
    pub(crate) folder: PathBuf,
    /// The worktree; nothing if it works in place.
    pub(crate) worktree: Option<longhaul_model::Worktree>,
    /// What an agent should be told before its prompt; usually nothing.
    pub(crate) remarks: Vec<String>,
    /// Steps before everything else.
    pub(crate) before: Vec<Step>,
    /// Steps after everything else, done whatever happened.
    pub(crate) after: Vec<Step>,
    /// Whether variables that would lead git elsewhere are taken from the program.
    pub(crate) is_own_checkout: bool,
    /// What the owner should know, beside what the steps tell.
    pub(crate) notes: Vec<String>,
}

/// Finds out where an attempt works, and records the worktree that it is to have. Blocks.
pub(crate) fn arrange(
    shared: &Shared,
    task: &Task,
    fence: u64,
    environment: &BTreeMap<String, String>,
) -> Result<Arrangement, Outcome> {
    let spec = &task.spec;
    let in_place = || Arrangement {
        folder: PathBuf::from(&spec.cwd),
        ..Arrangement::default()
    };
    match (&spec.work, spec.access, spec.isolation) {
        (Work::Land(_) | Work::Clone { .. }, _, _) | (_, Access::Unmanaged | Access::ReadOnly, _) => Ok(in_place()),
        (_, Access::Write, Isolation::InPlace) => Ok(pictured(shared, task, fence, environment, in_place())),
        (_, Access::Write, Isolation::Worktree) => {
            worktree(shared, task, fence, environment).map_err(|error| refused(&error))
        }
    }
}

fn refused(error: &TreeError) -> Outcome {
    let outcome = Outcome::new(Reason::Setup, told(error));
    match error.hint() {
        Some(hint) => outcome.with_hint(hint),
        None => outcome,
    }
}

/// A writer in place: what it changes is told by a picture before and one after.
fn pictured(
    shared: &Shared,
    task: &Task,
    fence: u64,
    environment: &BTreeMap<String, String>,
    arrangement: Arrangement,
) -> Arrangement {
    let workspace = PathBuf::from(&task.workspace);
    let git = GitRunner::asking_as(environment);
    if !is_git_root(&workspace) {
        return arrangement;
    }
    let picture = |is_after| {
        StepOrder::Picture(Picture {
            state: shared.state_folder(),
            task: task.id.get(),
            workspace: workspace.clone(),
            report: shared.report_file(task.id, fence),
            is_after,
            at_us: shared.clock.now().as_microsecond(),
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
        before: vec![step(shared, "picture-before", &picture(false)).within_ms(PICTURE_MS)],
        after: vec![
            step(shared, "picture-after", &picture(true))
                .always()
                .within_ms(PICTURE_MS),
        ],
        remarks,
        ..arrangement
    }
}

/// How long a picture of the workspace may take.
const PICTURE_MS: u64 = 120_000;
/// How long it may take to make a worktree ready.
const PREPARE_MS: u64 = 1_800_000;

fn worktree(
    shared: &Shared,
    task: &Task,
    fence: u64,
    environment: &BTreeMap<String, String>,
) -> Result<Arrangement, TreeError> {
    let spec = &task.spec;
    let places = shared.places();
    let workspace = PathBuf::from(&task.workspace);
    let helper = GitRunner::asking_as(environment);
    let git = Git::at(&helper, &workspace);
    let tree = tree_of(task);
    let lock = shared.tree_lock(tree.get());
    let _held = lock.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let known = Record::read(&places, tree.get())?;
    refuse_if_in_use(shared, task, known.as_ref())?;
    let (mut record, start) = match known {
        Some(record) if record.place.is_some() => again(&git, record)?,
        _ => fresh(&places, &git, task)?,
    };
    let place = record
        .place
        .clone()
        .unwrap_or_else(|| unreachable!("both ways give one"));
    let goes_on = record.task != task.id.get();
    // An attempt of the same task that nobody saw end may have left anything behind.
    let is_fresh = !goes_on && task.life.attempt.0 > 1 && record.standing == Standing::Ready && !record.is_left;
    record.task = task.id.get();
    record.write(&places)?;
    let mut remarks = Vec::new();
    if goes_on && record.standing == Standing::Ready && uncommitted(&helper, &place.path) {
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
        state: shared.state_folder(),
        tree: tree.get(),
        task: task.id.get(),
        report: shared.report_file(task.id, fence),
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
        step(shared, "worktree", &order)
            .in_folder("/".into())
            .within_ms(PREPARE_MS),
    ];
    let mut after = Vec::new();
    let mut notes = Vec::new();
    let is_made = record.standing != Standing::Ready || is_fresh || !place.path.exists();
    match find(&places, &workspace) {
        Ok(Some(found)) => commands(&found, is_made, &place.path, &mut before, &mut after, &mut notes),
        Ok(None) => {}
        Err(error) => notes.push(format!("the project file was not heeded: {}", told(&error))),
    }
    let leave = StepOrder::Leave {
        state: shared.state_folder(),
        tree: tree.get(),
    };
    after.push(step(shared, "worktree-left", &leave).in_folder("/".into()).always());
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
fn refuse_if_in_use(shared: &Shared, task: &Task, known: Option<&Record>) -> Result<(), TreeError> {
    let refuse = |message: String| TreeError::Refused {
        message,
        hint: format!("longhaul redispatch {} once that is over", task.id),
    };
    let other = known.map(|record| record.task).filter(|other| *other != task.id.get());
    if let Some(other) = other.filter(|other| !is_over(shared, *other)) {
        return Err(refuse(format!("task {other} works in its worktree")));
    }
    let landing = landing_of(shared, tree_of(task).get());
    let is_running = |landing: &TaskId| {
        let known = shared.board().task(*landing).cloned();
        known.is_some_and(|landing| landing.state() == StateName::Running)
    };
    match landing.filter(is_running) {
        Some(landing) => Err(refuse(format!("task {landing} lands its worktree"))),
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

/// A worktree that is known: it goes on, or is made anew from what is left of it.
fn again(git: &Git<'_>, mut record: Record) -> Result<(Record, String), TreeError> {
    let missing = |what: &str| TreeError::Refused {
        message: format!("{what} of its worktree is gone"),
        hint: format!("longhaul retry {} begins anew", record.task),
    };
    let saved = record.salvaged.as_ref().and_then(|saved| saved.branch.clone());
    let target = record.place.as_ref().and_then(|place| place.target.clone());
    let start = match &record.standing {
        Standing::Ready | Standing::Preparing if record.is_present() => record.base.clone(),
        // Its work is part of the target: it goes on from there.
        Standing::Landed { commit, .. } => {
            let tip = target.map(|target| repository::commit(git, &format!("refs/heads/{target}")));
            let start = tip.transpose()?.flatten().unwrap_or_else(|| commit.clone());
            record.base.clone_from(&start);
            start
        }
        _ => {
            let branch = record.place.as_ref().map(|place| place.branch.clone());
            let names = [branch, saved]
                .into_iter()
                .flatten()
                .map(|name| format!("refs/heads/{name}"));
            let mut found = None;
            for name in names.chain([record.base.clone()]) {
                found = repository::commit(git, &name)?;
                if found.is_some() {
                    break;
                }
            }
            found.ok_or_else(|| missing("everything"))?
        }
    };
    Ok((record, start))
}

/// A worktree of its own.
fn fresh(places: &Places, git: &Git<'_>, task: &Task) -> Result<(Record, String), TreeError> {
    let refuse = |message: String, hint: &str| TreeError::Refused {
        message,
        hint: hint.to_owned(),
    };
    let shown = git.folder().display().to_string();
    if !repository::is_checkout(git) {
        return Err(refuse(
            format!("{shown} is no git repository, and only one can have worktrees"),
            "run it in place (--isolation in-place), or `git init` first",
        ));
    }
    let current = repository::branch(git)?;
    let wanted = task.spec.base.as_deref().unwrap_or("HEAD");
    let Some(base) = repository::commit(git, wanted)? else {
        return Err(match &task.spec.base {
            Some(base) => refuse(
                format!("{base} names no commit of {shown}"),
                "name a branch, a tag or a commit",
            ),
            None => refuse(format!("{shown} has no commit yet"), "commit something first"),
        });
    };
    // A branch that it was made from by name is the one that it lands on.
    let target = match &task.spec.base {
        Some(named) if repository::has_branch(git, named)? => Some(named.clone()),
        _ => current,
    };
    let tree = tree_of(task).get();
    let slug = slug(&task.spec.shown_name());
    let mut name = branch(tree, &slug);
    let mut number = 1;
    while repository::has_branch(git, &name)? {
        number += 1;
        name = format!("{}-{number}", branch(tree, &slug));
    }
    let record = Record {
        version: Record::VERSION,
        tree,
        task: task.id.get(),
        slug,
        workspace: git.folder().to_owned(),
        standing: Standing::Preparing,
        place: Some(Place {
            path: places.worktree(tree),
            branch: name,
            target,
        }),
        base: base.clone(),
        is_left: false,
        salvaged: None,
        made_at_us: task.created_at.as_microsecond(),
    };
    Ok((record, base))
}
