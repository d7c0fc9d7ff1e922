//! The one way in which a worktree goes: what no other branch has is saved first. Discard, retention, pruning, landing and
//! whatever follows a crash all come through here.

use std::fs;
use std::path::{Path, PathBuf};

use longhaul_failpoint::failpoint;

use crate::books::Books;
use crate::error::TreeError;
use crate::git::{Git, GitError};
use crate::names::{Places, reference};
use crate::record::{Place, Record, Salvaged, TreeStatus};
use crate::report::Report;
use crate::runner::Runner;
use crate::{file, repository, snapshot, submodules};

/// Saves what only this worktree has, and then removes it; the record tells how it stands then. Doing it again is fine.
///
/// # Errors
/// If something could not be saved or removed. Then the worktree is still there, or what it held is saved.
pub fn remove(
    runner: &dyn Runner,
    places: &Places,
    record: &mut Record,
    standing: TreeStatus,
) -> Result<Salvaged, TreeError> {
    let Some(place) = record.place.clone() else {
        return Ok(Salvaged::default());
    };
    let workspace = Git::at(runner, &record.workspace);
    let worktree = Git::at(runner, &place.path);
    let git = if place.path.exists() {
        if !repository::is_root(&worktree) {
            return Err(TreeError::refused(
                format!("git does not know {} as a worktree any more", place.path.display()),
                format!(
                    "look what is in it, and remove it by hand; its repository was {}",
                    record.workspace.display()
                ),
            ));
        }
        worktree.clone()
    } else if repository::is_checkout(&workspace) {
        workspace.clone()
    } else {
        // The repository is gone, and its worktree with it.
        record.standing = standing;
        record.write(places)?;
        return Ok(Salvaged::default());
    };
    let salvaged = if record.standing == TreeStatus::Preparing {
        Salvaged::default()
    } else {
        salvage(&git, places, record, &place, place.path.exists())?
    };
    // What a removal that was cut off has saved already is still what was saved.
    let salvaged = match &record.salvaged {
        Some(known) if salvaged.is_nothing() => known.clone(),
        _ => salvaged,
    };
    record.salvaged = Some(salvaged.clone()).filter(|salvaged| !salvaged.is_nothing());
    record.write(places)?;
    failpoint!("worktrees.salvaged");
    // From the repository itself: a folder cannot remove itself, and the workspace may be gone.
    let home = workspace.elsewhere(repository::common(&git)?);
    let tips = own_tips(&home, &place)?;
    take_away(&home, &place)?;
    failpoint!("worktrees.removed");
    for (branch, tip) in tips {
        if is_saved(&home, &tip, &branch, record)? {
            home.act(&["update-ref", "-d", &format!("refs/heads/{branch}"), &tip])?;
        }
    }
    record.standing = standing;
    record.write(places)?;
    Ok(salvaged)
}

/// Removes a worktree that no program was let into. Nothing in it is anybody's work.
pub(crate) fn clear_unready(runner: &dyn Runner, record: &Record, place: &Place) -> Result<(), TreeError> {
    let git = Git::at(runner, &record.workspace);
    take_away(&git, place)?;
    // The branch stays if anything is on it that the worktree did not begin with.
    if repository::tip(&git, &place.branch)?.as_deref() == Some(record.base.as_str()) {
        git.act(&[
            "update-ref",
            "-d",
            &format!("refs/heads/{}", place.branch),
            &record.base,
        ])?;
    }
    Ok(())
}

/// Tells what was saved, for people.
pub fn note(salvaged: &Salvaged, report: &mut Report) {
    if let Some(branch) = &salvaged.branch {
        report.note(format!("what the worktree held is on the branch {branch}"));
    }
    if let Some(patch) = &salvaged.patch {
        report.note(format!("and in the patch {}", patch.display()));
    }
    for bundle in &salvaged.bundles {
        report.note(format!("a repository inside it is in the bundle {}", bundle.display()));
    }
}

