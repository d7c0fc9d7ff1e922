//! A landing up to the point at which the workspace is touched: commit what is open, look whether it may go on, merge.
//! Every refusal leaves everything as it was, but for the worktree's own commit.

use std::fmt::Write as _;
use std::path::PathBuf;

use longhaul_failpoint::failpoint;
use longhaul_model::{Conflict, LandManner, Landing};
use serde::{Deserialize, Serialize};

use crate::books::Books;
use crate::error::TreeError;
use crate::git::{Git, GitError};
use crate::merge::{Merged, Sides, merge};
use crate::names::Places;
use crate::prepare::{commit_all, short};
use crate::record::{Place, Record, TreeStatus};
use crate::runner::Runner;
use crate::{blockers, file, prepare, repository};

/// The oldest git that can land: `merge-tree --write-tree`.
pub const OLDEST_GIT: (u32, u32) = (2, 38);
/// The oldest git that can land by rebase: `merge-tree --merge-base`.
const OLDEST_GIT_TO_REBASE: (u32, u32) = (2, 40);

/// What is to be landed, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LandOrder {
    /// The state folder.
    pub state: PathBuf,
    /// The number of the worktree's record.
    pub tree: u64,
    /// The landing's own task.
    pub task: u64,
    /// Where to tell what came of it.
    pub report: PathBuf,
    /// How the changes become commits.
    pub manner: LandManner,
    /// The commit message.
    pub message: String,
    /// Whether the merged tree is checked before it counts.
    pub is_checked: bool,
}

/// A merge that may be applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ready {
    /// The target branch.
    pub target: String,
    /// What the target points to.
    pub old: String,
    /// The commit that has both.
    pub new: String,
    /// What the worktree's branch points to.
    pub tip: String,
}

/// How the first half of a landing went.
#[derive(Debug)]
pub enum LandOutcome {
    /// It may go on.
    Ready(Ready),
    /// The target has everything already.
    Nothing {
        /// The target branch.
        target: String,
        /// What it points to.
        commit: String,
        /// What the worktree's branch points to.
        tip: String,
    },
    /// Both sides changed the same.
    Conflicts(Landing),
}

/// Commits what is open in the worktree, and merges without touching the workspace.
///
/// # Errors
/// If the landing is refused, or git failed. The workspace is as it was.
pub fn merge_only(runner: &dyn Runner, order: &LandOrder) -> Result<LandOutcome, TreeError> {
    let places = Places::of(&order.state);
    let (record, place) = landable(&places, order.tree)?;
    let workspace = Git::at(runner, &record.workspace);
    check_git(&workspace, order.manner)?;
    let target = target(&workspace, &record, &place)?;
    let worktree = Git::at(runner, &place.path);
    commit_open_work(&worktree, &record)?;
    failpoint!("landing.committed");
    let old = worktree.text(&["rev-parse", "--verify", &format!("refs/heads/{target}^{{commit}}")])?;
    let tip = worktree.text(&["rev-parse", "--verify", "HEAD^{commit}"])?;
    if repository::is_ancestor(&worktree, &tip, &old)? {
        let commit = old;
        return Ok(LandOutcome::Nothing { target, commit, tip });
    }
    let sides = Sides {
        target_name: &target,
        target: &old,
        tip: &tip,
    };
    match merge(&worktree, sides, order.manner, &order.message)? {
        Merged::Conflicts(conflicts) => Ok(LandOutcome::Conflicts(Landing {
            target: sides.target_name.to_owned(),
            commit: None,
            conflicts,
        })),
        Merged::Commit(new) => {
            // Kept from the garbage collection until it is part of the target.
            repository::set(&workspace, &crate::names::reference(order.tree, "merged"), &new)?;
            blockers::refuse(&workspace, &old, &new)?;
            Ok(LandOutcome::Ready(Ready { target, old, new, tip }))
        }
    }
}

