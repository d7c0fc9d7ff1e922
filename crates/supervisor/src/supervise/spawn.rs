//! Starts one program: its own process group (or session, on a terminal), its control group, its fate tied to ours.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::platform;
use super::program_path;
use crate::environment::Environment;
use crate::spec::Stdin;

/// Everything a program is started with.
#[derive(Debug)]
pub(super) struct Launch<'a> {
    pub(super) argv: &'a [OsString],
    pub(super) folder: &'a Path,
    pub(super) environment: &'a Environment,
    pub(super) umask: u32,
    pub(super) stdin: &'a Stdin,
    pub(super) stdout: OwnedFd,
    pub(super) stderr: OwnedFd,
    /// Whether `stdout` is a terminal that the program shall be attached to.
    pub(super) on_terminal: bool,
    /// Where it joins its control group.
    pub(super) members: Option<File>,
}

/// Starts it; returns its number, or a reason for people.
pub(super) fn spawn(launch: Launch<'_>) -> Result<i32, String> {
    if let Some(problem) = program_path::folder_problem(launch.folder) {
        return Err(problem);
    }
    let name = launch.argv.first().map_or(OsStr::new(""), OsString::as_os_str);
    let program = program_path::find(name, launch.folder, launch.environment.get("PATH"))?;
    let stdin = match launch.stdin {
        Stdin::Null => Stdio::null(),
        Stdin::File { path } => File::open(path)
            .map_err(|error| format!("cannot open the input file {}: {error}", path.display()))?
            .into(),
    };
    let mut command = command(&program);
    command
        .arg0(name)
        .args(&launch.argv[1..])
        .current_dir(launch.folder)
        .env_clear()
        .envs(launch.environment.iter())
        .stdin(stdin)
        .stdout(launch.stdout)
        .stderr(launch.stderr);
    let members = launch.members.as_ref().map_or(-1, AsRawFd::as_raw_fd);
    let supervisor = i32::try_from(std::process::id()).unwrap_or(0);
    let (umask, on_terminal) = (launch.umask, launch.on_terminal);
    // SAFETY: the closure makes system calls only; it neither allocates nor locks.
    unsafe {
        command.pre_exec(move || settle(supervisor, members, umask, on_terminal));
    }
    match command.spawn() {
        Ok(child) => Ok(i32::try_from(child.id()).unwrap_or(i32::MAX)),
        Err(error) => Err(reason(&program, &error)),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the room where a task's processes are started"
)]
fn command(program: &Path) -> Command {
    Command::new(program)
}

/// What the child does to itself before it becomes the program. Only system calls.
fn settle(supervisor: i32, members: i32, umask: u32, on_terminal: bool) -> io::Result<()> {
    // SAFETY: all of these are safe between fork and exec.
    unsafe {
        if on_terminal {
            if libc::setsid() < 0 || libc::ioctl(1, libc::TIOCSCTTY as _, 0) < 0 {
                return Err(io::Error::last_os_error());
            }
        } else if libc::setpgid(0, 0) != 0 {
            return Err(io::Error::last_os_error());
        }
        if members >= 0 {
            // If we may not join, the sweep alone has to do.
            libc::write(members, c"0".as_ptr().cast(), 1);
        }
        platform::die_with(supervisor)?;
        libc::umask(umask as libc::mode_t);
        platform::reset_signals();
        let mut none = std::mem::MaybeUninit::<libc::sigset_t>::uninit();
        libc::sigemptyset(none.as_mut_ptr());
        libc::sigprocmask(libc::SIG_SETMASK, none.as_ptr(), std::ptr::null_mut());
    }
    Ok(())
}

fn reason(program: &Path, error: &io::Error) -> String {
    let shown = program.display();
    match error.raw_os_error() {
        Some(libc::ENOENT) => format!("cannot run {shown}: the interpreter it names does not exist"),
        Some(libc::ENOEXEC) => format!("cannot run {shown}: it is not a program of this system"),
        Some(libc::EACCES) => format!("not executable: {shown}"),
        Some(libc::E2BIG) => format!("cannot run {shown}: its arguments and environment are too long"),
        Some(libc::ETXTBSY) => format!("cannot run {shown}: it is being written to"),
        _ => format!("cannot run {shown}: {error}"),
    }
}
