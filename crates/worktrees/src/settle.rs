//! Files that a landing may have changed in part, brought to one of its two ends. What is neither end's is somebody's own
//! and stays.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use crate::error::TreeError;
use crate::git::{Git, GitError, joined, path, split};
use crate::snapshot::OwnIndex;
use crate::{blockers, repository};

/// A file in a commit: mode and object.
type Entry = (String, String);

/// Brings every file that differs between `goal` and `other` to what it is in `goal`, and gives an index that says so.
pub(crate) fn settle(git: &Git<'_>, goal: &str, other: &str) -> Result<OwnIndex, TreeError> {
    let touched = blockers::touched(git, goal, other)?;
    let (wanted, unwanted) = (entries(git, goal, &touched)?, entries(git, other, &touched)?);
    let index = OwnIndex::copy(git, "longhaul-landing")?;
    let own = index.git(git);
    let sparse = skipped(git)?;
    let staged = staged(git, &touched)?;
    // What somebody has staged meanwhile is theirs, and so is its file.
    let is_staged_otherwise = |path: &PathBuf| ![wanted.get(path), unwanted.get(path)].contains(&staged.get(path));
    let mut touched: Vec<PathBuf> = touched.into_iter().filter(|path| !is_staged_otherwise(path)).collect();
    // What goes makes room for what comes: a file may take a folder's place.
    touched.sort_by_key(|path| wanted.contains_key(path));
    let nothing = ("0".to_owned(), "0".repeat(goal.len()));
    let mut changes = Vec::new();
    let mut to_write = Vec::new();
    for path in &touched {
        let (mode, object) = wanted.get(path).unwrap_or(&nothing);
        changes.extend(format!("{mode} {object}\t").as_bytes());
        changes.extend(path.as_os_str().as_bytes());
        changes.push(0);
        if sparse.contains(path) {
            continue;
        }
        let sides = [wanted.get(path), unwanted.get(path)];
        match state(git, path, sides)? {
            State::AsWanted | State::Foreign => {}
            State::Ours if wanted.contains_key(path) => to_write.push(path.clone()),
            State::Ours => remove_file(git.folder(), path)?,
        }
    }
    own.bytes(&["update-index", "-z", "--index-info"], &changes)?;
    if !sparse.is_empty() {
        let kept: Vec<&Path> = sparse
            .iter()
            .filter(|path| wanted.contains_key(*path) && touched.contains(path))
            .map(PathBuf::as_path)
            .collect();
        own.bytes(&["update-index", "-z", "--skip-worktree", "--stdin"], &joined(kept))?;
    }
    let list = joined(to_write.iter().map(PathBuf::as_path));
    own.bytes(&["checkout-index", "--force", "-u", "-z", "--stdin"], &list)?;
    own.run(&["update-index", "-q", "--refresh"], b"")?;
    Ok(index)
}

/// What lies in a file's place.
enum State {
    /// What is wanted there.
    AsWanted,
    /// Something that the landing put there or took away.
    Ours,
    /// Something else, of somebody's own.
    Foreign,
}

fn state(git: &Git<'_>, path: &Path, [wanted, unwanted]: [Option<&Entry>; 2]) -> Result<State, GitError> {
    let full = git.folder().join(path);
    let Ok(facts) = fs::symlink_metadata(&full) else {
        // Git removes a file before it writes the new one.
        return Ok(if wanted.is_none() { State::AsWanted } else { State::Ours });
    };
    if !repository::stays_inside(git.folder(), path) || facts.is_dir() {
        let is_submodule = |entry: Option<&Entry>| entry.is_some_and(|(mode, _)| mode == "160000");
        let is_room = facts.is_dir() && fs::read_dir(&full).is_ok_and(|mut entries| entries.next().is_none());
        return Ok(match (is_submodule(wanted), is_room) {
            (true, _) => State::AsWanted,
            (false, true) => State::Ours,
            (false, false) => State::Foreign,
        });
    }
    if is_entry(git, path, &facts, wanted)? {
        return Ok(State::AsWanted);
    }
    if is_entry(git, path, &facts, unwanted)? || is_beginning(git, path, wanted)? || is_beginning(git, path, unwanted)?
    {
        return Ok(State::Ours);
    }
    Ok(State::Foreign)
}

