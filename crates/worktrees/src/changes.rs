//! What a task changed: file by file, with hunks. A question only: it moves nothing and writes nothing into the repository.

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::error::TreeError;
use crate::git::{Git, GitError, path, unreadable};
use crate::names::reference;
use crate::patch::{self, Hunk};
use crate::record::{Record, TreeStatus};
use crate::repository;
use crate::runner::Runner;
use crate::snapshot::OwnIndex;

/// Of more files than this only the first are listed.
const MOST_FILES: usize = 3_000;
/// A file with more changed lines is summarised.
const MOST_LINES: u64 = 5_000;
/// All hunks together; the files after that are summarised.
const MOST_LINES_IN_ALL: u64 = 50_000;

/// What a task changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Whether it worked in a worktree of its own, or in the workspace itself.
    pub is_worktree: bool,
    /// What it is compared with: a commit, or a tree for changes in place.
    pub base: String,
    /// The commit that its worktree has checked out; nothing for changes in place, or when the worktree is gone.
    pub head: Option<String>,
    /// The files.
    pub files: Vec<FileChange>,
    /// Lines added, in all.
    pub additions: u64,
    /// Lines removed, in all.
    pub deletions: u64,
    /// Whether files or hunks were left out.
    pub is_truncated: bool,
    /// `present`, `landed`, `discarded` or `missing`.
    pub state: &'static str,
}

/// What became of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileChange {
    /// Its path from the root of the repository.
    pub path: PathBuf,
    /// What it was called before; nothing if it had the same name, or was not there.
    pub old_path: Option<PathBuf>,
    /// `added`, `modified`, `deleted`, `renamed`, `copied`, `type-changed` or `untracked`.
    pub status: &'static str,
    /// Its mode before, as git writes it: `100644`; nothing if it was not there.
    pub old_mode: Option<String>,
    /// Its mode now; nothing if it is gone.
    pub new_mode: Option<String>,
    /// Lines added; nothing if it is binary.
    pub additions: Option<u64>,
    /// Lines removed; nothing if it is binary.
    pub deletions: Option<u64>,
    /// Whether it is binary.
    pub is_binary: bool,
    /// Whether it is too long to show its hunks.
    pub is_truncated: bool,
    /// What changed in it.
    pub hunks: Vec<Hunk>,
}

/// The changes of the task to which this record belongs.
///
/// # Errors
/// If git cannot be asked.
pub fn changes(runner: &dyn Runner, record: &Record, with_hunks: bool) -> Result<Changes, TreeError> {
    let workspace = Git::at(runner, &record.workspace);
    let state = state(record);
    let mut changes = match &record.place {
        Some(place) if record.is_present() => {
            let git = Git::at(runner, &place.path);
            let base = base(&git, record)?;
            let head = git.text(&["rev-parse", "--verify", "HEAD^{commit}"])?;
            let changes = against_files(&git, &base, with_hunks)?;
            Changes {
                head: Some(head),
                ..changes
            }
        }
        Some(_) => match repository::get(&workspace, &reference(record.tree, "final"))? {
            Some(last) => between(&workspace, &record.base, &last, with_hunks)?,
            None => Changes {
                base: record.base.clone(),
                ..Changes::default()
            },
        },
        None => match repository::get(&workspace, &reference(record.tree, "after"))? {
            Some(after) => between(&workspace, &record.base, &after, with_hunks)?,
            None => against_files(&workspace, &record.base, with_hunks)?,
        },
    };
    changes.is_worktree = record.place.is_some();
    changes.state = state;
    Ok(changes)
}

fn state(record: &Record) -> &'static str {
    match &record.standing {
        TreeStatus::Landed { .. } => "landed",
        TreeStatus::Discarded => "discarded",
        TreeStatus::Preparing | TreeStatus::Ready if record.place.is_none() || record.is_present() => "present",
        TreeStatus::Preparing | TreeStatus::Ready => "missing",
    }
}

/// What it began with, or took in of its target since.
fn base(git: &Git<'_>, record: &Record) -> Result<String, GitError> {
    let target = record.place.as_ref().and_then(|place| place.target.clone());
    let Some(target) = target else {
        return Ok(record.base.clone());
    };
    let common = git.run(&["merge-base", &format!("refs/heads/{target}"), "HEAD"], b"")?;
    let common = String::from_utf8_lossy(&common.stdout).trim().to_owned();
    let is_later = !common.is_empty() && repository::is_ancestor(git, &record.base, &common).unwrap_or(false);
    Ok(if is_later { common } else { record.base.clone() })
}

/// The working tree as it is now, untracked files included, by an index of our own in which they are announced.
fn against_files(git: &Git<'_>, base: &str, with_hunks: bool) -> Result<Changes, GitError> {
    let root = git.text(&["rev-parse", "--show-toplevel"])?;
    let git = git.elsewhere(root);
    let untracked: HashSet<PathBuf> = git
        .paths(&["ls-files", "-z", "--others", "--exclude-standard"])?
        .into_iter()
        .collect();
    let index = OwnIndex::copy(&git, &format!("longhaul-changes-{}-{}", std::process::id(), unique()))?;
    // Announcing a file writes an object of nothing, for which there is a place of its own.
    let objects = crate::repository::inside(&git, "objects")?;
    std::fs::create_dir(index.objects()).map_err(|source| GitError::Run {
        act: "diff".to_owned(),
        source,
    })?;
    let own = index
        .git(&git)
        .with("GIT_OBJECT_DIRECTORY", index.objects())
        .with("GIT_ALTERNATE_OBJECT_DIRECTORIES", quoted(&objects));
    if !untracked.is_empty() {
        own.run(&["add", "--intent-to-add", "--ignore-errors", "--", ":/"], b"")?;
    }
    let mut changes = compare(&own, &[base], with_hunks)?;
    for file in &mut changes.files {
        if file.status == "added" && untracked.contains(&file.path) {
            file.status = "untracked";
        }
    }
    changes.base = base.to_owned();
    Ok(changes)
}

