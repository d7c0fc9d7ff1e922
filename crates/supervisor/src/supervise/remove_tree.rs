//! Removes a folder with all that is in it: follows no link, leaves no file system, and can be halted.
//!
//! What this is not: `remove_dir_all`, which can neither be stopped nor deal with folders that forbid writing.

use std::ffi::{CStr, CString};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Dir, Mode, OFlags};
use rustix::io::Errno;

/// Folders deeper than this are moved up first, so that no tree is too deep.
const DEEP: u32 = 64;

/// Removes `path`; nothing there is fine. `go_on` is asked often and halts it by an error.
pub(super) fn remove(path: &Path, go_on: &mut dyn FnMut() -> io::Result<()>) -> io::Result<()> {
    match rustix::fs::unlink(path) {
        Ok(()) | Err(Errno::NOENT | Errno::NOTDIR) => return Ok(()),
        Err(Errno::ISDIR | Errno::PERM) => {}
        Err(errno) => return Err(errno.into()),
    }
    let top = open_folder(CWD, path)?;
    let device = rustix::fs::fstat(&top)?.st_dev;
    let mut emptying = Emptying {
        top: &top,
        device,
        moved: 0,
        go_on,
    };
    emptying.empty(&top, 0)?;
    match rustix::fs::rmdir(path) {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

struct Emptying<'a> {
    top: &'a OwnedFd,
    device: rustix::fs::Dev,
    moved: u64,
    go_on: &'a mut dyn FnMut() -> io::Result<()>,
}

impl Emptying<'_> {
    /// Removes what is in a folder. Passes are repeated until one finds nothing, since entries may be skipped while
    /// others go (readdir(3)).
    fn empty(&mut self, folder: &OwnedFd, depth: u32) -> io::Result<()> {
        loop {
            let mut met = false;
            let mut listing = Dir::read_from(folder)?;
            while let Some(entry) = listing.read() {
                let entry = entry?;
                let name = entry.file_name();
                if name != c"." && name != c".." {
                    (self.go_on)()?;
                    met = true;
                    self.remove_entry(folder, name, depth)?;
                }
            }
            if !met {
                return Ok(());
            }
        }
    }

    fn remove_entry(&mut self, folder: &OwnedFd, name: &CStr, depth: u32) -> io::Result<()> {
        match permitted(folder, || rustix::fs::unlinkat(folder, name, AtFlags::empty())) {
            Ok(()) | Err(Errno::NOENT) => return Ok(()),
            Err(Errno::ISDIR | Errno::PERM) => {}
            Err(errno) => return Err(errno.into()),
        }
        if depth >= DEEP {
            self.moved += 1;
            let aside = CString::new(format!(".removing-{}-{}", std::process::id(), self.moved))?;
            return Ok(permitted(folder, || {
                rustix::fs::renameat(folder, name, self.top, &aside)
            })?);
        }
        let inner = open_folder(folder, name)?;
        if rustix::fs::fstat(&inner)?.st_dev != self.device {
            return Err(io::Error::other(format!(
                "{} is another file system",
                name.to_string_lossy()
            )));
        }
        self.empty(&inner, depth + 1)?;
        match permitted(folder, || rustix::fs::unlinkat(folder, name, AtFlags::REMOVEDIR)) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(errno) => Err(errno.into()),
        }
    }
}

fn open_folder(at: impl AsFd, name: impl rustix::path::Arg + Copy) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    match rustix::fs::openat(&at, name, flags, Mode::empty()) {
        Err(Errno::ACCESS) => {
            rustix::fs::chmodat(&at, name, Mode::RWXU, AtFlags::empty())?;
            Ok(rustix::fs::openat(&at, name, flags, Mode::empty())?)
        }
        opened => Ok(opened?),
    }
}

/// Does it; if the folder forbids it, makes the folder ours to write and does it again.
fn permitted(folder: &OwnedFd, act: impl Fn() -> rustix::io::Result<()>) -> rustix::io::Result<()> {
    match act() {
        Err(Errno::ACCESS) => {
            rustix::fs::fchmod(folder, Mode::RWXU)?;
            act()
        }
        done => done,
    }
}
