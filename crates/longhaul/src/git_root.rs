//! Where the repository begins that a folder is in. The daemon decides which workspace a task gets; this is for naming
//! one, and for finding a project's own file, before anything is sent.

use std::path::{Path, PathBuf};

/// The nearest folder, itself or above, in which git works; nothing if there is none. An empty `.git`, such as a killed
/// agent may leave behind, is no repository.
pub(crate) fn git_root(folder: &Path) -> Option<PathBuf> {
    let is_root = |folder: &&Path| {
        let git = folder.join(".git");
        git.is_file() || git.join("HEAD").symlink_metadata().is_ok()
    };
    folder.ancestors().find(is_root).map(Path::to_owned)
}
