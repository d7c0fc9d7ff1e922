//! What a landing would make of target and worktree, without touching either: merged trees, or conflicts by file.

use std::collections::BTreeMap;
use std::path::PathBuf;

use longhaul_model::{Conflict, LandManner};

use crate::git::{Git, GitError, path, refused, split, unreadable};
use crate::repository::with_identity;

/// The longest text of one side of a conflict that is shown.
const LONGEST_SIDE: usize = 2_000;

/// What came out.
#[derive(Debug)]
pub(crate) enum Merged {
    /// This commit has both.
    Commit(String),
    /// The two do not fit.
    Conflicts(Vec<Conflict>),
}

/// What is merged into what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sides<'s> {
    /// The target's name, for people.
    pub(crate) target_name: &'s str,
    /// What the target points to.
    pub(crate) target: &'s str,
    /// What the worktree's branch points to.
    pub(crate) tip: &'s str,
}

/// Makes the commit that a landing would bring about. It is in the repository then, and nothing points to it.
pub(crate) fn merge(git: &Git<'_>, sides: Sides<'_>, manner: LandManner, message: &str) -> Result<Merged, GitError> {
    let git = &with_identity(git);
    match manner {
        LandManner::Squash => one(git, sides, message, &[sides.target]),
        LandManner::Merge => one(git, sides, message, &[sides.target, sides.tip]),
        LandManner::Rebase => each(git, sides),
    }
}

fn one(git: &Git<'_>, sides: Sides<'_>, message: &str, parents: &[&str]) -> Result<Merged, GitError> {
    let tree = match tree(git, sides.target, sides.tip, None)? {
        Ok(tree) => tree,
        Err((merged, paths)) => return Ok(Merged::Conflicts(conflicts(git, &merged, paths)?)),
    };
    let mut words = vec!["commit-tree", tree.as_str(), "-F", "-"];
    for parent in parents {
        words.extend(["-p", parent]);
    }
    Ok(Merged::Commit(line(&git.bytes(&words, message.as_bytes())?)))
}

/// Each commit anew on top of the target, with its author and message; merges fall away, as with `git rebase`.
fn each(git: &Git<'_>, sides: Sides<'_>) -> Result<Merged, GitError> {
    let range = format!("{}..{}", sides.target, sides.tip);
    let commits = git.text(&["rev-list", "--reverse", "--topo-order", "--no-merges", &range])?;
    let mut top = sides.target.to_owned();
    for commit in commits.lines() {
        let base = git.text(&["rev-parse", "--verify", &format!("{commit}^")])?;
        let tree = match tree(git, &top, commit, Some(&base))? {
            Ok(tree) => tree,
            Err((merged, paths)) => return Ok(Merged::Conflicts(conflicts(git, &merged, paths)?)),
        };
        if tree == git.text(&["rev-parse", "--verify", &format!("{top}^{{tree}}")])? {
            continue;
        }
        let author = git.text(&["show", "--no-patch", "--format=%an%x00%ae%x00%ad", "--date=raw", commit])?;
        let mut parts = author.split('\0');
        let mut part = || parts.next().unwrap_or_default().to_owned();
        let as_author = git
            .with("GIT_AUTHOR_NAME", part())
            .with("GIT_AUTHOR_EMAIL", part())
            .with("GIT_AUTHOR_DATE", part());
        let message = git.bytes(&["show", "--no-patch", "--format=%B", commit], b"")?;
        top = line(&as_author.bytes(&["commit-tree", &tree, "-p", &top, "-F", "-"], &message)?);
    }
    Ok(Merged::Commit(top))
}

fn line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}

/// The objects that a file has on the sides of a conflict: of their common base, of the target, of the worktree.
type Stages = [Option<String>; 3];

