//! What stands in the way of a landing: changes of the workspace's own in files that the merge would touch.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::TreeError;
use crate::git::{Git, GitError, path, split};
use crate::repository::stays_inside;

/// At most this many files are named in a refusal.
const MOST_NAMED: usize = 20;

/// The files that differ between two commits, from the root of the repository.
pub(crate) fn touched(git: &Git<'_>, old: &str, new: &str) -> Result<Vec<PathBuf>, GitError> {
    git.paths(&["diff-tree", "-r", "-z", "--name-only", "--no-renames", old, new])
}

/// Refuses if the index or the working tree holds anything of its own where the two commits differ.
pub(crate) fn refuse(workspace: &Git<'_>, old: &str, new: &str) -> Result<(), TreeError> {
    let found = find(workspace, old, new)?;
    if found.is_empty() {
        return Ok(());
    }
    let mut names: Vec<String> = found
        .iter()
        .take(MOST_NAMED)
        .map(|path| path.display().to_string())
        .collect();
    if found.len() > MOST_NAMED {
        names.push(format!("and {} more", found.len() - MOST_NAMED));
    }
    Err(TreeError::refused(
        format!(
            "{} has changes of its own in files that would be touched: {}",
            workspace.folder().display(),
            names.join(", ")
        ),
        "commit, stash or move them first; nothing was changed",
    ))
}

fn find(workspace: &Git<'_>, old: &str, new: &str) -> Result<BTreeSet<PathBuf>, GitError> {
    let touched: BTreeSet<PathBuf> = touched(workspace, old, new)?.into_iter().collect();
    // Asked as a whole and compared here: a list of thousands of paths does not fit into arguments.
    let staged = workspace.paths(&["diff-index", "--cached", "-z", "--name-only", "--no-renames", old])?;
    let words = [
        "status",
        "--porcelain=v1",
        "-z",
        "--no-renames",
        "--untracked-files=no",
        "--ignore-submodules=all",
    ];
    let status = workspace.bytes(&words, b"")?;
    // `XY path`
    let changed = split(&status).filter_map(|entry| entry.get(3..)).map(path);
    let mut found: BTreeSet<PathBuf> = staged
        .into_iter()
        .chain(changed)
        .filter(|path| touched.contains(path))
        .collect();
    let added = workspace.paths(&[
        "diff-tree",
        "-r",
        "-z",
        "--name-only",
        "--no-renames",
        "--diff-filter=A",
        old,
        new,
    ])?;
    for path in added {
        if let Some(blocker) = in_the_way(workspace.folder(), &path, &touched) {
            found.insert(blocker);
        }
    }
    Ok(found)
}

/// What lies where a file is to appear, ignored files included; nothing if the place is free, or will be made free by
/// the landing itself.
fn in_the_way(root: &Path, path: &Path, touched: &BTreeSet<PathBuf>) -> Option<PathBuf> {
    if let Ok(facts) = fs::symlink_metadata(root.join(path)) {
        // A folder whose tracked files all go makes room; anything else in it stays in the way.
        let is_cleared = facts.is_dir() && holds_only(root, path, touched);
        return (!is_cleared).then(|| path.to_owned());
    }
    if stays_inside(root, path) {
        return None;
    }
    let parent = path
        .ancestors()
        .skip(1)
        .find(|above| fs::symlink_metadata(root.join(above)).is_ok_and(|facts| !facts.is_dir()))?;
    (!touched.contains(parent)).then(|| parent.to_owned())
}

fn holds_only(root: &Path, folder: &Path, touched: &BTreeSet<PathBuf>) -> bool {
    let Ok(entries) = fs::read_dir(root.join(folder)) else {
        return false;
    };
    entries.flatten().all(|entry| {
        let path = folder.join(entry.file_name());
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder {
            holds_only(root, &path, touched)
        } else {
            touched.contains(&path)
        }
    })
}