/// A path in a list of paths, as git reads it.
fn quoted(path: &Path) -> OsString {
    let text = path.to_string_lossy();
    if text.contains([':', '"', '\\']) {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")).into()
    } else {
        path.as_os_str().to_owned()
    }
}

/// A number that no other call of this process has.
fn unique() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn between(git: &Git<'_>, base: &str, last: &str, with_hunks: bool) -> Result<Changes, GitError> {
    let mut changes = compare(git, &[base, last], with_hunks)?;
    changes.base = base.to_owned();
    Ok(changes)
}

const PLAIN: [&str; 6] = [
    "diff",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "-M",
    "--ignore-submodules=none",
];

fn compare(git: &Git<'_>, ends: &[&str], with_hunks: bool) -> Result<Changes, GitError> {
    let words = [&PLAIN[..], &["--raw", "--numstat", "-z", "--no-abbrev"], ends, &["--"]].concat();
    let mut files = listed(&git.bytes(&words, b"")?)?;
    let mut changes = Changes {
        additions: files.iter().filter_map(|file| file.additions).sum(),
        deletions: files.iter().filter_map(|file| file.deletions).sum(),
        is_truncated: files.len() > MOST_FILES,
        ..Changes::default()
    };
    files.truncate(MOST_FILES);
    let mut lines = 0;
    for file in &mut files {
        let own = file.additions.unwrap_or(0) + file.deletions.unwrap_or(0);
        file.is_truncated = !file.is_binary && (own > MOST_LINES || lines + own > MOST_LINES_IN_ALL);
        if file.is_truncated {
            changes.is_truncated = true;
        } else {
            lines += own;
        }
    }
    if with_hunks {
        add_hunks(git, ends, &mut files)?;
    }
    changes.files = files;
    Ok(changes)
}

/// Reads `--raw --numstat -z`: first all entries of the one, then all of the other, in the same order.
fn listed(bytes: &[u8]) -> Result<Vec<FileChange>, GitError> {
    let mut files: Vec<FileChange> = Vec::new();
    let mut pieces = bytes.split(|byte| *byte == 0);
    let mut counted = 0;
    while let Some(piece) = pieces.next() {
        let mut next = || pieces.next().map(path).ok_or_else(|| unreadable("diff", piece));
        if piece.is_empty() {
            continue;
        }
        if piece.starts_with(b":") {
            // `:100644 100755 HASH HASH M`
            let told = String::from_utf8_lossy(&piece[1..]);
            let words: Vec<&str> = told.split(' ').collect();
            let mode = |at: usize| {
                words
                    .get(at)
                    .filter(|mode| **mode != "000000")
                    .map(|mode| (*mode).to_owned())
            };
            let letter = words.get(4).and_then(|word| word.chars().next());
            let (status, is_pair) = match letter {
                Some('A') => ("added", false),
                Some('D') => ("deleted", false),
                Some('R') => ("renamed", true),
                Some('C') => ("copied", true),
                Some('T') => ("type-changed", false),
                Some(_) => ("modified", false),
                None => return Err(unreadable("diff", piece)),
            };
            let old_path = is_pair.then(&mut next).transpose()?;
            files.push(FileChange {
                path: next()?,
                old_path,
                status,
                old_mode: mode(0),
                new_mode: mode(1),
                ..FileChange::default()
            });
            continue;
        }
        // `12<TAB>3<TAB>path`, or without the path and two pieces more for a pair; `-` for what is binary.
        let told = String::from_utf8_lossy(piece).into_owned();
        let mut parts = told.splitn(3, '\t');
        let (added, removed) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        if parts.next().is_none_or(str::is_empty) {
            next()?;
            next()?;
        }
        let file = files.get_mut(counted).ok_or_else(|| unreadable("diff", piece))?;
        counted += 1;
        (file.additions, file.deletions) = (added.parse().ok(), removed.parse().ok());
        file.is_binary = added == "-";
    }
    Ok(files)
}

fn add_hunks(git: &Git<'_>, ends: &[&str], files: &mut [FileChange]) -> Result<(), GitError> {
    let mut words: Vec<OsString> = [
        &PLAIN[..],
        &["-p", "-U3", "--src-prefix=a/", "--dst-prefix=b/"],
        ends,
        &["--", ":/"],
    ]
    .concat()
    .into_iter()
    .map(OsString::from)
    .collect();
    let left_out = files.iter().filter(|file| file.is_truncated || file.is_binary);
    // Beyond this many it is cheaper to read past them than to name them.
    for file in left_out.take(500) {
        let mut exclude = OsString::from(":(exclude,literal,top)");
        exclude.push(&file.path);
        words.push(exclude);
    }
    let text = git.bytes(&words, b"")?;
    let mut hunks = patch::read(&text);
    for file in files.iter_mut().filter(|file| !file.is_truncated && !file.is_binary) {
        let known = |path: &Path| hunks.iter().position(|(name, _)| name == path);
        let found = known(&file.path).or_else(|| file.old_path.as_deref().and_then(known));
        if let Some(found) = found {
            file.hunks = hunks.swap_remove(found).1;
        }
    }
    Ok(())
}
