//! The attempts, by name.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{SocketAddr, UnixStream};

use crate::calls::{apart, checked, text};
use crate::kernel;

pub(crate) fn attempt(words: &[&str]) -> io::Result<()> {
    match *words {
        ["open-to-write", path] => OpenOptions::new().append(true).open(path)?.write_all(b"x"),
        ["create", path] => OpenOptions::new().write(true).create_new(true).open(path).map(drop),
        ["truncate-by-open", path] => OpenOptions::new().write(true).truncate(true).open(path).map(drop),
        ["truncate", path] => {
            let path = text(path)?;
            // SAFETY: the path ends in a zero byte.
            checked(unsafe { libc::truncate(path.as_ptr(), 0) }).map(drop)
        }
        ["rename", from, to] => fs::rename(from, to),
        ["unlink", path] => fs::remove_file(path),
        ["make-folder", path] => fs::create_dir(path),
        ["remove-folder", path] => fs::remove_dir(path),
        ["hard-link", from, to] => fs::hard_link(from, to),
        ["symlink", path] => std::os::unix::fs::symlink("/nowhere", path),
        ["chmod", path] => fs::set_permissions(path, fs::Permissions::from_mode(0o777)),
        ["chown", path] => std::os::unix::fs::chown(path, Some(user()), None),
        ["times", path] => times(path),
        ["attribute", path] => attribute(path),
        ["reopen", path] => reopen(path),
        ["through-root", path] => OpenOptions::new()
            .append(true)
            .open(format!("/proc/self/root{path}"))?
            .write_all(b"x"),
        ["in-new-session", path] => apart(|| in_new_session(path)),
        ["through-descriptors"] => inherited(),
        ["chmod-standard-input"] => {
            // SAFETY: it reads numbers only.
            checked(unsafe { libc::fchmod(0, 0o777) }).map(drop)
        }
        ["read", path] => {
            let mut byte = [0];
            match File::open(path)?.read(&mut byte)? {
                0 => Err(io::ErrorKind::UnexpectedEof.into()),
                _ => Ok(()),
            }
        }
        ["find-something-in", path] => match fs::read_dir(path)?.next() {
            Some(entry) => entry.map(drop),
            None => Err(io::ErrorKind::NotFound.into()),
        },
        ["connect", path] => UnixStream::connect(path).map(drop),
        ["connect-abstract", name] => {
            UnixStream::connect_addr(&SocketAddr::from_abstract_name(name.as_bytes())?).map(drop)
        }
        ["write-to-fifo", path] => fifo(path),
        ["write-to-device", path] => OpenOptions::new().write(true).open(path).map(drop),
        ["make-device", path] => {
            let path = text(path)?;
            // SAFETY: the path ends in a zero byte.
            checked(unsafe { libc::mknod(path.as_ptr(), libc::S_IFIFO | 0o666, 0) }).map(drop)
        }
        [name, ref words @ ..] => kernel::attempt(name, words),
        [] => Ok(()),
    }
}

fn user() -> u32 {
    // SAFETY: it cannot fail.
    unsafe { libc::geteuid() }
}

fn times(path: &str) -> io::Result<()> {
    let path = text(path)?;
    let times = [libc::timespec { tv_sec: 1, tv_nsec: 0 }; 2];
    // SAFETY: path and times outlive the call.
    checked(unsafe { libc::utimensat(libc::AT_FDCWD, path.as_ptr(), times.as_ptr(), 0) }).map(drop)
}

fn attribute(path: &str) -> io::Result<()> {
    let path = text(path)?;
    // SAFETY: all outlive the call.
    let set = unsafe { libc::setxattr(path.as_ptr(), c"user.probe".as_ptr(), c"x".as_ptr().cast(), 1, 0) };
    checked(set).map(drop)
}

/// Opens the place alone, which needs no rights, and then the file by way of that.
fn reopen(path: &str) -> io::Result<()> {
    let path = text(path)?;
    // SAFETY: the path ends in a zero byte.
    let place = checked(unsafe { libc::open(path.as_ptr(), libc::O_PATH) })?;
    // SAFETY: the descriptor is new.
    let place = unsafe { OwnedFd::from_raw_fd(place as i32) };
    OpenOptions::new()
        .append(true)
        .open(format!("/proc/self/fd/{}", place.as_raw_fd()))?
        .write_all(b"x")
}

/// A grandchild in a session of its own, whose parent is gone.
fn in_new_session(path: &str) -> io::Result<()> {
    // SAFETY: this process has one thread.
    checked(unsafe { libc::setsid() })?;
    apart(|| OpenOptions::new().append(true).open(path)?.write_all(b"x"))
}

/// Writes to whatever is open beside the standard streams. Our own list of attempts is closed by now.
fn inherited() -> io::Result<()> {
    for descriptor in 3..1024 {
        // SAFETY: it reads numbers, and asks only.
        if unsafe { libc::fcntl(descriptor, libc::F_GETFD) } >= 0 {
            return Ok(());
        }
    }
    Err(io::ErrorKind::NotFound.into())
}

fn fifo(path: &str) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = OpenOptions::new();
    let pipe = options
        .read(true)
        .write(true)
        .custom_flags(libc::O_NONBLOCK)
        .open(path)?;
    // SAFETY: the byte outlives the call.
    checked(unsafe { libc::write(pipe.as_raw_fd(), c"x".as_ptr().cast(), 1) } as i64).map(drop)
}
