//! Where a program is, found as execvp(3) would.

use std::path::{Path, PathBuf};

use rustix::fs::Access;

/// What is looked through when there is no `PATH`.
const WITHOUT_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// The program of this name; nothing if there is none that may be run. A name with a slash, and the entries of the
/// search path, are taken from `folder`.
pub(crate) fn find(name: &str, folder: &Path, search_path: Option<&str>) -> Option<PathBuf> {
    let may_run = |path: &PathBuf| path.is_file() && rustix::fs::access(path, Access::EXEC_OK).is_ok();
    if name.contains('/') {
        return Some(folder.join(name)).filter(may_run);
    }
    let entries = search_path.unwrap_or(WITHOUT_PATH).split(':');
    entries.map(|entry| folder.join(entry).join(name)).find(may_run)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_first_that_may_be_run_is_taken() {
        let world = tempfile::tempdir().expect("a folder");
        let [first, second] = ["first", "second"].map(|name| world.path().join(name));
        for (folder, mode) in [(&first, 0o644), (&second, 0o755)] {
            fs::create_dir(folder).expect("a folder");
            fs::write(folder.join("agent"), "").expect("a file");
            fs::set_permissions(folder.join("agent"), fs::Permissions::from_mode(mode)).expect("its mode");
        }
        fs::create_dir(first.join("folder")).expect("a folder");
        let path = format!("/nowhere:{}:{}", first.display(), second.display());
        assert_eq!(find("agent", Path::new("/"), Some(&path)), Some(second.join("agent")));
        assert_eq!(find("folder", Path::new("/"), Some(&path)), None);
        assert_eq!(
            find("second/agent", world.path(), Some("/nowhere")),
            Some(second.join("agent"))
        );
        assert_eq!(find("agent", world.path(), Some("second")), Some(second.join("agent")));
        assert_eq!(find("agent", world.path(), Some("")), None);
    }
}
