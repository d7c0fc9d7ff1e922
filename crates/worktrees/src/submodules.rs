//! Repositories inside a worktree: submodules, which are made ready as far as the workspace has them, and clones that a
//! program made by itself. What is only in them is saved as bundles before the worktree goes.

use std::path::{Path, PathBuf};

use crate::git::{Git, GitError, split};
use crate::{file, repository, snapshot};

/// The message of what is saved.
const TOLD: &str = "What was not committed when Longhaul saved this";

/// Makes those submodules ready that the workspace has ready, without asking the network where its objects do. Gives
/// those that could not be, with git's reason.
pub(crate) fn prepare(workspace: &Git<'_>, worktree: &Git<'_>) -> Result<Vec<(PathBuf, String)>, GitError> {
    if !worktree.folder().join(".gitmodules").is_file() {
        return Ok(Vec::new());
    }
    let mut left_out = Vec::new();
    for path in links(worktree, "HEAD")? {
        let theirs = workspace.folder().join(&path);
        if !theirs.join(".git").exists() {
            continue;
        }
        let reference = repository::common(&workspace.elsewhere(theirs))?;
        let mut words: Vec<std::ffi::OsString> = ["submodule", "update", "--init", "--recursive", "--reference"]
            .map(Into::into)
            .into();
        words.extend([
            reference.into(),
            "--dissociate".into(),
            "--".into(),
            path.clone().into(),
        ]);
        match worktree.act(&words) {
            Ok(()) => {}
            Err(GitError::Refused { message, .. }) => left_out.push((path, message)),
            Err(error) => return Err(error),
        }
    }
    Ok(left_out)
}

/// Whether there is nothing in a folder, or no folder.
fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none())
}

/// The paths at which a tree holds a commit of another repository.
fn links(git: &Git<'_>, tree: &str) -> Result<Vec<PathBuf>, GitError> {
    let listed = git.bytes(&["ls-tree", "-r", "-z", "--full-tree", tree], b"")?;
    let link = |entry: &[u8]| {
        let name = entry.iter().position(|byte| *byte == b'\t')?;
        entry
            .starts_with(b"160000")
            .then(|| crate::git::path(&entry[name + 1..]))
    };
    Ok(split(&listed).filter_map(link).collect())
}

/// Saves what is only in repositories inside the worktree whose content is `tree`, each as a bundle named after `stem`.
/// Nothing is removed.
pub(crate) fn salvage(worktree: &Git<'_>, tree: &str, folder: &Path, stem: &str) -> Result<Vec<PathBuf>, GitError> {
    let mut bundles = Vec::new();
    for path in links(worktree, tree)? {
        let inner = worktree.elsewhere(worktree.folder().join(&path));
        if !inner.folder().join(".git").exists() {
            if is_empty(inner.folder()) {
                continue;
            }
            // A submodule that could not be made ready, into which somebody wrote all the same: git sees nothing of it.
            inner.act(&["init", "--quiet"])?;
        }
        let tip = match repository::commit(&inner, "HEAD")? {
            Some(_) => snapshot::commit(&inner, TOLD)?,
            None => snapshot::first_commit(&inner, TOLD)?,
        };
        // Its other branches and its stash go with it too.
        let words = [
            "rev-list",
            "--max-count=1",
            &tip,
            "--all",
            "--not",
            "--remotes",
            "--tags",
        ];
        if inner.text(&words).is_ok_and(|only_here| only_here.is_empty()) {
            continue;
        }
        let name: String = path
            .to_string_lossy()
            .chars()
            .map(|c| if c == '/' { '-' } else { c })
            .collect();
        let bundle = folder.join(format!("{stem}-{name}.bundle"));
        file::make_private(folder).map_err(|source| GitError::Run {
            act: "bundle".to_owned(),
            source,
        })?;
        repository::set(&inner, "refs/longhaul/salvage", &tip)?;
        let mut words: Vec<std::ffi::OsString> = ["bundle", "create", "--quiet"].map(Into::into).into();
        words.push(bundle.clone().into());
        words.extend(["refs/longhaul/salvage", "--branches"].map(Into::into));
        if repository::get(&inner, "refs/stash")?.is_some() {
            words.push("refs/stash".into());
        }
        inner.act(&words)?;
        bundles.push(bundle);
        bundles.extend(salvage(&inner, &tip, folder, &format!("{stem}-{name}"))?);
    }
    Ok(bundles)
}
