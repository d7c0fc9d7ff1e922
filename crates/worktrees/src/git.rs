//! Asking git: one folder, plain words, no prompt, no hook of the user's, no daemon of git's own.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

use crate::runner::{Ended, Program, Runner};

/// Settings that hold for every call. Hooks and the file system monitor are programs of the repository's; nothing that
/// we do to its worktrees may start them.
const SETTINGS: [&str; 7] = [
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.safecrlf=false",
    "core.quotePath=false",
    "commit.gpgSign=false",
    "gc.auto=0",
    "maintenance.auto=false",
];

/// Why git could not be asked, or said no.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// It could not be started, or took too long.
    #[error("running git {act}")]
    Run {
        /// What it was asked to do.
        act: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// It said no.
    #[error("git {act}: {message}")]
    Refused {
        /// What it was asked to do.
        act: String,
        /// Its exit code.
        code: i32,
        /// What it said, in its own words.
        message: String,
    },
    /// It answered something that makes no sense.
    #[error("git {act} answered {answer:?}")]
    Unreadable {
        /// What it was asked to do.
        act: String,
        /// The beginning of what it answered.
        answer: String,
    },
}

/// Git, in one folder.
#[derive(Clone)]
pub struct Git<'a> {
    runner: &'a dyn Runner,
    folder: PathBuf,
    variables: Vec<(&'static str, OsString)>,
}

impl std::fmt::Debug for Git<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Git")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

impl<'a> Git<'a> {
    /// Git in this folder.
    pub fn at(runner: &'a dyn Runner, folder: impl Into<PathBuf>) -> Self {
        Self {
            runner,
            folder: folder.into(),
            variables: Vec::new(),
        }
    }

    /// The same in another folder.
    pub(crate) fn elsewhere(&self, folder: impl Into<PathBuf>) -> Self {
        Self::at(self.runner, folder)
    }

    /// The same with a variable set.
    pub(crate) fn with(&self, name: &'static str, value: impl Into<OsString>) -> Self {
        let mut git = self.clone();
        git.variables.push((name, value.into()));
        git
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs it, whatever it then says.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, words: &[S], input: &[u8]) -> Result<Ended, GitError> {
        let mut program = Program {
            words: vec!["git".into()],
            folder: self.folder.clone(),
            variables: vec![
                ("LC_ALL", "C".into()),
                ("GIT_TERMINAL_PROMPT", "0".into()),
                ("GIT_OPTIONAL_LOCKS", "0".into()),
                ("GIT_EDITOR", "true".into()),
                ("GIT_NO_LAZY_FETCH", "0".into()),
            ],
            input: input.to_vec(),
        };
        for setting in SETTINGS {
            program.words.extend(["-c".into(), setting.into()]);
        }
        program.words.extend(words.iter().map(|word| word.as_ref().to_owned()));
        program.variables.extend(self.variables.iter().cloned());
        self.runner.run(&program).map_err(|source| GitError::Run {
            act: act(words),
            source,
        })
    }

    /// Its standard output; an error unless it exits 0.
    pub(crate) fn bytes<S: AsRef<OsStr>>(&self, words: &[S], input: &[u8]) -> Result<Vec<u8>, GitError> {
        let ended = self.run(words, input)?;
        if ended.code == 0 {
            Ok(ended.stdout)
        } else {
            Err(refused(words, &ended))
        }
    }

    /// Its standard output as one line of text; an error unless it exits 0.
    pub fn text<S: AsRef<OsStr>>(&self, words: &[S]) -> Result<String, GitError> {
        let bytes = self.bytes(words, b"")?;
        Ok(String::from_utf8_lossy(&bytes).trim_end_matches('\n').to_owned())
    }

    /// The same; nothing if it exits 1, which is how git says "no".
    pub fn maybe<S: AsRef<OsStr>>(&self, words: &[S]) -> Result<Option<String>, GitError> {
        let ended = self.run(words, b"")?;
        match ended.code {
            0 => Ok(Some(
                String::from_utf8_lossy(&ended.stdout).trim_end_matches('\n').to_owned(),
            )),
            1 => Ok(None),
            _ => Err(refused(words, &ended)),
        }
    }

    /// What it is asked to do, done; an error unless it exits 0.
    pub(crate) fn act<S: AsRef<OsStr>>(&self, words: &[S]) -> Result<(), GitError> {
        self.bytes(words, b"").map(drop)
    }

    /// A list of paths that it gives with `-z`.
    pub(crate) fn paths<S: AsRef<OsStr>>(&self, words: &[S]) -> Result<Vec<PathBuf>, GitError> {
        Ok(split(&self.bytes(words, b"")?).map(path).collect())
    }
}

/// The pieces between NUL bytes.
pub(crate) fn split(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|byte| *byte == 0).filter(|piece| !piece.is_empty())
}

/// A path as git writes it with `-z`.
pub(crate) fn path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsString::from_vec(bytes.to_vec()))
}

/// Paths as git reads them with `-z --stdin`.
pub(crate) fn joined<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for path in paths {
        bytes.extend_from_slice(path.as_os_str().as_bytes());
        bytes.push(0);
    }
    bytes
}

/// The error of a call that ended otherwise than it may.
pub(crate) fn refused<S: AsRef<OsStr>>(words: &[S], ended: &Ended) -> GitError {
    let said = String::from_utf8_lossy(&ended.stderr);
    let told: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let fatal = told
        .iter()
        .find(|line| line.starts_with("fatal:") || line.starts_with("error:"));
    let message = fatal.or(told.last()).map_or_else(
        || format!("it exited with code {}", ended.code),
        |line| {
            line.trim_start_matches("fatal: ")
                .trim_start_matches("error: ")
                .to_owned()
        },
    );
    GitError::Refused {
        act: act(words),
        code: ended.code,
        message,
    }
}

/// The error of an answer that cannot be read.
pub(crate) fn unreadable(act: &str, answer: &[u8]) -> GitError {
    GitError::Unreadable {
        act: act.to_owned(),
        answer: String::from_utf8_lossy(answer).chars().take(200).collect(),
    }
}

fn act<S: AsRef<OsStr>>(words: &[S]) -> String {
    words
        .first()
        .map_or_else(String::new, |word| word.as_ref().to_string_lossy().into_owned())
}