/// The folder and git's books of it.
fn take_away(git: &Git<'_>, place: &Place) -> Result<(), TreeError> {
    let _books = Books::open(git)?;
    let path = place.path.to_string_lossy();
    git.run(&["worktree", "unlock", &path], b"")?;
    let removed = git.run(&["worktree", "remove", "--force", "--force", &path], b"")?;
    if removed.code != 0 && place.path.exists() {
        // Git refuses what it does not know as a worktree any more. Its content was saved, or is nobody's.
        fs::remove_dir_all(&place.path).map_err(|source| TreeError::Io {
            path: place.path.clone(),
            source,
        })?;
    }
    git.act(&["worktree", "prune"])?;
    Ok(())
}

/// Saves everything that no other branch has: the commits, what is not committed, and repositories inside.
fn salvage(
    git: &Git<'_>,
    places: &Places,
    record: &Record,
    place: &Place,
    is_there: bool,
) -> Result<Salvaged, TreeError> {
    let stem = format!("{}-{}", record.tree, record.slug);
    let mut salvaged = Salvaged::default();
    let mut tips: Vec<String> = repository::tip(git, &place.branch)?.into_iter().collect();
    if is_there {
        let told = format!("Work of task {} that was not committed", record.task);
        let content = same_as_before(git, record, snapshot::commit(git, &told)?)?;
        failpoint!("worktrees.snapshot-made");
        salvaged.bundles = submodules::salvage(git, &content, &places.salvage(), &stem)?;
        repository::set(git, &reference(record.tree, "final"), &content)?;
        // The branch's own tip is part of it, unless the task went elsewhere.
        let is_part = |tip: &String| repository::is_ancestor(git, tip, &content);
        let known = tips.into_iter().map(|tip| Ok((is_part(&tip)?, tip)));
        tips = known.filter_map(outside).collect::<Result<_, GitError>>()?;
        tips.insert(0, content);
    } else if let Some(tip) = tips.first() {
        repository::set(git, &reference(record.tree, "final"), tip)?;
    }
    for tip in tips {
        let is_elsewhere = |name: &str| !name.starts_with(&format!("refs/heads/longhaul/salvage/{stem}"));
        if is_saved_where(git, &tip, &place.branch, record, is_elsewhere)? {
            continue;
        }
        let branch = free_branch(git, &stem, &tip)?;
        repository::set(git, &format!("refs/heads/{branch}"), &tip)?;
        failpoint!("worktrees.branch-made");
        let patch = places
            .salvage()
            .join(format!("{}.patch", branch.trim_start_matches("longhaul/salvage/")));
        let words = [
            "diff-tree",
            "-p",
            "--binary",
            "--full-index",
            "--no-color",
            "--no-ext-diff",
            "--no-textconv",
        ];
        let text = git.bytes(&[&words[..], &[&record.base, &tip]].concat(), b"")?;
        file::write_bytes(&patch, &text)?;
        failpoint!("worktrees.patch-written");
        if salvaged.branch.is_none() {
            salvaged.branch = Some(branch);
            salvaged.patch = Some(patch);
        }
    }
    Ok(salvaged)
}

/// What was saved before a crash is not saved a second time under another name.
fn same_as_before(git: &Git<'_>, record: &Record, content: String) -> Result<String, GitError> {
    let Some(before) = repository::get(git, &reference(record.tree, "final"))? else {
        return Ok(content);
    };
    let head = git.text(&["rev-parse", "--verify", "HEAD^{commit}"])?;
    let made_of = |commit: &str| git.maybe(&["log", "--format=%T", &format!("{head}..{commit}")]);
    let is_same = repository::is_ancestor(git, &head, &before)? && made_of(&before)? == made_of(&content)?;
    Ok(if is_same { before } else { content })
}

/// Those that are no part of something else.
fn outside(known: Result<(bool, String), GitError>) -> Option<Result<String, GitError>> {
    known.map(|(is_part, tip)| (!is_part).then_some(tip)).transpose()
}

/// The branches of the worktree itself, with what they point to.
fn own_tips(git: &Git<'_>, place: &Place) -> Result<Vec<(String, String)>, GitError> {
    let tip = repository::tip(git, &place.branch)?;
    Ok(tip.map(|tip| (place.branch.clone(), tip)).into_iter().collect())
}

