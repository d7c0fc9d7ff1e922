//! The steps that need no program: move, remove, make.

use std::io;
use std::path::Path;

use rustix::fs::{CWD, Mode, RawMode, RenameFlags};
use rustix::io::Errno;

/// Moves `from` to `to`, which must not exist or be an empty folder.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), String> {
    let shown = |errno: Errno| {
        let why = match errno {
            Errno::EXIST | Errno::NOTEMPTY => "it exists already".to_owned(),
            Errno::XDEV => "it is on another file system".to_owned(),
            Errno::NOENT => "one of them does not exist".to_owned(),
            other => io::Error::from(other).to_string(),
        };
        format!("cannot move {} to {}: {why}", from.display(), to.display())
    };
    match rename_new(from, to) {
        Err(Errno::EXIST) => {
            // Only an empty folder goes this way; anything else makes this fail and stays as it is.
            rustix::fs::rmdir(to).map_err(|_| shown(Errno::EXIST))?;
            rename_new(from, to).map_err(shown)
        }
        done => done.map_err(shown),
    }
}

fn rename_new(from: &Path, to: &Path) -> rustix::io::Result<()> {
    match rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // A file system without this flag: look first. Nobody else writes into a task's target folder.
        Err(Errno::INVAL | Errno::NOSYS) => match std::fs::symlink_metadata(to) {
            Ok(_) => Err(Errno::EXIST),
            Err(_) => rustix::fs::rename(from, to),
        },
        done => done,
    }
}

/// Makes a folder and those above it.
pub(super) fn make_folder(path: &Path, umask: u32) -> Result<(), String> {
    // Our own umask is strict; a folder that a task asked for gets the task's.
    let ours = rustix::process::umask(Mode::from_raw_mode(umask as RawMode));
    let made = std::fs::create_dir_all(path);
    rustix::process::umask(ours);
    made.map_err(|error| format!("cannot make the folder {}: {error}", path.display()))
}
