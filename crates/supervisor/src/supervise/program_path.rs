//! Finding a program as a shell would: by the task's own `PATH`, with a reason for people if there is none.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::Access;

/// What is looked through when the task has no `PATH`, as by execvp(3).
const DEFAULT_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// The file to run for the word `name`, or why there is none.
pub(super) fn find(name: &OsStr, folder: &Path, search_path: Option<&OsStr>) -> Result<PathBuf, String> {
    if name.as_bytes().contains(&b'/') {
        let path = folder.join(name);
        return match why_not(&path) {
            None => Ok(path),
            Some(reason) => Err(reason),
        };
    }
    if name.is_empty() {
        return Err("no such program: the name is empty".to_owned());
    }
    let mut nearly = None;
    for entry in search_path
        .unwrap_or(OsStr::new(DEFAULT_PATH))
        .as_bytes()
        .split(|byte| *byte == b':')
    {
        // An empty entry is the current folder, by old custom.
        let path = folder.join(OsStr::from_bytes(entry)).join(name);
        match why_not(&path) {
            None => return Ok(path),
            Some(reason) if path.is_file() => nearly = nearly.or(Some(reason)),
            Some(_) => {}
        }
    }
    Err(nearly.unwrap_or_else(|| format!("no such program: {}", name.display())))
}

/// Why a file cannot be run; `None` if it looks as if it could.
fn why_not(path: &Path) -> Option<String> {
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Some(format!("no such program: {}", path.display()))
        }
        Err(error) => Some(format!("cannot reach the program {}: {error}", path.display())),
        Ok(metadata) if metadata.is_dir() => Some(format!("{} is a folder, not a program", path.display())),
        Ok(_) if rustix::fs::access(path, Access::EXEC_OK).is_err() => {
            Some(format!("not executable: {}", path.display()))
        }
        Ok(_) => None,
    }
}

/// Why nothing can run in a folder; `None` if it can.
pub(super) fn folder_problem(folder: &Path) -> Option<String> {
    match std::fs::metadata(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Some(format!("folder {} does not exist", folder.display()))
        }
        Err(error) => Some(format!("cannot reach the folder {}: {error}", folder.display())),
        Ok(metadata) if !metadata.is_dir() => Some(format!("{} is a file, not a folder", folder.display())),
        Ok(_) if rustix::fs::access(folder, Access::EXEC_OK).is_err() => {
            Some(format!("folder {} may not be entered", folder.display()))
        }
        Ok(_) => None,
    }
}