/// The worktree's record, if it can be landed.
///
/// # Errors
/// If it cannot, with the reason and the way out.
pub fn landable(places: &Places, tree: u64) -> Result<(Record, Place), TreeError> {
    let record = Record::read(places, tree)?;
    let Some((record, place)) = record.and_then(|record| record.place.clone().map(|place| (record, place))) else {
        return Err(TreeError::refused(
            format!("task {tree} has no worktree"),
            "only tasks run with --worktree have something to land",
        ));
    };
    match &record.standing {
        TreeStatus::Ready if place.path.exists() => Ok((record, place)),
        TreeStatus::Ready => Err(TreeError::refused(
            format!("the worktree {} is gone", place.path.display()),
            format!("`git branch --list 'longhaul/{tree}-*'` shows what is left of it"),
        )),
        TreeStatus::Preparing => Err(TreeError::refused(
            "the worktree never became ready, so there is nothing to land",
            format!("longhaul retry {}", record.task),
        )),
        TreeStatus::Landed { commit, .. } => Err(TreeError::refused(
            format!("it was landed already, by {}", short(commit)),
            format!("git show {}", short(commit)),
        )),
        TreeStatus::Discarded => Err(TreeError::refused(
            "its worktree was removed",
            record
                .salvaged
                .as_ref()
                .and_then(|salvaged| salvaged.branch.as_ref())
                .map_or_else(
                    || "another branch has all that was in it".to_owned(),
                    |branch| format!("what it held is on the branch {branch}"),
                ),
        )),
    }
}

/// Whether this git can land.
///
/// # Errors
/// If it cannot, with the version it would need.
pub fn check_git(git: &Git<'_>, manner: LandManner) -> Result<(), TreeError> {
    let found = repository::version(git)?;
    let oldest = match manner {
        LandManner::Rebase => OLDEST_GIT_TO_REBASE,
        LandManner::Squash | LandManner::Merge => OLDEST_GIT,
    };
    if found >= oldest {
        return Ok(());
    }
    Err(TreeError::refused(
        format!(
            "git is {}.{}, and this way of landing needs {}.{}",
            found.0, found.1, oldest.0, oldest.1
        ),
        "install a newer git, or merge the branch by hand",
    ))
}

/// The branch to land on, if it is checked out in the workspace and nothing else is going on there.
///
/// # Errors
/// If it is not.
pub fn target(workspace: &Git<'_>, record: &Record, place: &Place) -> Result<String, TreeError> {
    let Some(target) = &place.target else {
        return Err(TreeError::refused(
            "no branch was checked out when the worktree was made, so there is none to land on",
            format!("merge the branch {} by hand", place.branch),
        ));
    };
    let shown = record.workspace.display();
    if !repository::is_checkout(workspace) {
        return Err(TreeError::refused(
            format!("{shown} is no git checkout any more"),
            format!("the work is in {}", place.path.display()),
        ));
    }
    let current = repository::branch(workspace)?;
    if current.as_ref() != Some(target) {
        let found = current.map_or_else(|| "no branch".to_owned(), |branch| format!("the branch {branch}"));
        return Err(TreeError::refused(
            format!("{target} is not checked out in {shown}, but {found}"),
            format!("git -C {shown} switch {target}"),
        ));
    }
    if let Some(what) = repository::under_way(workspace)? {
        return Err(TreeError::refused(
            format!("{what} is under way in {shown}"),
            format!("end it first: `git -C {shown} status` says how"),
        ));
    }
    Ok(target.clone())
}

/// What the task left uncommitted becomes a commit on its branch.
fn commit_open_work(worktree: &Git<'_>, record: &Record) -> Result<(), TreeError> {
    let shown = worktree.folder().display().to_string();
    let hint = || {
        format!(
            "longhaul redispatch {} lets it go on, or finish it by hand in {shown}",
            record.task
        )
    };
    match repository::under_way(worktree)? {
        None | Some("a merge") => {}
        Some(what) => {
            return Err(TreeError::refused(
                format!("{what} is under way in the worktree"),
                hint(),
            ));
        }
    }
    let open = worktree.paths(&["diff", "--name-only", "--diff-filter=U", "-z"])?;
    let is_marked = |path: &PathBuf| {
        let text = std::fs::read(worktree.folder().join(path)).unwrap_or_default();
        text.split(|byte| *byte == b'\n')
            .any(|line| line.starts_with(b"<<<<<<< "))
    };
    let marked: Vec<String> = open
        .iter()
        .filter(|path| is_marked(path))
        .map(|path| path.display().to_string())
        .collect();
    if !marked.is_empty() {
        return Err(TreeError::refused(
            format!("conflicts are not resolved in {}", marked.join(", ")),
            hint(),
        ));
    }
    let worktree = repository::with_identity(worktree);
    commit_all(&worktree, &format!("Work of task {}", record.task))?;
    Ok(())
}

