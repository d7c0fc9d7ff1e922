//! `.worktreeinclude`: ignored files that a worktree needs all the same, such as `.env`, in the syntax of `.gitignore`.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::git::{Git, GitError, joined, path, split};
use crate::repository::stays_inside;

/// The file's name, in the root of the repository.
pub(crate) const FILE: &str = ".worktreeinclude";

/// Copies what the workspace's file names, and gives what was not copied, with the reason. Links are copied as links, and
/// nothing is written through one. What the worktree has already stays.
pub(crate) fn copy(workspace: &Git<'_>, worktree: &Path) -> Result<Vec<(PathBuf, String)>, GitError> {
    let file = workspace.folder().join(FILE);
    if !file.is_file() {
        return Ok(Vec::new());
    }
    let words = ["ls-files", "-z", "--others", "--ignored", "--exclude-from", FILE];
    let named = workspace.paths(&words)?;
    if named.is_empty() {
        return Ok(Vec::new());
    }
    // Only what git ignores: a file that is merely new is somebody's work in progress, and `--with-changes` takes it.
    let list = joined(named.iter().map(PathBuf::as_path));
    let ignored = workspace.run(&["check-ignore", "-z", "--stdin"], &list)?;
    let mut left_out = Vec::new();
    for relative in split(&ignored.stdout).map(path) {
        if let Err(error) = copy_one(workspace.folder(), worktree, &relative) {
            left_out.push((relative, error.to_string()));
        }
    }
    Ok(left_out)
}

fn copy_one(from: &Path, to: &Path, relative: &Path) -> io::Result<()> {
    let (source, target) = (from.join(relative), to.join(relative));
    if !stays_inside(to, relative) {
        return Err(io::Error::other(
            "a part of its path is a link or a file in the worktree",
        ));
    }
    if fs::symlink_metadata(&target).is_ok() {
        return Ok(());
    }
    let facts = fs::symlink_metadata(&source)?;
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent)?;
    }
    if facts.is_symlink() {
        symlink(fs::read_link(&source)?, &target)
    } else if facts.is_file() {
        // Shares the blocks where the file system can.
        fs::copy(&source, &target).map(drop)
    } else {
        Err(io::Error::other("it is neither a file nor a link"))
    }
}
