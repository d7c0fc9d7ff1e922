//! The version a program says it is. Asking takes up to a second, so the answer is kept for as long as the file is the
//! same one.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::programs::{self, ProgramEnd};

/// A program that takes longer is taken for one that does not answer.
const LIMIT: Duration = Duration::from_secs(30);

/// The versions that are known.
#[derive(Debug, Default)]
pub(super) struct Versions {
    known: Mutex<HashMap<PathBuf, (Identity, String)>>,
}

/// What changes when a file is replaced. npm gives every file the same time of modification, so that is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
    size_bytes: u64,
    changed: (i64, i64),
}

impl From<&Metadata> for Identity {
    fn from(file: &Metadata) -> Self {
        Self {
            device: file.dev(),
            inode: file.ino(),
            size_bytes: file.size(),
            changed: (file.ctime(), file.ctime_nsec()),
        }
    }
}

impl Versions {
    /// The version of this program; nothing if it does not say one. Blocks.
    pub(super) fn of(
        &self,
        program: &Path,
        arguments: &[&str],
        environment: &BTreeMap<String, String>,
    ) -> Option<String> {
        // Of what a link leads to.
        let identity = Identity::from(&program.metadata().ok()?);
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, version)) = known().get(program).filter(|(known, _)| *known == identity) {
            return Some(version.clone());
        }
        let words: Vec<&str> = program.to_str().into_iter().chain(arguments.iter().copied()).collect();
        let answer = programs::ask(&words, Path::new("/"), Some(environment), LIMIT).ok()?;
        if answer.end != ProgramEnd::Exited(0) {
            return None;
        }
        let version = version_in(&answer.stdout)?;
        known().insert(program.to_owned(), (identity, version.clone()));
        Some(version)
    }
}

/// The first word that is a version: `codex-cli 0.169.0` is `0.169.0`.
fn version_in(answer: &str) -> Option<String> {
    let mut words = answer
        .split_whitespace()
        .map(|word| word.strip_prefix('v').unwrap_or(word));
    let is_version = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.');
    words.find(is_version).map(|word| word.chars().take(64).collect())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_version_is_found_among_other_words() {
        for (answer, version) in [
            ("codex-cli 0.169.0\n", Some("0.169.0")),
            ("2.1.328 (Claude Code)\n", Some("2.1.328")),
            ("agent v1.2-beta", Some("1.2-beta")),
            ("none", None),
            ("", None),
        ] {
            assert_eq!(version_in(answer).as_deref(), version, "{answer}");
        }
    }

    #[test]
    fn a_program_is_asked_once_and_again_when_it_was_replaced() {
        let world = tempfile::tempdir().expect("a folder");
        let program = world.path().join("agent");
        let install = |version: &str| {
            let script = format!("#!/bin/sh\necho asked >> \"$ASKED\"; echo agent {version}\n");
            let next = world.path().join("next");
            fs::write(&next, script).expect("a file");
            fs::set_permissions(&next, fs::Permissions::from_mode(0o755)).expect("its mode");
            fs::rename(&next, &program).expect("in its place");
        };
        let asked = world.path().join("asked").display().to_string();
        let path = "/usr/local/bin:/usr/bin:/bin".to_owned();
        let environment = BTreeMap::from([("ASKED".to_owned(), asked.clone()), ("PATH".to_owned(), path)]);
        let versions = Versions::default();
        let version = || versions.of(&program, &["--version"], &environment);
        install("1.0.0");
        assert_eq!(version().as_deref(), Some("1.0.0"));
        assert_eq!(version().as_deref(), Some("1.0.0"));
        install("1.0.1");
        assert_eq!(version().as_deref(), Some("1.0.1"));
        assert_eq!(fs::read_to_string(&asked).expect("asked"), "asked\nasked\n");
    }
}