/// Makes the worktree in which the merge is checked.
///
/// # Errors
/// If it cannot be made.
pub(crate) fn make_check(runner: &dyn Runner, order: &LandOrder, ready: &Ready) -> Result<(), TreeError> {
    let places = Places::of(&order.state);
    let (record, _) = landable(&places, order.tree)?;
    clear_check(runner, order)?;
    let path = places.check(order.task);
    let git = Git::at(runner, &record.workspace);
    let books = Books::open(&git)?;
    git.act(&[
        "worktree",
        "add",
        "--quiet",
        "--no-checkout",
        "--detach",
        &path.to_string_lossy(),
        &ready.new,
    ])?;
    drop(books);
    prepare::populate(&Git::at(runner, &path))?;
    file::write(&ready_file(order), ready)?;
    Ok(())
}

/// Removes the worktree of the check, and what is noted of the merge. Nothing there is fine.
///
/// # Errors
/// If it cannot be removed.
pub(crate) fn clear_check(runner: &dyn Runner, order: &LandOrder) -> Result<(), TreeError> {
    let places = Places::of(&order.state);
    let path = places.check(order.task);
    file::remove(&ready_file(order))?;
    if !path.exists() {
        return Ok(());
    }
    let Some(record) = Record::read(&places, order.tree)? else {
        return Ok(());
    };
    let git = Git::at(runner, &record.workspace);
    let _books = Books::open(&git)?;
    git.run(
        &["worktree", "remove", "--force", "--force", &path.to_string_lossy()],
        b"",
    )?;
    if path.exists() {
        std::fs::remove_dir_all(&path).map_err(|source| TreeError::Io { path, source })?;
    }
    git.run(&["worktree", "prune"], b"")?;
    Ok(())
}

/// The same for a landing of which nothing else is known any more.
///
/// # Errors
/// If it cannot be removed.
pub fn clear_check_of(runner: &dyn Runner, places: &Places, landing: u64) -> Result<(), TreeError> {
    let path = places.check(landing);
    let git = Git::at(runner, &path);
    if path.exists() && repository::is_root(&git) {
        let home = git.elsewhere(repository::common(&git)?);
        let _books = Books::open(&home)?;
        home.act(&["worktree", "remove", "--force", "--force", &path.to_string_lossy()])?;
    }
    if path.exists() {
        std::fs::remove_dir_all(&path).map_err(|source| TreeError::Io { path, source })?;
    }
    Ok(())
}

/// The merge that was checked; nothing if none was.
///
/// # Errors
/// If what is noted of it cannot be read.
pub(crate) fn checked(order: &LandOrder) -> Result<Option<Ready>, TreeError> {
    Ok(file::read(&ready_file(order))?)
}

fn ready_file(order: &LandOrder) -> PathBuf {
    let mut path = Places::of(&order.state).check(order.task).into_os_string();
    path.push(".ready");
    path.into()
}

/// The conflicts as people read them.
pub(crate) fn conflict_text(landing: &Landing, branch: &str) -> String {
    let mut text = String::new();
    for Conflict {
        path,
        kind,
        target,
        worktree,
    } in &landing.conflicts
    {
        let _ = writeln!(text, "conflict in {path}: {}", kind.replace('-', " "));
        if target.is_some() || worktree.is_some() {
            let side = |text: &Option<String>| text.clone().unwrap_or_default();
            let _ = writeln!(text, "<<<<<<< {}", landing.target);
            text.push_str(&ended(&side(target)));
            text.push_str("=======\n");
            text.push_str(&ended(&side(worktree)));
            let _ = writeln!(text, ">>>>>>> {branch}");
        }
    }
    text
}

fn ended(text: &str) -> String {
    if text.is_empty() || text.ends_with('\n') {
        text.to_owned()
    } else {
        format!("{text}\n")
    }
}

/// What git says of a commit: its name and its first line.
///
/// # Errors
/// If git cannot be asked.
pub(crate) fn shown_commit(git: &Git<'_>, commit: &str) -> Result<String, GitError> {
    git.text(&["show", "--no-patch", "--format=%h %s", commit])
}