/// Whether something else than the worktree's own branch has this commit: another branch, a tag, or the landing.
fn is_saved(git: &Git<'_>, tip: &str, own: &str, record: &Record) -> Result<bool, GitError> {
    is_saved_where(git, tip, own, record, |_| true)
}

fn is_saved_where(
    git: &Git<'_>,
    tip: &str,
    own: &str,
    record: &Record,
    counts: impl Fn(&str) -> bool,
) -> Result<bool, GitError> {
    if let TreeStatus::Landed { tip: landed, .. } = &record.standing
        && repository::is_ancestor(git, tip, landed)?
    {
        return Ok(true);
    }
    let own = format!("refs/heads/{own}");
    let words = ["for-each-ref", "--format=%(refname)", "--contains", tip];
    let all = git.text(&[&words[..], &["refs/heads", "refs/remotes", "refs/tags"]].concat())?;
    Ok(all.lines().any(|name| name != own && counts(name)))
}

/// A branch for what is saved: the same one if it was saved before.
fn free_branch(git: &Git<'_>, stem: &str, tip: &str) -> Result<String, GitError> {
    for number in 1_u32.. {
        let end = if number == 1 {
            String::new()
        } else {
            format!("-{number}")
        };
        let branch = format!("longhaul/salvage/{stem}{end}");
        match repository::tip(git, &branch)? {
            Some(known) if known != tip => {}
            _ => return Ok(branch),
        }
    }
    unreachable!("some number is free")
}

/// Whether a worktree can go without anything being saved first: it is clean, and another branch has all its commits.
///
/// # Errors
/// If git cannot be asked.
pub fn is_saved_already(runner: &dyn Runner, record: &Record) -> Result<bool, GitError> {
    let Some(place) = &record.place else { return Ok(true) };
    if !place.path.exists() {
        return Ok(true);
    }
    let git = Git::at(runner, &place.path);
    let head = git.text(&["rev-parse", "--verify", "HEAD^{commit}"])?;
    Ok(!repository::is_dirty(&git)? && is_saved(&git, &head, &place.branch, record)?)
}

/// Forgets what is kept only to show what a task did: its references and its record. A worktree that is still there is not
/// touched, and then nothing is forgotten.
///
/// # Errors
/// If git or the record cannot be used.
pub fn forget(runner: &dyn Runner, places: &Places, tree: u64) -> Result<(), TreeError> {
    let Some(record) = Record::read(places, tree)? else {
        return Ok(());
    };
    if record.is_present() {
        return Ok(());
    }
    let git = Git::at(runner, &record.workspace);
    if repository::is_checkout(&git) {
        repository::forget(&git, tree)?;
    }
    Record::remove(places, tree)?;
    Ok(())
}

/// A record of a worktree that lies in our folder and of which nothing is known any more.
///
/// # Errors
/// If git does not know it as a worktree.
pub fn adopt(runner: &dyn Runner, places: &Places, tree: u64) -> Result<Record, TreeError> {
    let path: PathBuf = places.worktree(tree);
    let git = Git::at(runner, &path);
    let is_known = repository::is_root(&git);
    if !is_known {
        return Err(TreeError::refused(
            format!("{} is no git worktree", path.display()),
            "look what is in it, and remove it by hand",
        ));
    }
    let common = repository::common(&git)?;
    let head = git.text(&["rev-parse", "--verify", "HEAD^{commit}"])?;
    let branch = repository::branch(&git)?.unwrap_or_else(|| format!("longhaul/{tree}-detached"));
    let slug = branch
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .trim_start_matches(&format!("{tree}-"))
        .to_owned();
    Ok(Record {
        version: Record::VERSION,
        tree,
        task: tree,
        slug: crate::names::slug(&slug),
        workspace: workspace_of(&common),
        standing: TreeStatus::Ready,
        place: Some(Place {
            path,
            branch,
            target: None,
        }),
        base: head,
        is_left: false,
        salvaged: None,
        made_at_us: 0,
    })
}

fn workspace_of(common: &Path) -> PathBuf {
    let common = common.canonicalize().unwrap_or_else(|_| common.to_owned());
    match common.file_name() {
        Some(name) if name == ".git" => common.parent().unwrap_or(&common).to_owned(),
        _ => common,
    }
}
