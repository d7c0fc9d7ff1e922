//! The other homes of this user: what a reader of ours must not see, and whose daemons it must not reach.
//!
//! Every daemon leaves word of its home in one folder of its user's own that all of them know: links, since a path may be
//! any bytes, and a link comes into being whole. A home whose word was cleared away is still found by the socket on which
//! its daemon listens.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use longhaul_supervisor::machine;

/// A home of this user, by what of it is nobody else's business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Home {
    /// Its state folder.
    pub(crate) state: PathBuf,
    /// Its socket, and what else lies outside its state folder.
    pub(crate) beside: Vec<PathBuf>,
}

/// The file by which a folder is known as the state of a home.
const DATABASE: &str = "longhaul.db";
const STATE: &str = "state";

/// Where this user's daemons leave word of their homes. The same folder holds the sockets of homes with a long path.
fn shelf() -> PathBuf {
    let user = rustix::process::getuid().as_raw();
    PathBuf::from(format!("/tmp/longhaul-{user}/homes"))
}

/// Leaves word of a home, and takes away that of homes which are gone.
///
/// # Errors
/// The folder cannot be made, or is somebody else's. Readers of other homes may then see this one.
pub(crate) fn announce(home: &Home) -> io::Result<()> {
    let shelf = shelf();
    for folder in [shelf.parent().unwrap_or(&shelf), &shelf] {
        match DirBuilder::new().mode(0o700).create(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            Ok(()) | Err(_) => close_to_others(folder)?,
        }
    }
    for known in entries(&shelf) {
        let is_gone = |link: &Path| !is_state(&fs::read_link(link).unwrap_or_default());
        if known.extension().is_some_and(|extension| extension == STATE) && is_gone(&known) {
            words(&shelf, &known).for_each(|word| drop(fs::remove_file(word)));
        }
    }
    let facts = fs::metadata(&home.state)?;
    let name = |what: &str| shelf.join(format!("{}-{}.{what}", facts.dev(), facts.ino()));
    let beside = home.beside.iter().enumerate();
    let beside = beside.map(|(number, path)| (format!("beside-{number}"), path));
    for (what, path) in beside.chain([(STATE.to_owned(), &home.state)]) {
        let (word, fresh) = (name(&what), name(&format!("{what}.{}", std::process::id())));
        symlink(path, &fresh)?;
        fs::rename(&fresh, &word)?;
    }
    Ok(())
}

/// Takes everybody else's rights away; refuses a folder that is not ours.
fn close_to_others(folder: &Path) -> io::Result<()> {
    let facts = fs::symlink_metadata(folder)?;
    if !facts.is_dir() || facts.uid() != rustix::process::getuid().as_raw() {
        let message = format!("the folder {} belongs to somebody else", folder.display());
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, message));
    }
    if facts.mode() & 0o777 == 0o700 {
        return Ok(());
    }
    fs::set_permissions(folder, Permissions::from_mode(0o700))
}

/// The homes of this user but for the one with this state folder. What cannot be read is passed over.
pub(crate) fn others(own_state: &Path) -> Vec<Home> {
    let shelf = shelf();
    let is_ours = fs::symlink_metadata(&shelf)
        .is_ok_and(|facts| facts.is_dir() && facts.uid() == rustix::process::getuid().as_raw());
    let announced = entries(&shelf).into_iter().filter(|_| is_ours);
    let announced = announced
        .filter(|word| word.extension().is_some_and(|extension| extension == STATE))
        .filter_map(|word| {
            Some(Home {
                state: fs::read_link(&word).ok()?,
                beside: words(&shelf, &word)
                    .filter(|other| *other != word)
                    .filter_map(|other| fs::read_link(other).ok())
                    .collect(),
            })
        });
    let mut found: Vec<Home> = Vec::new();
    let own = identity(own_state);
    for home in announced.chain(listening()) {
        let is_new = found
            .iter()
            .all(|known| identity(&known.state) != identity(&home.state));
        if is_state(&home.state) && identity(&home.state) != own && is_new {
            found.push(home);
        }
    }
    found
}

/// The homes whose daemon listens at a socket in their folder `run`.
fn listening() -> impl Iterator<Item = Home> {
    let in_run = machine::bound_sockets()
        .into_iter()
        .filter(|socket| socket.parent().is_some_and(|run| run.ends_with("run")));
    in_run.filter_map(|socket| {
        let home = socket.parent()?.parent()?.to_owned();
        let state = [home.join("state"), home.clone()]
            .into_iter()
            .find(|state| is_state(state))?;
        Some(Home {
            beside: vec![socket, home.join("config.toml")],
            state,
        })
    })
}

fn identity(state: &Path) -> Option<(u64, u64)> {
    fs::metadata(state).ok().map(|facts| (facts.dev(), facts.ino()))
}

/// Whether a folder is the state of a home of this user.
fn is_state(folder: &Path) -> bool {
    let own = rustix::process::getuid().as_raw();
    folder.is_absolute() && fs::metadata(folder.join(DATABASE)).is_ok_and(|facts| facts.uid() == own)
}

fn entries(shelf: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(shelf).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

/// All that is known of the home of which `word` is known.
fn words(shelf: &Path, word: &Path) -> impl Iterator<Item = PathBuf> {
    let name = |path: &Path| path.file_stem().map(std::ffi::OsStr::to_owned);
    let wanted = name(word);
    entries(shelf).into_iter().filter(move |other| name(other) == wanted)
}
