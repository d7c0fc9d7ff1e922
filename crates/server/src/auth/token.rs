//! The file with the token: made at the first start, 0600, never overwritten unless somebody asks for a new one.

use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use super::secret::Secret;

/// The least that counts as a token.
const SHORTEST: usize = 32;
/// The most that is read.
const LONGEST_BYTES: u64 = 4_096;

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenError {
    /// The file cannot be read.
    #[error("reading {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file holds something else.
    #[error("{} holds no token", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be written.
    #[error("writing {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The system gives no randomness.
    #[error("asking the system for randomness")]
    Random(#[source] io::Error),
}

impl TokenError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Read { .. } | Self::Write { .. } => Some("make the state folder readable and writable"),
            Self::Damaged { .. } => Some("remove the file: a new token is made, and pages sign in again"),
            Self::Random(_) => None,
        }
    }
}

/// The token in the file; a new one if there is no file.
pub(super) fn load_or_make(path: &Path) -> Result<Secret, TokenError> {
    let failed = |source| TokenError::Read {
        path: path.to_owned(),
        source,
    };
    let no_follow = i32::try_from(OFlags::NOFOLLOW.bits()).expect("invariant: the flag fits");
    let mut file = match OpenOptions::new().read(true).custom_flags(no_follow).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return make(path),
        Err(error) => return Err(failed(error)),
    };
    let facts = file.metadata().map_err(failed)?;
    if facts.permissions().mode() & 0o077 != 0 {
        tracing::warn!(file = %path.display(), "the token could be read by other users; closed now. `longhaul token rotate` makes a new one");
        file.set_permissions(Permissions::from_mode(0o600)).map_err(failed)?;
    }
    let mut text = String::new();
    (&mut file)
        .take(LONGEST_BYTES)
        .read_to_string(&mut text)
        .map_err(failed)?;
    let token = text.trim();
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if token.len() < SHORTEST || !token.bytes().all(is_plain) {
        return Err(TokenError::Damaged { path: path.to_owned() });
    }
    Ok(Secret::kept(token.to_owned()))
}

/// A new token, on disk before it is in force.
pub(super) fn make(path: &Path) -> Result<Secret, TokenError> {
    let token = Secret::random().map_err(TokenError::Random)?;
    write(path, &token).map_err(|source| TokenError::Write {
        path: path.to_owned(),
        source,
    })?;
    Ok(token)
}

fn write(path: &Path, token: &Secret) -> io::Result<()> {
    let fresh = path.with_extension("new");
    match fs::remove_file(&fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&fresh)?;
    writeln!(file, "{}", token.reveal())?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    match path.parent() {
        Some(folder) => fs::File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_made_once_and_private() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("token");
        let made = load_or_make(&path).expect("a token is made");
        let again = load_or_make(&path).expect("it is read");
        assert!(again.equals(made.reveal()));
        assert_eq!(
            fs::metadata(&path).expect("it is there").permissions().mode() & 0o777,
            0o600
        );
        let fresh = make(&path).expect("another");
        assert!(!fresh.equals(made.reveal()));
        assert!(load_or_make(&path).expect("it is read").equals(fresh.reveal()));
    }

    #[test]
    fn a_file_that_is_open_to_others_is_closed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("token");
        load_or_make(&path).expect("a token is made");
        fs::set_permissions(&path, Permissions::from_mode(0o644)).expect("ours");
        load_or_make(&path).expect("it is read");
        assert_eq!(
            fs::metadata(&path).expect("it is there").permissions().mode() & 0o777,
            0o600
        );
    }

    #[test]
    fn what_is_no_token_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("token");
        for content in ["", "short\n", "with spaces in it, and longer than it needs to be\n"] {
            fs::write(&path, content).expect("writable");
            assert!(
                matches!(load_or_make(&path), Err(TokenError::Damaged { .. })),
                "{content}"
            );
            assert_eq!(fs::read_to_string(&path).expect("it is there"), content);
        }
    }
}
