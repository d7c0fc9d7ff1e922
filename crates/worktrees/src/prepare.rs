//! Making a worktree ready for a task, or going on in the one it has. Runs as a step of the attempt, before anything of
//! the task's own.

use std::fs;
use std::path::PathBuf;

use longhaul_failpoint::failpoint;
use serde::{Deserialize, Serialize};

use crate::books::Books;
use crate::error::TreeError;
use crate::git::{Git, GitError};
use crate::names::Places;
use crate::record::{Place, Record, TreeStatus};
use crate::remove;
use crate::report::Report;
use crate::runner::Runner;
use crate::{include, repository, snapshot, submodules};

/// What a worktree is to be made ready for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preparing {
    /// The state folder.
    pub state: PathBuf,
    /// The number of the worktree's record.
    pub tree: u64,
    /// The task that works in it now.
    pub task: u64,
    /// Where to tell what was noteworthy.
    pub report: PathBuf,
    /// The commit that a worktree made anew begins with.
    pub start: String,
    /// Whether what is there is given up first: nobody saw what became of the attempt that worked in it.
    pub is_fresh: bool,
    /// Whether an earlier task worked in it, so that making it anew is worth a note.
    pub goes_on: bool,
    /// Whether it begins with the workspace's uncommitted changes.
    pub with_changes: bool,
    /// Whether its target is merged into it first.
    pub onto_target: bool,
    /// The folder below its root in which the program runs.
    pub subfolder: PathBuf,
}

/// Makes it ready.
///
/// # Errors
/// If it cannot be made. What is half made is known as such, and removed by the next attempt or [`leave`].
pub fn prepare(runner: &dyn Runner, order: &Preparing, report: &mut Report) -> Result<(), TreeError> {
    let places = Places::of(&order.state);
    let (mut record, place) = known(&places, order.tree)?;
    let workspace = Git::at(runner, &record.workspace);
    if order.is_fresh && record.standing == TreeStatus::Ready && place.path.exists() {
        let removed = remove::remove(runner, &places, &mut record, TreeStatus::Discarded)?;
        report.note("nobody saw the end of the attempt before, so this one works in a fresh worktree");
        remove::note(&removed, report);
    }
    let is_there = record.standing == TreeStatus::Ready
        && place.path.exists()
        && repository::is_root(&Git::at(runner, &place.path));
    record.task = order.task;
    record.is_left = false;
    let worktree = Git::at(runner, &place.path);
    if is_there {
        record.write(&places)?;
        lock(&workspace, &place, order.task)?;
    } else {
        make(runner, &places, &mut record, &place, order)?;
        if order.goes_on {
            let why = "its worktree was gone and was made anew at the same path";
            report.note(format!("{why}, from {}", short(&order.start)));
        }
        fill(&workspace, &worktree, order, report)?;
    }
    failpoint!("worktrees.filled");
    if order.onto_target {
        merge_target(&worktree, &place, order.task, report)?;
    }
    let folder = place.path.join(&order.subfolder);
    fs::create_dir_all(&folder).map_err(|source| TreeError::Io { path: folder, source })?;
    record.standing = TreeStatus::Ready;
    record.write(&places)?;
    failpoint!("worktrees.ready");
    Ok(())
}

/// Leaves a worktree in order after the attempt: git's lock is taken off, and one that never became ready goes.
///
/// # Errors
/// If the record cannot be used.
pub fn leave(runner: &dyn Runner, places: &Places, tree: u64) -> Result<(), TreeError> {
    let (mut record, place) = known(places, tree)?;
    if record.standing == TreeStatus::Preparing {
        return remove::clear_unready(runner, &record, &place);
    }
    let workspace = Git::at(runner, &record.workspace);
    // It may have been removed by hand meanwhile, and then there is nothing to unlock.
    let books = Books::open(&workspace)?;
    let _ = workspace.run(&["worktree", "unlock", &place.path.to_string_lossy()], b"")?;
    drop(books);
    record.is_left = true;
    record.write(places)?;
    Ok(())
}

fn known(places: &Places, tree: u64) -> Result<(Record, Place), TreeError> {
    let record = Record::read(places, tree)?;
    record
        .and_then(|record| record.place.clone().map(|place| (record, place)))
        .ok_or_else(|| {
            TreeError::refused(
                format!("nothing is known of the worktree {tree}"),
                "submit the task again",
            )
        })
}

fn reason(task: u64) -> String {
    format!("longhaul task {task} works here")
}

/// Git's own lock, so that neither `git worktree prune` nor a person takes it away meanwhile.
fn lock(workspace: &Git<'_>, place: &Place, task: u64) -> Result<(), TreeError> {
    let path = place.path.to_string_lossy();
    let _books = Books::open(workspace)?;
    workspace.run(&["worktree", "unlock", &path], b"")?;
    workspace.act(&["worktree", "lock", "--reason", &reason(task), &path])?;
    Ok(())
}

