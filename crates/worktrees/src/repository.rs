//! Questions to a checkout: where it is, what it has checked out, what is going on in it.

use std::path::{Path, PathBuf};

use crate::git::{Git, GitError};

/// Work of git's own that a person has not finished, by the file that shows it.
const UNDER_WAY: [(&str, &str); 7] = [
    ("MERGE_HEAD", "a merge"),
    ("rebase-merge", "a rebase"),
    ("rebase-apply", "a rebase or `git am`"),
    ("CHERRY_PICK_HEAD", "a cherry-pick"),
    ("REVERT_HEAD", "a revert"),
    ("sequencer", "a series of cherry-picks"),
    ("BISECT_LOG", "a bisect"),
];

/// Git's version as numbers.
///
/// # Errors
/// If git is not there.
pub fn version(git: &Git<'_>) -> Result<(u32, u32), GitError> {
    let text = git.text(&["version"])?;
    let mut numbers = text
        .trim_start_matches("git version ")
        .split(['.', ' ', '-'])
        .map_while(|part| part.parse().ok());
    match (numbers.next(), numbers.next()) {
        (Some(major), Some(minor)) => Ok((major, minor)),
        _ => Err(crate::git::unreadable("version", text.as_bytes())),
    }
}

/// The commit that a name stands for; nothing if it stands for none.
///
/// # Errors
/// If git cannot be asked.
pub fn commit(git: &Git<'_>, name: &str) -> Result<Option<String>, GitError> {
    let words = ["rev-parse", "--verify", "--quiet", "--end-of-options"];
    let found = git.maybe(&[&words[..], &[&format!("{name}^{{commit}}")]].concat());
    match found {
        // A name that looks like an object of another kind is no commit either.
        Err(GitError::Refused { code: 128, .. }) => Ok(None),
        found => found,
    }
}

/// The branch that is checked out; nothing if none is.
///
/// # Errors
/// If git cannot be asked.
pub fn branch(git: &Git<'_>) -> Result<Option<String>, GitError> {
    let name = git.maybe(&["symbolic-ref", "--quiet", "HEAD"])?;
    Ok(name.and_then(|name| name.strip_prefix("refs/heads/").map(str::to_owned)))
}

/// Whether there is such a branch.
///
/// # Errors
/// If git cannot be asked.
pub fn has_branch(git: &Git<'_>, branch: &str) -> Result<bool, GitError> {
    Ok(tip(git, branch)?.is_some())
}

/// What a branch points to; nothing if there is none.
pub(crate) fn tip(git: &Git<'_>, branch: &str) -> Result<Option<String>, GitError> {
    git.maybe(&["rev-parse", "--verify", "--quiet", &format!("refs/heads/{branch}")])
}

/// A file or folder of git's own for this checkout.
pub(crate) fn inside(git: &Git<'_>, name: &str) -> Result<PathBuf, GitError> {
    let path = git.text(&["rev-parse", "--git-path", name])?;
    Ok(git.folder().join(path))
}

/// The folder that all checkouts of the repository share.
pub(crate) fn common(git: &Git<'_>) -> Result<PathBuf, GitError> {
    let path = git.text(&["rev-parse", "--git-common-dir"])?;
    Ok(git.folder().join(path))
}

/// What of git's own a person has not finished here; nothing normally.
pub(crate) fn under_way(git: &Git<'_>) -> Result<Option<&'static str>, GitError> {
    for (file, what) in UNDER_WAY {
        if inside(git, file)?.exists() {
            return Ok(Some(what));
        }
    }
    Ok(None)
}

/// Whether one commit is part of another's history.
pub(crate) fn is_ancestor(git: &Git<'_>, old: &str, new: &str) -> Result<bool, GitError> {
    Ok(git.maybe(&["merge-base", "--is-ancestor", old, new])?.is_some())
}

/// Whether a checkout has changes that are not committed, files that git does not know included.
///
/// # Errors
/// If git cannot be asked.
pub fn is_dirty(git: &Git<'_>) -> Result<bool, GitError> {
    let words = [
        "status",
        "--porcelain",
        "-z",
        "--untracked-files=normal",
        "--ignore-submodules=none",
    ];
    Ok(!git.bytes(&words, b"")?.is_empty())
}

/// Whether a folder is the root of a checkout that git can work with.
pub fn is_checkout(git: &Git<'_>) -> bool {
    git.text(&["rev-parse", "--is-inside-work-tree"])
        .is_ok_and(|told| told == "true")
}

/// Whether a folder is itself the root of a checkout, and does not merely lie in somebody else's.
pub fn is_root(git: &Git<'_>) -> bool {
    let folder = git.folder().canonicalize().unwrap_or_default();
    git.folder().join(".git").exists()
        && git
            .text(&["rev-parse", "--show-toplevel"])
            .is_ok_and(|root| folder.as_os_str() == root.as_str())
}

/// A reference to something, made or moved.
pub(crate) fn set(git: &Git<'_>, reference: &str, object: &str) -> Result<(), GitError> {
    git.act(&["update-ref", reference, object])
}

/// What a reference of ours points to; nothing if it is not there.
pub(crate) fn get(git: &Git<'_>, reference: &str) -> Result<Option<String>, GitError> {
    git.maybe(&["rev-parse", "--verify", "--quiet", reference])
}

/// Forgets our references to what a task did. What else points there is still there.
pub(crate) fn forget(git: &Git<'_>, tree: u64) -> Result<(), GitError> {
    let prefix = format!("refs/longhaul/{tree}/");
    let known = git.text(&["for-each-ref", "--format=delete %(refname)", &prefix])?;
    if known.is_empty() {
        return Ok(());
    }
    git.bytes(&["update-ref", "--stdin"], format!("{known}\n").as_bytes())
        .map(drop)
}

/// Who commits: the user as git knows them, else this program. As variables for a call.
pub(crate) fn with_identity<'a>(git: &Git<'a>) -> Git<'a> {
    let mut git = git.clone();
    for (question, name, email) in [
        ("GIT_AUTHOR_IDENT", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL"),
        ("GIT_COMMITTER_IDENT", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"),
    ] {
        // Without `useConfigOnly` git makes an address up of the machine's name.
        if git.text(&["-c", "user.useConfigOnly=true", "var", question]).is_err() {
            git = git.with(name, "Longhaul").with(email, "longhaul@localhost");
        }
    }
    git
}

/// Whether a path below a root leads through no link and no file: what is written there lies in the root.
pub(crate) fn stays_inside(root: &Path, path: &Path) -> bool {
    let Some(parent) = path.parent() else { return true };
    let mut folder = root.to_owned();
    for part in parent.components() {
        folder.push(part);
        match std::fs::symlink_metadata(&folder) {
            Ok(facts) if facts.is_dir() => {}
            Ok(_) => return false,
            // What is not there is made by whoever writes.
            Err(_) => return true,
        }
    }
    true
}
