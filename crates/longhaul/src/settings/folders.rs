//! Where everything lies: configuration, state, socket.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::environment::Environment;

/// A socket's path must fit into `sockaddr_un`: 108 bytes on Linux, 104 on macOS, with room for the final zero.
pub(crate) const LONGEST_SOCKET_PATH: usize = 100;

/// The folders and files of one installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Folders {
    /// `LONGHAUL_HOME` as an absolute path, if it was given.
    pub(crate) home: Option<PathBuf>,
    /// `config.toml`.
    pub(crate) config_file: PathBuf,
    /// The state: database, attempts, log.
    pub(crate) state: PathBuf,
    /// The socket of the daemon that serves this state.
    pub(crate) socket: PathBuf,
}

/// Why there are no folders to work with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FolderError {
    /// Neither `LONGHAUL_HOME` nor `HOME` is set.
    #[error("neither LONGHAUL_HOME nor HOME is set, so there is no place for the tasks")]
    NoHome,
    /// From every folder it would be another place, with other tasks.
    #[error("{variable} is `{}`, which is another folder wherever one stands", path.display())]
    Elsewhere {
        /// The variable.
        variable: &'static str,
        /// The path as given.
        path: PathBuf,
    },
    /// The working folder is gone, so a relative path means nothing.
    #[error("cannot make {} absolute", path.display())]
    Relative {
        /// The path as given.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A folder could not be made private.
    #[error("cannot use the folder {}", path.display())]
    Unusable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A folder that must be ours alone is not.
    #[error("the folder {} belongs to somebody else", path.display())]
    Foreign {
        /// The folder.
        path: PathBuf,
    },
}

impl FolderError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Self::NoHome => "set LONGHAUL_HOME to a folder of your own",
            Self::Elsewhere { .. } => "give it as an absolute path, one that begins with /",
            Self::Relative { .. } => "go to a folder that exists, or give an absolute path",
            Self::Unusable { .. } => "make it writable, or point LONGHAUL_HOME to another folder",
            Self::Foreign { .. } => "remove it, or point LONGHAUL_HOME to a folder with a shorter path",
        }
    }
}

impl Folders {
    /// Works out where everything lies; touches nothing.
    pub(super) fn resolve(environment: &Environment) -> Result<Self, FolderError> {
        let fixed = |variable, path: &Option<PathBuf>| match path {
            Some(path) if !path.is_absolute() => Err(FolderError::Elsewhere {
                variable,
                path: path.clone(),
            }),
            path => path.as_deref().map(absolute).transpose(),
        };
        let home = fixed("LONGHAUL_HOME", &environment.longhaul_home)?;
        let (config_file, state, run) = if let Some(home) = &home {
            (home.join("config.toml"), home.join("state"), home.join("run"))
        } else {
            let user = fixed("HOME", &environment.home)?;
            let under = |xdg: &Option<PathBuf>, usual: &str| {
                let base = xdg.clone().or_else(|| user.as_deref().map(|user| user.join(usual)));
                base.map(|base| base.join("longhaul")).ok_or(FolderError::NoHome)
            };
            let state = absolute(&under(&environment.xdg_state, ".local/state")?)?;
            let config = absolute(&under(&environment.xdg_config, ".config")?)?;
            // Not the session's runtime folder: it comes and goes with logins, and a client without one (cron, a
            // container) must find the same socket.
            let run = state.join("run");
            (config.join("config.toml"), state, run)
        };
        let socket = socket_path(&run, &state);
        Ok(Self {
            home,
            config_file,
            state,
            socket,
        })
    }

    /// Creates what is missing, 0700, and makes sure that the socket's folder is ours alone.
    pub(crate) fn make(&self) -> Result<(), FolderError> {
        if let Some(home) = &self.home {
            make_private(home)?;
        }
        make_private(&self.state)?;
        restrict(&self.state)?;
        let run = self.socket.parent().unwrap_or(&self.state);
        make_private(run)?;
        let facts = fs::symlink_metadata(run).map_err(|source| unusable(run, source))?;
        if !facts.is_dir() || facts.uid() != rustix::process::getuid().as_raw() {
            return Err(FolderError::Foreign { path: run.to_owned() });
        }
        restrict(run)
    }

    /// The daemon's log.
    pub(crate) fn log(&self) -> PathBuf {
        self.state.join("daemon.log")
    }
}

