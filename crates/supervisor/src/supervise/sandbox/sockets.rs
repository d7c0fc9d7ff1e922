//! Which Unix sockets are masked, by rule: every one that has a path and lies outside what the program may write, and
//! the folders in which such sockets come and go. A list of known ones would forget the next.

use std::collections::BTreeSet;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use super::rules::{Rules, Treatment, without_links};
use crate::environment::Environment;
use crate::machine;
use crate::sandbox::Sandbox;

/// Ways to names of users and hosts, which only answer questions.
const LOOK_UPS: [&str; 4] = [
    "/run/nscd/socket",
    "/var/lib/sss/pipes/nss",
    "/run/systemd/resolve/io.systemd.Resolve",
    "/run/systemd/userdb",
];

/// The sockets that every program may reach.
pub(super) fn look_ups() -> impl Iterator<Item = PathBuf> {
    LOOK_UPS.iter().map(PathBuf::from)
}

/// Adds what is to be masked, and what lies in it and is allowed all the same.
pub(super) fn mask(rules: &mut Rules, sandbox: &Sandbox, environment: &Environment, cwd: &Path) {
    let allowed: Vec<PathBuf> = look_ups()
        .chain(sandbox.sockets_allowed.iter().cloned())
        .filter_map(|path| without_links(&path))
        .filter(|path| path.exists())
        .collect();
    let is_allowed = |path: &Path| allowed.iter().any(|allowed| path.starts_with(allowed));
    for folder in folders(environment) {
        // A program that works there would find nothing; the sockets in it are masked one by one.
        if !cwd.starts_with(&folder) && rules.treatment(&folder) == Treatment::ReadOnly {
            rules.set(folder, Treatment::Hidden);
        }
    }
    for socket in listening() {
        if rules.treatment(&socket) == Treatment::ReadOnly && !is_allowed(&socket) {
            rules.set(socket, Treatment::Hidden);
        }
    }
    for path in &allowed {
        if rules.treatment(path) == Treatment::Hidden {
            rules.set(path.clone(), Treatment::ReadOnly);
        }
    }
}

/// Folders of sockets that belong to the user's session: what listens there later is out of reach too.
fn folders(environment: &Environment) -> BTreeSet<PathBuf> {
    let user = rustix::process::geteuid().as_raw();
    let multiplexers = environment
        .get("TMUX_TMPDIR")
        .map_or(PathBuf::from("/tmp"), PathBuf::from)
        .join(format!("tmux-{user}"));
    let fixed = [
        PathBuf::from(format!("/run/user/{user}")),
        multiplexers,
        PathBuf::from("/run/screen"),
        PathBuf::from("/run/screens"),
        PathBuf::from("/tmp/screens"),
    ];
    // The variable may name any folder; only one that is closed to others is a runtime folder.
    let is_private = |path: &PathBuf| {
        std::fs::metadata(path).is_ok_and(|facts| facts.uid() == user && facts.mode() & 0o077 == 0 && facts.is_dir())
    };
    let runtime = environment
        .get("XDG_RUNTIME_DIR")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute() && is_private(path));
    fixed
        .into_iter()
        .chain(runtime)
        .filter_map(|path| path.canonicalize().ok())
        .collect()
}

/// Where somebody listens now, as far as it can be reached by a path.
fn listening() -> BTreeSet<PathBuf> {
    let named: BTreeSet<PathBuf> = machine::bound_sockets().into_iter().collect();
    let is_socket = |path: &PathBuf| std::fs::symlink_metadata(path).is_ok_and(|facts| facts.file_type().is_socket());
    named
        .into_iter()
        .filter_map(|path| without_links(&path))
        .filter(is_socket)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sockets_with_an_absolute_path_are_read_from_the_table() {
        let table = b"Num       RefCount Protocol Flags    Type St Inode Path\n\
            000: 00000002 00000000 00010000 0001 01 12 /run/a b.sock\n\
            000: 00000002 00000000 00010000 0001 01 13 @abstract\n\
            000: 00000002 00000000 00010000 0001 01 14\n\
            000: 00000002 00000000 00010000 0001 01 15 relative.sock\n";
        assert_eq!(machine::socket_paths(table), [PathBuf::from("/run/a b.sock")]);
    }
}
