//! What a clone brought: read from the files of the new repository, without running git.
//!
//! Only what is certain is told. The first line of the log of `HEAD` is the clone's own, whatever happened since; branch and
//! files are told only while it is the only one.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// How much of a file is read at most: of a log only its beginning matters.
const MOST_BYTES: u64 = 64 << 10;

/// What a clone brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cloned {
    /// The commit that was checked out.
    pub commit: String,
    /// Its branch; nothing if it has none, or if somebody went on meanwhile.
    pub branch: Option<String>,
    /// How many files it has; nothing if that is not known, or if somebody went on meanwhile.
    pub files: Option<u64>,
}

/// What the clone in this folder brought; nothing if that cannot be told, as of an empty repository.
pub fn cloned(folder: &Path) -> Option<Cloned> {
    let git = folder.join(".git");
    let log = String::from_utf8(begin_of(&git.join("logs/HEAD"))?).ok()?;
    let mut lines = log.lines();
    let commit = cloned_commit(lines.next()?)?.to_owned();
    let is_as_cloned = lines.next().is_none();
    let as_cloned = |path: &str| begin_of(&git.join(path)).filter(|_| is_as_cloned);
    Some(Cloned {
        commit,
        branch: as_cloned("HEAD").and_then(|head| branch_of(&head)),
        files: as_cloned("index").and_then(|index| entries_of(&index)),
    })
}

/// The commit of a log line that a clone wrote: `OLD NEW Name <mail> time zone<TAB>clone: from URL` (git's reflog format).
fn cloned_commit(line: &str) -> Option<&str> {
    let (entry, message) = line.split_once('\t')?;
    let commit = entry.split(' ').nth(1).filter(|_| message.starts_with("clone: "))?;
    let is_a_name = matches!(commit.len(), 40 | 64) && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_a_name.then_some(commit)
}

fn branch_of(head: &[u8]) -> Option<String> {
    let head = std::str::from_utf8(head).ok()?;
    Some(head.trim_end().strip_prefix("ref: refs/heads/")?.to_owned())
}

/// The number of entries in the head of git's index: `DIRC`, the version, the number (gitformat-index).
fn entries_of(index: &[u8]) -> Option<u64> {
    let number = index.strip_prefix(b"DIRC")?.get(4..8)?;
    Some(u32::from_be_bytes(number.try_into().ok()?).into())
}

/// The beginning of an ordinary file; nothing if there is none. What lies there may be anything by now: a pipe must not
/// keep us.
fn begin_of(path: &Path) -> Option<Vec<u8>> {
    let file = File::options()
        .read(true)
        .custom_flags(libc::O_NONBLOCK | libc::O_NOFOLLOW)
        .open(path)
        .ok()?;
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed, and says where")]

    use super::*;

    const COMMIT: &str = "1f2e3d4c5b6a79880f1e2d3c4b5a69780f1e2d3c";

    fn repository(log: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let git = folder.path().join(".git");
        std::fs::create_dir_all(git.join("logs")).unwrap();
        std::fs::write(git.join("logs/HEAD"), log).unwrap();
        std::fs::write(git.join("HEAD"), "ref: refs/heads/feature/x\n").unwrap();
        std::fs::write(git.join("index"), b"DIRC\0\0\0\x02\0\0\x01\x02rest").unwrap();
        folder
    }

    fn line(message: &str) -> String {
        format!(
            "{} {COMMIT} N <e@x.example> 1700000000 +0000\t{message}\n",
            "0".repeat(40)
        )
    }

    #[test]
    fn a_fresh_clone_tells_commit_branch_and_files() {
        let folder = repository(&line("clone: from https://host/a"));
        let told = Cloned {
            commit: COMMIT.to_owned(),
            branch: Some("feature/x".to_owned()),
            files: Some(258),
        };
        assert_eq!(cloned(folder.path()), Some(told));
    }

    #[test]
    fn where_somebody_went_on_only_the_commit_is_told() {
        let folder = repository(&(line("clone: from x") + &line("commit: more")));
        let told = cloned(folder.path()).unwrap();
        assert_eq!((told.commit.as_str(), told.branch, told.files), (COMMIT, None, None));
    }

    #[test]
    fn what_is_no_clone_tells_nothing() {
        assert_eq!(cloned(repository(&line("commit (initial): x")).path()), None);
        assert_eq!(cloned(repository("").path()), None);
        assert_eq!(cloned(Path::new("/nonexistent")), None);
    }

    #[test]
    fn a_pipe_in_the_place_of_the_log_keeps_nobody() {
        let folder = repository("");
        let log = folder.path().join(".git/logs/HEAD");
        std::fs::remove_file(&log).unwrap();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &log,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
            0,
        )
        .unwrap();
        assert_eq!(cloned(folder.path()), None);
    }
}
