//! Which workspace a folder belongs to: the canonical path of its git root, else of the folder itself.

use std::path::{Path, PathBuf};

/// The workspace of a folder. One that does not exist is its own, as it is written.
pub(crate) fn of(folder: &Path) -> PathBuf {
    let Ok(canonical) = folder.canonicalize() else {
        return folder.to_owned();
    };
    canonical
        .ancestors()
        .find(|above| is_git_root(above))
        .map_or_else(|| canonical.clone(), Path::to_owned)
}

/// Whether git works here: `.git` is a folder with a head in a repository, and a file in a linked worktree or a
/// submodule. An empty folder of that name is what a killed agent may leave behind, and nothing else.
pub(crate) fn is_git_root(folder: &Path) -> bool {
    let git = folder.join(".git");
    git.is_file() || git.join("HEAD").symlink_metadata().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subfolders_links_and_dots_lead_to_the_same_root() {
        let world = tempfile::tempdir().expect("a temporary folder");
        let root = world.path().canonicalize().expect("it exists").join("repository");
        std::fs::create_dir_all(root.join(".git")).expect("it is ours");
        std::fs::write(root.join(".git/HEAD"), "ref: refs/heads/main\n").expect("it is ours");
        std::fs::create_dir_all(root.join("a/b/.git")).expect("it is ours");
        std::os::unix::fs::symlink(root.join("a"), world.path().join("link")).expect("it is ours");
        for folder in [
            "repository",
            "repository/",
            "repository/a/b",
            "repository/a/../a",
            "link/b",
            "link",
        ] {
            assert_eq!(of(&world.path().join(folder)), root, "{folder}");
        }
    }

    #[test]
    fn a_folder_that_is_not_there_is_its_own_workspace() {
        assert_eq!(of(Path::new("/no/such/folder")), Path::new("/no/such/folder"));
    }
}
