//! `.longhaul.toml` in a repository's root, and whom it is trusted from.
//!
//! Its commands run only if exactly this content was trusted for this folder: whoever can change the file must not thereby
//! run programs. Default agent and isolation are no commands and need no trust.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use longhaul_model::{Isolation, parse_duration};
use serde::{Deserialize, Deserializer, Serialize};

use crate::file::{self, FileError};
use crate::names::Places;

/// The file's name.
pub const FILE: &str = ".longhaul.toml";
/// A larger file is not read.
const LARGEST_BYTES: u64 = 1 << 20;
/// How long one command may take that names no limit.
const USUAL_LIMIT: Duration = Duration::from_secs(600);

/// What a repository says about work in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Project {
    /// The agent that takes a bare prompt.
    pub default_agent: Option<String>,
    /// Where writers work that do not say it themselves.
    pub isolation: Option<Isolation>,
    /// Run in a fresh worktree before the task, each by `sh -c`.
    #[serde(deserialize_with = "one_or_more")]
    pub setup: Vec<String>,
    /// Run in the worktree after each attempt, each by `sh -c`.
    #[serde(deserialize_with = "one_or_more")]
    pub teardown: Vec<String>,
    /// Run on the merged tree before a landing counts, each by `sh -c`.
    #[serde(deserialize_with = "one_or_more")]
    pub check: Vec<String>,
    /// How long one command of `setup` may take.
    #[serde(deserialize_with = "length")]
    pub setup_timeout: Option<Duration>,
    /// How long one command of `teardown` may take.
    #[serde(deserialize_with = "length")]
    pub teardown_timeout: Option<Duration>,
    /// How long one command of `check` may take.
    #[serde(deserialize_with = "length")]
    pub check_timeout: Option<Duration>,
}

impl Project {
    /// How long one command with this limit may take.
    pub fn limit_ms(limit: Option<Duration>) -> u64 {
        u64::try_from(limit.unwrap_or(USUAL_LIMIT).as_millis()).unwrap_or(u64::MAX)
    }

    /// Whether it names any command.
    pub fn has_commands(&self) -> bool {
        !(self.setup.is_empty() && self.teardown.is_empty() && self.check.is_empty())
    }
}

/// A repository's file as it is now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// What it says.
    pub project: Project,
    /// Whether its commands may run.
    pub is_trusted: bool,
}

/// Why a repository's file could not be used.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// It could not be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// It says something that means nothing.
    #[error("{}, line {line}: {message}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// Where, counted from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// It is not there.
    #[error("there is no {FILE} in {}", folder.display())]
    Missing {
        /// The root of the repository.
        folder: PathBuf,
    },
}

/// The contents that are trusted, by the folder they are trusted in.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Trusted {
    version: u32,
    folders: BTreeMap<PathBuf, String>,
}

/// What the repository with this root says; nothing if it has no file.
///
/// # Errors
/// If the file cannot be read or means nothing.
pub fn find(places: &Places, root: &Path) -> Result<Option<Found>, ProjectError> {
    let Some(text) = text(root)? else { return Ok(None) };
    let project = parse(&root.join(FILE), &text)?;
    let trusted = trusted(places)?;
    let is_trusted = trusted.folders.get(root).is_some_and(|known| *known == text);
    Ok(Some(Found { project, is_trusted }))
}

/// Trusts the file of the repository with this root, as it is now; gives what it says.
///
/// # Errors
/// If there is none, it means nothing, or the trust cannot be kept.
pub fn trust(places: &Places, root: &Path) -> Result<Project, ProjectError> {
    let text = text(root)?.ok_or_else(|| ProjectError::Missing {
        folder: root.to_owned(),
    })?;
    let project = parse(&root.join(FILE), &text)?;
    let mut trusted = trusted(places)?;
    trusted.version = 1;
    trusted.folders.insert(root.to_owned(), text);
    file::write(&places.trust(), &trusted)?;
    Ok(project)
}

fn trusted(places: &Places) -> Result<Trusted, FileError> {
    Ok(file::read(&places.trust())?.unwrap_or_default())
}

fn text(root: &Path) -> Result<Option<String>, FileError> {
    let path = root.join(FILE);
    let read = || -> std::io::Result<Option<String>> {
        // Neither a pipe, which would never end, nor something endless.
        match std::fs::metadata(&path) {
            Ok(facts) if facts.is_file() && facts.len() <= LARGEST_BYTES => std::fs::read_to_string(&path).map(Some),
            Ok(_) => Err(std::io::Error::other("it is no file of at most 1 MiB")),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    };
    read().map_err(|source| FileError::io(&path, source))
}

fn parse(path: &Path, text: &str) -> Result<Project, ProjectError> {
    toml::from_str(text).map_err(|error| ProjectError::Wrong {
        path: path.to_owned(),
        line: error
            .span()
            .map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1),
        message: error.message().trim().to_owned(),
    })
}

fn one_or_more<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Commands {
        One(String),
        More(Vec<String>),
    }
    Ok(match Commands::deserialize(deserializer)? {
        Commands::One(command) => vec![command],
        Commands::More(commands) => commands,
    })
}

fn length<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let typed = String::deserialize(deserializer)?;
    parse_duration(&typed).map(Some).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_is_by_content_and_folder() {
        let world = tempfile::tempdir().expect("a folder");
        let (places, root) = (Places::of(world.path().join("state")), world.path().join("a"));
        std::fs::create_dir_all(&root).expect("it is ours");
        assert!(matches!(trust(&places, &root), Err(ProjectError::Missing { .. })));
        std::fs::write(root.join(FILE), "setup = \"make deps\"\ncheck_timeout = \"1m\"\n").expect("it is ours");
        let found = |root: &Path| find(&places, root).expect("it can be read").expect("it is there");
        assert!(!found(&root).is_trusted);
        assert_eq!(trust(&places, &root).expect("it is there").setup, ["make deps"]);
        assert!(found(&root).is_trusted);
        let other = world.path().join("b");
        std::fs::create_dir_all(&other).expect("it is ours");
        std::fs::copy(root.join(FILE), other.join(FILE)).expect("it is ours");
        assert!(!found(&other).is_trusted, "the same content elsewhere");
        std::fs::write(root.join(FILE), "setup = \"make other\"\n").expect("it is ours");
        assert!(!found(&root).is_trusted, "another content");
    }

    #[test]
    fn a_key_that_does_not_exist_is_told_with_its_line() {
        let wrong = parse(Path::new("/p"), "isolation = \"worktree\"\nset_up = \"x\"\n").expect_err("it is wrong");
        assert!(
            wrong.to_string().starts_with("/p, line 2: unknown field `set_up`"),
            "{wrong}"
        );
    }
}
