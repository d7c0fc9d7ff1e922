//! The daemon's side of a start: seal a folder, then start a supervisor on it.
//!
//! What this is not: a wait for success. What became of the start is what [`crate::inspect`] finds.

use std::ffi::OsString;
use std::fs::{DirBuilder, File};
use std::io::{self, Seek as _, Write as _};
use std::ops::Deref;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::document::{self, Durability};
use crate::environment::{Environment, EnvironmentFile};
use crate::folder::{self, AttemptFolder};
use crate::identity::{Identity, IdentityError};
use crate::process::{self, Handle};
use crate::spec::Spec;
use crate::supervised::Supervised;

/// Why an attempt could not be prepared or started.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// There is a folder of that name already: an attempt is sealed once.
    #[error("the attempt folder {} exists already", path.display())]
    Exists {
        /// The folder.
        path: PathBuf,
    },
    /// The spec contradicts itself.
    #[error("the attempt's spec is unusable: {problem}")]
    Spec {
        /// What is wrong with the spec.
        problem: &'static str,
    },
    /// The folder or a file in it could not be written.
    #[error("writing the attempt folder {}", path.display())]
    Write {
        /// Which folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The supervisor could not be started.
    #[error("starting the supervisor {}", program.display())]
    Spawn {
        /// The program.
        program: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// It was started, but ended before it could be named.
    #[error("naming the supervisor just started")]
    Identity(#[from] IdentityError),
}

/// An attempt folder with its spec, and what must never lie in it: the environment, which its supervisor is handed when
/// it is started.
#[derive(Debug, Clone)]
pub struct Sealed {
    attempt: AttemptFolder,
    environment: Environment,
}

impl Deref for Sealed {
    type Target = AttemptFolder;

    fn deref(&self) -> &AttemptFolder {
        &self.attempt
    }
}

/// Makes the attempt folder, which must not exist yet, with its spec.
///
/// A folder that could not be filled is removed again.
pub fn create(path: &Path, spec: &Spec, environment: &Environment) -> Result<Sealed, LaunchError> {
    if let Some(problem) = spec.problem() {
        return Err(LaunchError::Spec { problem });
    }
    let write_error = |source| LaunchError::Write {
        path: path.to_owned(),
        source,
    };
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(LaunchError::Exists { path: path.to_owned() });
        }
        Err(error) => return Err(write_error(error)),
    }
    // Not synced: an attempt that a power cut takes before its supervisor has begun counts as never started.
    document::write(path, folder::SPEC, spec, Durability::Renamed).map_err(|source| {
        let _ = std::fs::remove_dir_all(path);
        write_error(source)
    })?;
    Ok(Sealed {
        attempt: AttemptFolder::at(path),
        environment: environment.clone(),
    })
}

/// Starts `program supervise FOLDER` with an empty environment.
pub fn start(sealed: &Sealed, program: &Path) -> Result<Supervised, LaunchError> {
    start_with(sealed, program, &[])
}

/// Starts `program supervise FOLDER` with nothing but `environment` in its own environment. The task's is handed over as
/// standard input, in a file that has no name: it is never on disk, and a file holds more than a pipe.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the room where supervisors are started"
)]
pub fn start_with(
    sealed: &Sealed,
    program: &Path,
    environment: &[(OsString, OsString)],
) -> Result<Supervised, LaunchError> {
    let spawn_error = |source| LaunchError::Spawn {
        program: program.to_owned(),
        source,
    };
    let handed_over = process::nameless(sealed.path())
        .and_then(|file| hand_over(file, &sealed.environment))
        .map_err(|source| LaunchError::Write {
            path: sealed.path().to_owned(),
            source,
        })?;
    // No `pre_exec` and no folder change: that keeps this a `posix_spawn`, whose cost does not grow with our memory.
    let child = Command::new(program)
        .arg("supervise")
        .arg(sealed.path())
        .env_clear()
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(handed_over)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(spawn_error)?;
    let pid = i32::try_from(child.id()).unwrap_or(i32::MAX);
    // Until it is reaped its number is its own, so this is proof even if it has ended already.
    let identity = Identity::of(pid)?;
    match Handle::open_child(pid).map_err(spawn_error)? {
        Some(handle) => Ok(Supervised::new(identity, handle)),
        None => Err(IdentityError::NoSuchProcess { pid }.into()),
    }
}

fn hand_over(mut file: File, environment: &Environment) -> io::Result<File> {
    file.write_all(&serde_json::to_vec(&EnvironmentFile::from(environment))?)?;
    file.rewind()?;
    Ok(file)
}