/// The merged tree; with conflicts the tree with markers in it, and the files.
#[expect(clippy::type_complexity, reason = "the two ways a merge can go")]
fn tree(
    git: &Git<'_>,
    target: &str,
    tip: &str,
    base: Option<&str>,
) -> Result<Result<String, (String, BTreeMap<PathBuf, Stages>)>, GitError> {
    let base = base.map(|base| format!("--merge-base={base}"));
    let mut words = vec!["merge-tree", "--write-tree", "-z", "--no-messages"];
    words.extend(base.as_deref());
    words.extend([target, tip]);
    let ended = git.run(&words, b"")?;
    if !matches!(ended.code, 0 | 1) {
        return Err(refused(&words, &ended));
    }
    let mut pieces = split(&ended.stdout);
    let tree = pieces
        .next()
        .map(line)
        .ok_or_else(|| unreadable("merge-tree", &ended.stdout))?;
    if ended.code == 0 {
        return Ok(Ok(tree));
    }
    let mut files: BTreeMap<PathBuf, Stages> = BTreeMap::new();
    for piece in pieces {
        // `100644 OBJECT 2<TAB>path`
        let tab = piece.iter().position(|byte| *byte == b'\t');
        let tab = tab.ok_or_else(|| unreadable("merge-tree", piece))?;
        let told = String::from_utf8_lossy(&piece[..tab]);
        let mut parts = told.split(' ').skip(1);
        let (object, stage) = (parts.next(), parts.next().and_then(|stage| stage.parse::<usize>().ok()));
        let stages = files.entry(path(&piece[tab + 1..])).or_default();
        if let (Some(object), Some(stage @ 1..=3)) = (object, stage) {
            stages[stage - 1] = Some(object.to_owned());
        }
    }
    Ok(Err((tree, files)))
}

fn conflicts(git: &Git<'_>, tree: &str, files: BTreeMap<PathBuf, Stages>) -> Result<Vec<Conflict>, GitError> {
    let mut conflicts = Vec::new();
    for (path, [base, target, worktree]) in files {
        let path = path.to_string_lossy().into_owned();
        let kind = match (&base, &target, &worktree) {
            (Some(_), Some(_), Some(_)) => "both-changed",
            (None, Some(_), Some(_)) => "both-added",
            (_, None, Some(_)) => "deleted-in-target",
            (_, Some(_), None) => "deleted-in-worktree",
            _ => "other",
        };
        let marked = match (&target, &worktree) {
            (Some(_), Some(_)) => git.run(&["cat-file", "blob", &format!("{tree}:{path}")], b"")?.stdout,
            _ => Vec::new(),
        };
        let (mut ours, mut theirs) = sides_of(&marked);
        if ours.is_none() && theirs.is_none() {
            ours = whole(git, target.as_deref())?;
            theirs = whole(git, worktree.as_deref())?;
        }
        conflicts.push(Conflict {
            path,
            kind: kind.to_owned(),
            target: ours,
            worktree: theirs,
        });
    }
    Ok(conflicts)
}

/// What stands between the markers, for each side.
fn sides_of(marked: &[u8]) -> (Option<String>, Option<String>) {
    let Ok(text) = std::str::from_utf8(marked) else {
        return (None, None);
    };
    let (mut ours, mut theirs) = (String::new(), String::new());
    let mut side = 0;
    let mut is_marked = false;
    for line in text.lines() {
        match line {
            _ if line.starts_with("<<<<<<< ") => (side, is_marked) = (1, true),
            _ if side > 0 && line.starts_with("||||||| ") => side = 3,
            "=======" if side > 0 => side = 2,
            _ if side > 0 && line.starts_with(">>>>>>> ") => side = 0,
            _ => {
                let text = match side {
                    1 => &mut ours,
                    2 => &mut theirs,
                    _ => continue,
                };
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    if is_marked {
        (Some(shortened(&ours)), Some(shortened(&theirs)))
    } else {
        (None, None)
    }
}

fn whole(git: &Git<'_>, object: Option<&str>) -> Result<Option<String>, GitError> {
    let Some(object) = object else { return Ok(None) };
    let ended = git.run(&["cat-file", "blob", object], b"")?;
    let text = (ended.code == 0)
        .then_some(ended.stdout)
        .and_then(|bytes| String::from_utf8(bytes).ok());
    Ok(text.filter(|text| !text.contains('\0')).map(|text| shortened(&text)))
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_SIDE) {
        Some((end, _)) => format!("{}…\n", &text[..end]),
        None => text.to_owned(),
    }
}