/// Whether a file is what a commit has there.
fn is_entry(git: &Git<'_>, path: &Path, facts: &fs::Metadata, entry: Option<&Entry>) -> Result<bool, GitError> {
    use std::os::unix::fs::PermissionsExt as _;
    let Some((mode, object)) = entry else { return Ok(false) };
    if mode == "120000" {
        let Ok(target) = fs::read_link(git.folder().join(path)) else {
            return Ok(false);
        };
        let hashed = git.bytes(
            &["hash-object", "--no-filters", "--stdin"],
            target.as_os_str().as_bytes(),
        )?;
        return Ok(String::from_utf8_lossy(&hashed).trim() == object);
    }
    let is_executable = facts.permissions().mode() & 0o100 != 0;
    let minds_mode = git
        .maybe(&["config", "--bool", "core.fileMode"])?
        .is_none_or(|told| told != "false");
    if facts.is_symlink() || (minds_mode && is_executable != (mode == "100755")) {
        return Ok(false);
    }
    Ok(git.text(&["hash-object".as_ref(), "--".as_ref(), path.as_os_str()])? == *object)
}

/// Whether a file is the first part of what a commit has there: git was killed while it wrote.
fn is_beginning(git: &Git<'_>, path: &Path, entry: Option<&Entry>) -> Result<bool, GitError> {
    let Some((mode, object)) = entry.filter(|(mode, _)| mode.starts_with("100")) else {
        return Ok(false);
    };
    let _ = mode;
    let found = fs::read(git.folder().join(path)).unwrap_or_default();
    let mut by_path = std::ffi::OsString::from("--path=");
    by_path.push(path);
    let whole = git.bytes(
        &[
            "cat-file".as_ref(),
            "--filters".as_ref(),
            by_path.as_os_str(),
            object.as_ref(),
        ],
        b"",
    )?;
    Ok(found.len() <= whole.len() && whole.starts_with(&found))
}

fn entries(git: &Git<'_>, commit: &str, touched: &[PathBuf]) -> Result<BTreeMap<PathBuf, Entry>, GitError> {
    let listed = git.bytes(&["ls-tree", "-r", "-z", "--full-tree", commit], b"")?;
    let touched: std::collections::BTreeSet<&PathBuf> = touched.iter().collect();
    let mut entries = BTreeMap::new();
    // `100644 blob OBJECT<TAB>path`
    for entry in split(&listed) {
        let Some(tab) = entry.iter().position(|byte| *byte == b'\t') else {
            continue;
        };
        let name = path(&entry[tab + 1..]);
        let told = String::from_utf8_lossy(&entry[..tab]);
        let mut parts = told.split(' ');
        if touched.contains(&name)
            && let (Some(mode), Some(object)) = (parts.next(), parts.nth(1))
        {
            entries.insert(name, (mode.to_owned(), object.to_owned()));
        }
    }
    Ok(entries)
}

/// What the index has of these files.
fn staged(git: &Git<'_>, touched: &[PathBuf]) -> Result<BTreeMap<PathBuf, Entry>, GitError> {
    let listed = git.bytes(&["ls-files", "-z", "--stage"], b"")?;
    let touched: std::collections::BTreeSet<&PathBuf> = touched.iter().collect();
    let mut entries = BTreeMap::new();
    // `100644 OBJECT 0<TAB>path`
    for entry in split(&listed) {
        let Some(tab) = entry.iter().position(|byte| *byte == b'\t') else {
            continue;
        };
        let name = path(&entry[tab + 1..]);
        let told = String::from_utf8_lossy(&entry[..tab]);
        let mut parts = told.split(' ');
        if touched.contains(&name)
            && let (Some(mode), Some(object)) = (parts.next(), parts.next())
        {
            entries.insert(name, (mode.to_owned(), object.to_owned()));
        }
    }
    Ok(entries)
}

/// Files that a sparse checkout leaves out.
fn skipped(git: &Git<'_>) -> Result<std::collections::BTreeSet<PathBuf>, GitError> {
    let listed = git.bytes(&["ls-files", "-z", "-t"], b"")?;
    Ok(split(&listed)
        .filter(|entry| entry.starts_with(b"S "))
        .map(|entry| path(&entry[2..]))
        .collect())
}

/// Removes a file and the folders that are empty then.
fn remove_file(root: &Path, path: &Path) -> Result<(), TreeError> {
    let full = root.join(path);
    let removed = if full.is_dir() && !full.is_symlink() {
        fs::remove_dir(&full)
    } else {
        fs::remove_file(&full)
    };
    removed.map_err(|source| TreeError::Io { path: full, source })?;
    for folder in path
        .ancestors()
        .skip(1)
        .take_while(|folder| !folder.as_os_str().is_empty())
    {
        if fs::remove_dir(root.join(folder)).is_err() {
            break;
        }
    }
    Ok(())
}