/// The socket's path follows from the state folder alone, so that every client of it finds the same one.
fn socket_path(run: &Path, state: &Path) -> PathBuf {
    let plain = run.join("longhaul.sock");
    if plain.as_os_str().len() <= LONGEST_SOCKET_PATH {
        return plain;
    }
    let state = fs::canonicalize(state).unwrap_or_else(|_| state.to_owned());
    let user = rustix::process::getuid().as_raw();
    PathBuf::from(format!(
        "/tmp/longhaul-{user}/{:016x}.sock",
        fingerprint(state.as_os_str().as_bytes())
    ))
}

/// FNV-1a, 64 bits: short, stable and good enough to keep one user's folders apart.
fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

pub(super) fn absolute(path: &Path) -> Result<PathBuf, FolderError> {
    std::path::absolute(path).map_err(|source| FolderError::Relative {
        path: path.to_owned(),
        source,
    })
}

fn unusable(path: &Path, source: io::Error) -> FolderError {
    FolderError::Unusable {
        path: path.to_owned(),
        source,
    }
}

fn make_private(path: &Path) -> Result<(), FolderError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|source| unusable(path, source))
}

/// Takes everybody else's rights away if they have any.
fn restrict(path: &Path) -> Result<(), FolderError> {
    let facts = fs::metadata(path).map_err(|source| unusable(path, source))?;
    if facts.permissions().mode() & 0o077 == 0 {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(|source| unusable(path, source))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_home(home: &str) -> Environment {
        Environment {
            longhaul_home: Some(home.into()),
            ..Environment::default()
        }
    }

    #[test]
    fn one_home_holds_everything() {
        let folders = Folders::resolve(&with_home("/h")).expect("an absolute home resolves");
        assert_eq!(folders.config_file, Path::new("/h/config.toml"));
        assert_eq!(folders.state, Path::new("/h/state"));
        assert_eq!(folders.socket, Path::new("/h/run/longhaul.sock"));
    }

    #[test]
    fn a_long_home_gets_a_short_socket_that_follows_from_the_state_folder_alone() {
        let long = format!("/{}", "x".repeat(120));
        let folders = Folders::resolve(&with_home(&long)).expect("an absolute home resolves");
        assert!(folders.socket.as_os_str().len() <= LONGEST_SOCKET_PATH);
        assert_eq!(
            folders.socket,
            Folders::resolve(&with_home(&long)).expect("as before").socket
        );
        assert_ne!(
            folders.socket,
            Folders::resolve(&with_home(&format!("{long}y")))
                .expect("as before")
                .socket
        );
    }

    #[test]
    fn without_a_home_the_xdg_folders_are_used() {
        let environment = Environment {
            home: Some("/u".into()),
            xdg_config: Some("/c".into()),
            ..Environment::default()
        };
        let folders = Folders::resolve(&environment).expect("a home is given");
        assert_eq!(folders.config_file, Path::new("/c/longhaul/config.toml"));
        assert_eq!(folders.state, Path::new("/u/.local/state/longhaul"));
        assert!(matches!(
            Folders::resolve(&Environment::default()),
            Err(FolderError::NoHome)
        ));
    }

    #[test]
    fn a_place_that_moves_with_whoever_asks_is_none() {
        for home in ["h", "./h", "../h"] {
            let refused = Folders::resolve(&with_home(home)).expect_err("it is relative");
            assert!(matches!(
                refused,
                FolderError::Elsewhere {
                    variable: "LONGHAUL_HOME",
                    ..
                }
            ));
        }
        let environment = Environment {
            home: Some("u".into()),
            ..Environment::default()
        };
        let refused = Folders::resolve(&environment).expect_err("it is relative");
        assert!(matches!(refused, FolderError::Elsewhere { variable: "HOME", .. }));
    }

    #[test]
    fn folders_are_made_private() {
        let temporary = tempfile::tempdir().expect("a temporary folder");
        let home = temporary.path().join("h");
        let folders = Folders::resolve(&with_home(home.to_str().expect("UTF-8"))).expect("an absolute home resolves");
        fs::create_dir_all(&folders.state).expect("writable");
        fs::set_permissions(&folders.state, fs::Permissions::from_mode(0o755)).expect("ours");
        folders.make().expect("all is writable");
        for folder in [folders.state.as_path(), folders.socket.parent().expect("it has one")] {
            assert_eq!(fs::metadata(folder).expect("made").permissions().mode() & 0o777, 0o700);
        }
    }
}
