//! Finding an agent's program as its shell would, so that it can be told how to install it.

use std::path::{Path, PathBuf};

use rustix::fs::Access;

/// What is looked through when the environment has no `PATH`, as by execvp(3).
const DEFAULT_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// The file to run for `name`; nothing if there is none. A name with a slash is taken from `folder`.
pub(crate) fn find(name: &str, folder: &Path, search_path: Option<&str>) -> Option<PathBuf> {
    let is_program = |path: &PathBuf| path.is_file() && rustix::fs::access(path, Access::EXEC_OK).is_ok();
    if name.contains('/') {
        return Some(folder.join(name)).filter(is_program);
    }
    let entries = search_path.unwrap_or(DEFAULT_PATH).split(':');
    entries.map(|entry| folder.join(entry).join(name)).find(is_program)
}
