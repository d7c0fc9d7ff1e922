//! The content of a working tree as a tree object, the index and every file left as they are: by an index of our own.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::git::{Git, GitError, refused};
use crate::repository::{inside, with_identity};

/// An untracked file larger than this is not taken into the picture of a workspace: it would be copied into the
/// repository for good.
pub(crate) const LARGEST_UNTRACKED_BYTES: u64 = 32 << 20;

/// What a picture was made of.
#[derive(Debug)]
pub(crate) struct Snapshot {
    /// The tree.
    pub(crate) tree: String,
    /// Untracked files that were too large to be taken in.
    pub(crate) left_out: Vec<PathBuf>,
}

/// A copy of a checkout's index, removed when dropped.
pub(crate) struct OwnIndex {
    pub(crate) path: PathBuf,
}

impl OwnIndex {
    /// Copies the index to this name beside it.
    pub(crate) fn copy(git: &Git<'_>, name: &str) -> Result<Self, GitError> {
        let real = inside(git, "index")?;
        let own = Self {
            path: real.with_file_name(name),
        };
        copy_with_time(&real, &own.path).map_err(|source| GitError::Run {
            act: "copying the index".to_owned(),
            source,
        })?;
        Ok(own)
    }

    /// A place for objects that nobody needs afterwards.
    pub(crate) fn objects(&self) -> PathBuf {
        let mut objects = self.path.clone().into_os_string();
        objects.push(".objects");
        objects.into()
    }

    /// Git on this index.
    pub(crate) fn git<'a>(&self, git: &Git<'a>) -> Git<'a> {
        git.with("GIT_INDEX_FILE", &self.path)
    }
}

impl Drop for OwnIndex {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
        let _ = std::fs::remove_dir_all(self.objects());
        let mut lock = self.path.clone().into_os_string();
        lock.push(".lock");
        let _ = std::fs::remove_file(lock);
    }
}

/// Git tells a file that was changed in the very moment of the index's writing by the index's own time.
fn copy_with_time(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::copy(from, to) {
        Ok(_) => File::options()
            .write(true)
            .open(to)?
            .set_modified(from.metadata()?.modified()?),
        // A repository without a single commit may have none yet.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// The whole working tree, untracked files included and ignored ones not. With `is_frugal` large untracked files are left
/// out, and so is what cannot be read.
pub(crate) fn take(git: &Git<'_>, is_frugal: bool) -> Result<Snapshot, GitError> {
    let index = OwnIndex::copy(git, &format!("longhaul-snapshot-{}", std::process::id()))?;
    let own = index.git(git);
    let mut words: Vec<OsString> = ["add", "--all"].map(OsString::from).into();
    let mut left_out = Vec::new();
    if is_frugal {
        words.push("--ignore-errors".into());
        left_out = large_untracked(git)?;
    }
    words.extend(["--".into(), ":/".into()]);
    for path in &left_out {
        let mut exclude = OsString::from(":(exclude,literal,top)");
        exclude.push(path);
        words.push(exclude);
    }
    let ended = own.run(&words, b"")?;
    if ended.code != 0 && !(is_frugal && ended.code == 1) {
        return Err(refused(&words, &ended));
    }
    let tree = own.text(&["write-tree"])?;
    Ok(Snapshot { tree, left_out })
}

fn large_untracked(git: &Git<'_>) -> Result<Vec<PathBuf>, GitError> {
    let root = git.text(&["rev-parse", "--show-toplevel"])?;
    let untracked = git
        .elsewhere(&root)
        .paths(&["ls-files", "-z", "--others", "--exclude-standard"])?;
    let is_large = |path: &PathBuf| {
        let facts = std::fs::symlink_metadata(Path::new(&root).join(path));
        facts.is_ok_and(|facts| facts.is_file() && facts.len() > LARGEST_UNTRACKED_BYTES)
    };
    Ok(untracked.into_iter().filter(is_large).collect())
}

/// The same as a commit on top of what is checked out: `HEAD` itself if nothing differs. What is staged and differs from
/// both becomes a commit in between, so that it is not lost either.
pub(crate) fn commit(git: &Git<'_>, message: &str) -> Result<String, GitError> {
    let head = git.text(&["rev-parse", "--verify", "HEAD^{commit}"])?;
    let head_tree = git.text(&["rev-parse", "--verify", "HEAD^{tree}"])?;
    let tree = take(git, false)?.tree;
    let git = with_identity(git);
    // An index with conflicts has no tree.
    let staged = {
        let index = OwnIndex::copy(&git, &format!("longhaul-staged-{}", std::process::id()))?;
        index.git(&git).text(&["write-tree"]).ok()
    };
    let mut parent = head;
    if let Some(staged) = staged.filter(|staged| *staged != head_tree && *staged != tree) {
        let told = format!("{message} (what was staged)");
        parent = git.text(&["commit-tree", &staged, "-p", &parent, "-m", &told])?;
    } else if tree == head_tree {
        return Ok(parent);
    }
    git.text(&["commit-tree", &tree, "-p", &parent, "-m", message])
}

/// The same in a repository that has no commit yet.
pub(crate) fn first_commit(git: &Git<'_>, message: &str) -> Result<String, GitError> {
    let tree = take(git, false)?.tree;
    with_identity(git).text(&["commit-tree", &tree, "-m", message])
}
