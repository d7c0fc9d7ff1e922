//! What a repository's `.longhaul.toml` says to the client: which agent takes a bare prompt.
//!
//! Anybody may have written the repository, so nothing is read that is endless, makes one wait, or lies outside of it. What
//! this is not: the judge of the rest of the file. The daemon is, and tells it with the task.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use serde::Deserialize;

/// The file's name, in a repository's root.
const FILE: &str = ".longhaul.toml";
/// A larger file is not read; the daemon's limit, too.
const LARGEST_BYTES: u64 = 1 << 20;

/// Why a repository's file could not be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProjectFileError {
    /// A symbolic link in it leads out.
    #[error("{} leads out of the repository, to {}", path.display(), target.display())]
    LeadsOut {
        /// The file.
        path: PathBuf,
        /// Where it leads.
        target: PathBuf,
    },
    /// It is a folder, a pipe, a device.
    #[error("{} is no regular file", path.display())]
    NoFile {
        /// The file.
        path: PathBuf,
    },
    /// Nobody wrote so much by hand.
    #[error("{} has more than 1 MiB", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// The system did not give it.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// What it says means nothing.
    #[error("{}, line {line}: {message}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// Where, counted from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
}

impl ProjectFileError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Self::Wrong { .. } => "mend the file, or name an agent: --agent",
            _ => "it must be a regular file of at most 1 MiB within the repository; or name an agent: --agent",
        }
    }
}

/// The agent that the repository with this root names; nothing if it has no file, or the file names none.
///
/// # Errors
/// If the file cannot be read within its bounds, or is no TOML.
pub(crate) fn default_agent(root: &Path) -> Result<Option<String>, ProjectFileError> {
    #[derive(Deserialize)]
    struct Project {
        default_agent: Option<String>,
    }
    let path = root.join(FILE);
    let Some(text) = read(root, &path)? else {
        return Ok(None);
    };
    let project = toml::from_str::<Project>(&text).map_err(|error| ProjectFileError::Wrong {
        line: error
            .span()
            .map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1),
        message: error.message().trim().to_owned(),
        path,
    })?;
    Ok(project.default_agent)
}

fn read(root: &Path, path: &Path) -> Result<Option<String>, ProjectFileError> {
    let unreadable = |source: io::Error| ProjectFileError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let target = match fs::canonicalize(path) {
        Ok(target) => target,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    if !target.starts_with(fs::canonicalize(root).map_err(unreadable)?) {
        let path = path.to_owned();
        return Err(ProjectFileError::LeadsOut { path, target });
    }
    // Nobody may write into a pipe, and then opening it would never end; a link that was put there since is not followed.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let opened = rustix::fs::open(&target, flags, Mode::empty());
    let file = File::from(opened.map_err(|error| unreadable(error.into()))?);
    if !file.metadata().map_err(unreadable)?.is_file() {
        return Err(ProjectFileError::NoFile { path: path.to_owned() });
    }
    let mut bytes = Vec::new();
    file.take(LARGEST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST_BYTES {
        return Err(ProjectFileError::TooLarge { path: path.to_owned() });
    }
    let text = String::from_utf8(bytes);
    text.map(Some)
        .map_err(|error| unreadable(io::Error::new(io::ErrorKind::InvalidData, error)))
}
