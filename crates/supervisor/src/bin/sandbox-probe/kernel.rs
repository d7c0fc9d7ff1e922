//! Attempts to undo the confinement itself, and to reach other processes.

use std::fs::OpenOptions;
use std::io::{self, Read as _, Write as _};
use std::ptr;

use crate::calls::{apart, checked, text};

pub(crate) fn attempt(name: &str, words: &[&str]) -> io::Result<()> {
    match (name, words) {
        ("remount", [path]) => apart(|| remount(path)),
        ("mount-attributes", [path]) => apart(|| clear_read_only(path)),
        ("unmount", [path]) => apart(|| unmount(path)),
        ("mount-over", [path]) => apart(|| mount_over(path)),
        ("unshare-and-remount", [path]) => apart(|| {
            unshare()?;
            remount(path)
        }),
        ("unshare-and-mount-attributes", [path]) => apart(|| {
            unshare()?;
            clear_read_only(path)
        }),
        ("join-namespace", [pid]) => apart(|| join(pid)),
        ("signal", [pid]) => {
            // SAFETY: signal 18 only lets a stopped process go on.
            checked(unsafe { libc::kill(number(pid)?, libc::SIGCONT) }).map(drop)
        }
        ("trace", [pid]) => apart(|| {
            let none = ptr::null_mut::<libc::c_void>();
            // SAFETY: it only asks to be the tracer; its end lets go.
            checked(unsafe { libc::ptrace(libc::PTRACE_SEIZE, number(pid)?, none, none) }).map(drop)
        }),
        ("environment-of", [pid]) => {
            let mut all = Vec::new();
            std::fs::File::open(format!("/proc/{pid}/environ"))?.read_to_end(&mut all)?;
            match all.len() {
                0 => Err(io::ErrorKind::UnexpectedEof.into()),
                _ => Ok(()),
            }
        }
        ("root-of", [pid, path]) => OpenOptions::new()
            .append(true)
            .open(format!("/proc/{pid}/root{path}"))?
            .write_all(b"x"),
        ("by-handle", [path]) => apart(|| by_handle(path)),
        ("run", [program, words @ ..]) => run(program, words),
        _ => Err(io::Error::other("no such attempt")),
    }
}

fn number(pid: &str) -> io::Result<i32> {
    pid.parse().map_err(|_| io::ErrorKind::InvalidInput.into())
}

fn write(path: &str) -> io::Result<()> {
    OpenOptions::new().append(true).open(path)?.write_all(b"x")
}

fn remount(path: &str) -> io::Result<()> {
    let (place, none) = (text(path)?, ptr::null());
    let flags = libc::MS_BIND | libc::MS_REMOUNT;
    // SAFETY: the path ends in a zero byte; nothing else is read.
    unsafe {
        checked(libc::mount(
            place.as_ptr(),
            place.as_ptr(),
            none,
            libc::MS_BIND,
            ptr::null(),
        ))?;
        checked(libc::mount(none, place.as_ptr(), none, flags, ptr::null()))?;
    }
    write(path)
}

fn clear_read_only(path: &str) -> io::Result<()> {
    const RECURSIVE: libc::c_uint = 0x8000;
    let attributes: [u64; 4] = [0, 1, 0, 0];
    // SAFETY: the path ends in a zero byte, and the structure outlives the call.
    let cleared = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            libc::AT_FDCWD,
            c"/".as_ptr(),
            RECURSIVE,
            attributes.as_ptr(),
            size_of_val(&attributes),
        )
    };
    checked(cleared)?;
    write(path)
}

fn unmount(path: &str) -> io::Result<()> {
    let place = text(path)?;
    // SAFETY: the path ends in a zero byte.
    checked(unsafe { libc::umount2(place.as_ptr(), libc::MNT_DETACH) }).map(drop)
}

fn mount_over(path: &str) -> io::Result<()> {
    let place = text(path)?;
    let kind = c"tmpfs".as_ptr();
    // SAFETY: all strings end in a zero byte.
    checked(unsafe { libc::mount(kind, place.as_ptr(), kind, 0, ptr::null()) }).map(drop)
}

/// New namespaces in which we would be root.
fn unshare() -> io::Result<()> {
    // SAFETY: this process has one thread.
    let (user, group) = unsafe { (libc::geteuid(), libc::getegid()) };
    // SAFETY: as above.
    checked(unsafe { libc::unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNS) })?;
    // Without them there may still be enough to try.
    let _ = std::fs::write("/proc/self/setgroups", "deny");
    let _ = std::fs::write("/proc/self/uid_map", format!("0 {user} 1"));
    let _ = std::fs::write("/proc/self/gid_map", format!("0 {group} 1"));
    Ok(())
}

/// Into the namespaces of another process.
fn join(pid: &str) -> io::Result<()> {
    use std::os::fd::AsRawFd as _;
    let namespace = std::fs::File::open(format!("/proc/{pid}/ns/mnt"))?;
    // SAFETY: the descriptor is open.
    checked(unsafe { libc::setns(namespace.as_raw_fd(), 0) }).map(drop)
}

/// By the number of the file, past every folder.
fn by_handle(path: &str) -> io::Result<()> {
    #[repr(C)]
    struct FileHandle {
        size_bytes: u32,
        kind: i32,
        handle: [u8; 128],
    }
    let mut handle = FileHandle {
        size_bytes: 128,
        kind: 0,
        handle: [0; 128],
    };
    let place = text(path)?;
    let mut mount = 0_i32;
    // SAFETY: all outlive the calls, and the size is told.
    unsafe {
        checked(libc::syscall(
            libc::SYS_name_to_handle_at,
            libc::AT_FDCWD,
            place.as_ptr(),
            &raw mut handle,
            &raw mut mount,
            0,
        ))?;
        let root = checked(libc::open(c"/".as_ptr(), libc::O_RDONLY))?;
        let opened = checked(libc::syscall(
            libc::SYS_open_by_handle_at,
            root,
            &raw const handle,
            libc::O_WRONLY | libc::O_APPEND,
        ))?;
        checked(libc::write(opened as i32, c"x".as_ptr().cast(), 1) as i64).map(drop)
    }
}

#[expect(clippy::disallowed_methods, reason = "a program of the test's own")]
fn run(program: &str, words: &[&str]) -> io::Result<()> {
    let status = std::process::Command::new(program)
        .args(words)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()?;
    match status.success() {
        true => Ok(()),
        false => Err(io::Error::other(status.to_string().replace(' ', "-"))),
    }
}
