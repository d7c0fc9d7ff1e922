//! Starts one program: its own process group (or session, on a terminal), its control group, its fate tied to ours.

use std::ffi::{CString, OsStr, OsString};
use std::io::{self, Read as _};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::Path;
use std::ptr;

use rustix::fs::{FileType, Mode, OFlags};

use super::platform;
use super::program_path;
use crate::cgroup::Door;
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
    /// The control group it belongs to.
    pub(super) door: Option<Door>,
}

/// Starts it; returns its number, or a reason for people.
pub(super) fn spawn(launch: Launch<'_>) -> Result<i32, String> {
    if let Some(problem) = program_path::folder_problem(launch.folder) {
        return Err(problem);
    }
    let name = launch.argv.first().map_or(OsStr::new(""), OsString::as_os_str);
    let program = program_path::find(name, launch.folder, launch.environment.get("PATH"))?;
    let path = match launch.stdin {
        Stdin::Null => Path::new("/dev/null"),
        Stdin::File { path } => path,
    };
    let input = open_input(path).map_err(|why| format!("cannot open the input {}: {why}", path.display()))?;
    let words = Words::new(&program, &launch).map_err(|error| reason(&program, &error))?;
    let child = Child {
        supervisor: i32::try_from(std::process::id()).unwrap_or(0),
        streams: [input.as_raw_fd(), launch.stdout.as_raw_fd(), launch.stderr.as_raw_fd()],
        umask: launch.umask,
        on_terminal: launch.on_terminal,
    };
    bear(&words, &child, launch.door.as_ref()).map_err(|error| reason(&program, &error))
}

/// Opens what the program reads. A pipe without a writer would keep us waiting in the open itself, deaf to every request,
/// so it is opened without waiting and then refused.
fn open_input(path: &Path) -> Result<OwnedFd, String> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = rustix::fs::open(path, flags, Mode::empty()).map_err(|errno| errno.to_string())?;
    let kind = rustix::fs::fstat(&file).map(|facts| FileType::from_raw_mode(facts.st_mode));
    match kind.map_err(|errno| errno.to_string())? {
        FileType::Fifo | FileType::Socket => return Err("it is a pipe, not a file".to_owned()),
        FileType::Directory => return Err("it is a folder, not a file".to_owned()),
        _ => {}
    }
    rustix::fs::fcntl_setfl(&file, OFlags::empty()).map_err(|errno| errno.to_string())?;
    Ok(file)
}

/// What the child needs, laid out before the fork: afterwards nothing may be allocated.
struct Words {
    program: CString,
    folder: CString,
    /// Keep what the pointers beside them point to.
    _argv: Vec<CString>,
    _environment: Vec<CString>,
    argv: Vec<*const libc::c_char>,
    environment: Vec<*const libc::c_char>,
}

impl Words {
    fn new(program: &Path, launch: &Launch<'_>) -> io::Result<Self> {
        let text = |bytes: &[u8]| CString::new(bytes).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL));
        let kept_argv = launch
            .argv
            .iter()
            .map(|word| text(word.as_bytes()))
            .collect::<io::Result<Vec<CString>>>()?;
        let pairs = launch.environment.iter().map(|(name, value)| {
            let mut pair = name.to_os_string().into_vec();
            pair.push(b'=');
            pair.extend_from_slice(value.as_bytes());
            text(&pair)
        });
        let kept_environment = pairs.collect::<io::Result<Vec<CString>>>()?;
        let pointers = |texts: &[CString]| texts.iter().map(|text| text.as_ptr()).chain([ptr::null()]).collect();
        Ok(Self {
            program: text(program.as_os_str().as_bytes())?,
            folder: text(launch.folder.as_os_str().as_bytes())?,
            argv: pointers(&kept_argv),
            environment: pointers(&kept_environment),
            _argv: kept_argv,
            _environment: kept_environment,
        })
    }
}

/// How the child is to be settled before it becomes the program.
struct Child {
    supervisor: i32,
    streams: [RawFd; 3],
    umask: u32,
    on_terminal: bool,
}

/// Forks, and waits until the child has become the program or says why it could not.
fn bear(words: &Words, child: &Child, door: Option<&Door>) -> io::Result<i32> {
    // The child's end closes by itself when it becomes the program: the end of file is the good news.
    let (mut report, reporter) = io::pipe()?;
    // SAFETY: this process has one thread, and the child makes system calls only, until it is another program.
    let born = unsafe { platform::fork_into(door) }?;
    let Some(pid) = born.pid else {
        // SAFETY: we are the child of that fork.
        let errno = unsafe { become_program(words, child, door.filter(|_| !born.is_inside)) };
        let bytes = errno.to_ne_bytes();
        // SAFETY: as above; nothing of the parent's is flushed or dropped.
        unsafe {
            libc::write(reporter.as_raw_fd(), bytes.as_ptr().cast(), bytes.len());
            libc::_exit(127);
        }
    };
    drop(reporter);
    let mut errno = [0_u8; 4];
    match report.read_exact(&mut errno) {
        Ok(()) => {
            // SAFETY: the number is our child's until this has waited for it.
            unsafe { libc::waitpid(pid, ptr::null_mut(), 0) };
            Err(io::Error::from_raw_os_error(i32::from_ne_bytes(errno)))
        }
        Err(_) => Ok(pid),
    }
}

/// In the child: settles itself and becomes the program. Returns, with what the system said, only if it could not.
///
/// # Safety
///
/// Only to be called in a child right after the fork. It makes system calls only; it neither allocates nor locks.
unsafe fn become_program(words: &Words, child: &Child, door: Option<&Door>) -> i32 {
    // SAFETY: all of these are safe between fork and exec, and the pointers were laid out before.
    unsafe {
        for (wanted, descriptor) in child.streams.iter().enumerate() {
            // All of them are above 2, so none is overwritten before its turn.
            if libc::dup2(*descriptor, wanted as RawFd) < 0 {
                return platform::errno();
            }
        }
        if libc::chdir(words.folder.as_ptr()) != 0 || settle(child, door).is_err() {
            return platform::errno();
        }
        libc::execve(words.program.as_ptr(), words.argv.as_ptr(), words.environment.as_ptr());
        platform::errno()
    }
}

/// What the child does to itself before it becomes the program. Only system calls.
fn settle(child: &Child, door: Option<&Door>) -> Result<(), ()> {
    // SAFETY: all of these are safe between fork and exec.
    unsafe {
        if child.on_terminal {
            if libc::setsid() < 0 || libc::ioctl(1, libc::TIOCSCTTY as _, 0) < 0 {
                return Err(());
            }
        } else if libc::setpgid(0, 0) != 0 {
            return Err(());
        }
        if let Some(door) = door {
            // If we may not join, the sweep alone has to do.
            libc::write(door.members.as_raw_fd(), c"0".as_ptr().cast(), 1);
        }
        platform::die_with(child.supervisor).map_err(drop)?;
        libc::umask(child.umask as libc::mode_t);
        platform::reset_signals();
        let mut none = std::mem::MaybeUninit::<libc::sigset_t>::uninit();
        libc::sigemptyset(none.as_mut_ptr());
        libc::sigprocmask(libc::SIG_SETMASK, none.as_ptr(), ptr::null_mut());
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