fn make(
    runner: &dyn Runner,
    places: &Places,
    record: &mut Record,
    place: &Place,
    order: &Preparing,
) -> Result<(), TreeError> {
    let workspace = &Git::at(runner, &record.workspace);
    let folder = places.worktrees();
    crate::file::make_private(&folder).map_err(|source| TreeError::Io { path: folder, source })?;
    if record.standing == TreeStatus::Preparing {
        remove::clear_unready(runner, record, place)?;
    } else if place.path.exists() {
        return Err(TreeError::refused(
            format!(
                "{} is in the way: git does not know it as a worktree",
                place.path.display()
            ),
            "look what is in it, and move it away",
        ));
    }
    record.standing = TreeStatus::Preparing;
    record.salvaged = None;
    record.write(places)?;
    failpoint!("worktrees.recorded");
    let books = Books::open(workspace)?;
    // What is left in git's books of a worktree whose folder is gone.
    workspace.run(&["worktree", "unlock", &place.path.to_string_lossy()], b"")?;
    workspace.run(&["worktree", "prune"], b"")?;
    let reason = reason(order.task);
    let mut words = vec![
        "worktree",
        "add",
        "--quiet",
        "--no-checkout",
        "--lock",
        "--reason",
        reason.as_str(),
    ];
    let path = place.path.to_string_lossy();
    let is_new = repository::tip(workspace, &place.branch)?.is_none();
    if is_new {
        words.extend(["-b", &place.branch, "--no-track", &path, &order.start]);
    } else {
        words.extend([&*path, &place.branch]);
    }
    workspace.act(&words)?;
    drop(books);
    populate(&Git::at(runner, &place.path))?;
    failpoint!("worktrees.added");
    Ok(())
}

/// Fills in the files of a worktree that was only entered into git's books, as `git worktree add` itself would.
///
/// # Errors
/// If git cannot.
pub(crate) fn populate(worktree: &Git<'_>) -> Result<(), GitError> {
    worktree.act(&["reset", "--hard", "--no-recurse-submodules", "--quiet"])
}

/// Everything that a fresh worktree gets beside its commit.
fn fill(workspace: &Git<'_>, worktree: &Git<'_>, order: &Preparing, report: &mut Report) -> Result<(), TreeError> {
    for (path, why) in submodules::prepare(workspace, worktree)? {
        report.note(format!("the submodule {} is not ready here: {why}", path.display()));
    }
    if order.with_changes {
        carry(workspace, worktree)?;
    }
    for (path, why) in include::copy(workspace, worktree.folder())? {
        report.note(format!("{} was not copied ({}): {why}", path.display(), include::FILE));
    }
    Ok(())
}

/// Brings the workspace's uncommitted changes along, as uncommitted ones. The workspace is not touched.
fn carry(workspace: &Git<'_>, worktree: &Git<'_>) -> Result<(), TreeError> {
    let head = workspace.text(&["rev-parse", "--verify", "HEAD^{commit}"])?;
    let changed = snapshot::commit(workspace, "uncommitted changes")?;
    let start = worktree.text(&["rev-parse", "--verify", "HEAD^{commit}"])?;
    let tree = if start == head {
        changed
    } else {
        let base = format!("--merge-base={head}");
        let words = [
            "merge-tree",
            "--write-tree",
            "--no-messages",
            "--name-only",
            &base,
            &start,
            &changed,
        ];
        let merged = worktree.run(&words, b"")?;
        let told = String::from_utf8_lossy(&merged.stdout).into_owned();
        match merged.code {
            0 => told.trim().to_owned(),
            1 => {
                let files: Vec<&str> = told.lines().skip(1).filter(|line| !line.is_empty()).collect();
                return Err(TreeError::refused(
                    format!(
                        "the uncommitted changes do not fit {}: {}",
                        short(&start),
                        files.join(", ")
                    ),
                    "leave out --with-changes, or choose a --base that has what they change",
                ));
            }
            _ => return Err(crate::git::refused(&words, &merged).into()),
        }
    };
    worktree.act(&["read-tree", "-m", "-u", &start, &tree])?;
    // As changes that nobody has staged.
    worktree.act(&["read-tree", &start])?;
    worktree.run(&["update-index", "-q", "--refresh"], b"")?;
    Ok(())
}

/// Merges the target in. What does not fit together is left with conflict markers, for the task to resolve.
fn merge_target(worktree: &Git<'_>, place: &Place, task: u64, report: &mut Report) -> Result<(), TreeError> {
    let Some(target) = &place.target else {
        return Err(TreeError::refused(
            "the worktree was made while no branch was checked out, so there is no target to merge",
            "merge by hand in the worktree",
        ));
    };
    if repository::under_way(worktree)?.is_some() {
        report.note("the worktree has an unfinished merge already; it was left as it is");
        return Ok(());
    }
    let worktree = repository::with_identity(worktree);
    commit_all(&worktree, &format!("Work of task {task} before {target} was merged in"))?;
    let words = [
        "merge",
        "--no-verify",
        "--no-edit",
        "--quiet",
        &format!("refs/heads/{target}"),
    ];
    let merged = worktree.run(&words, b"")?;
    if merged.code == 0 {
        return Ok(());
    }
    let files = worktree.paths(&["diff", "--name-only", "--diff-filter=U", "-z"])?;
    if files.is_empty() {
        return Err(crate::git::refused(&words, &merged).into());
    }
    let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    report.note(format!("{target} was merged in with conflicts in {}", names.join(", ")));
    Ok(())
}

/// Commits everything that is not ignored; says whether there was anything.
pub(crate) fn commit_all(worktree: &Git<'_>, message: &str) -> Result<bool, GitError> {
    worktree.act(&["add", "--all", "--", ":/"])?;
    let is_merge = repository::inside(worktree, "MERGE_HEAD")?.exists();
    if !is_merge && worktree.maybe(&["diff", "--cached", "--quiet"])?.is_some() {
        return Ok(false);
    }
    worktree.act(&["commit", "--quiet", "--no-verify", "--allow-empty", "-m", message])?;
    Ok(true)
}

/// The beginning of a commit's name, as people read it.
pub(crate) fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}
