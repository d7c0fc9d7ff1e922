//! The birth of a process: from the fork to the moment at which it is the program, or says why it is not.
//!
//! Everything it needs is laid out before the fork; between fork and exec the child makes system calls only.

use std::ffi::{CString, OsString};
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::Path;
use std::ptr;

use super::platform;
use super::sandbox::{Cage, Fault};
use crate::cgroup::Door;
use crate::environment::Environment;
use crate::mark::Mark;

/// Who is born.
#[derive(Debug, Clone, Copy)]
pub(super) enum Birth<'a> {
    /// A program.
    OfProgram(&'a Words, &'a Child),
    /// A process that only shuts itself in, and ends.
    OfNobody,
}

/// Why there is no process.
#[derive(Debug)]
pub(super) enum Stillbirth {
    /// It could not become the program.
    Program(io::Error),
    /// It could not shut itself in as was wanted.
    Sandbox(Fault),
}

/// What the child needs, laid out before the fork: afterwards nothing may be allocated.
#[derive(Debug)]
pub(super) struct Words {
    program: CString,
    folder: CString,
    input: CString,
    /// Keep what the pointers beside them point to.
    _argv: Vec<CString>,
    _environment: Vec<CString>,
    argv: Vec<*const libc::c_char>,
    environment: Vec<*const libc::c_char>,
}

impl Words {
    pub(super) fn new(
        program: &Path,
        argv: &[OsString],
        folder: &Path,
        environment: &Environment,
        input: &Path,
    ) -> io::Result<Self> {
        let text = |bytes: &[u8]| CString::new(bytes).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL));
        let kept_argv = argv
            .iter()
            .map(|word| text(word.as_bytes()))
            .collect::<io::Result<Vec<CString>>>()?;
        let pairs = environment.iter().map(|(name, value)| {
            let mut pair = name.to_os_string().into_vec();
            pair.push(b'=');
            pair.extend_from_slice(value.as_bytes());
            text(&pair)
        });
        let kept_environment = pairs.collect::<io::Result<Vec<CString>>>()?;
        let pointers = |texts: &[CString]| texts.iter().map(|text| text.as_ptr()).chain([ptr::null()]).collect();
        Ok(Self {
            program: text(program.as_os_str().as_bytes())?,
            folder: text(folder.as_os_str().as_bytes())?,
            input: text(input.as_os_str().as_bytes())?,
            argv: pointers(&kept_argv),
            environment: pointers(&kept_environment),
            _argv: kept_argv,
            _environment: kept_environment,
        })
    }
}

/// How the child is to be settled before it becomes the program.
#[derive(Debug)]
pub(super) struct Child {
    pub(super) streams: [RawFd; 3],
    pub(super) umask: u32,
    pub(super) on_terminal: bool,
    /// By which it is known as restricted for as long as it lives, and all that comes from it.
    pub(super) mark: Option<Mark>,
}

/// What the child tells: one of these, or the stage of a [`Fault`]; then what the system said.
const IN_NAMESPACE: u8 = 254;
const NO_PROGRAM: u8 = 255;
const MESSAGE_BYTES: usize = 5;

/// Why the child goes no further.
enum Halt {
    Program(i32),
    Sandbox(Fault),
}

impl From<Fault> for Halt {
    fn from(fault: Fault) -> Self {
        Self::Sandbox(fault)
    }
}

/// Forks, and waits until the child has become the program or says why it could not.
pub(super) fn bear(birth: Birth<'_>, cage: Option<&mut Cage>, door: Option<&Door>) -> Result<i32, Stillbirth> {
    // The child's end closes by itself when it becomes the program: the end of file is the good news.
    let (mut report, reporter) = io::pipe().map_err(Stillbirth::Program)?;
    // The other way round: the child waits until it has been given its ids.
    let (leave, mut giver) = io::pipe().map_err(Stillbirth::Program)?;
    let supervisor = i32::try_from(std::process::id()).unwrap_or(0);
    // SAFETY: this process has one thread, and the child makes system calls only, until it is another program.
    let born = unsafe { platform::fork_into(door) }.map_err(Stillbirth::Program)?;
    let Some(pid) = born.pid else {
        let line = Line {
            reporter: reporter.as_raw_fd(),
            leave: leave.as_raw_fd(),
            giver: giver.as_raw_fd(),
        };
        let door = door.filter(|_| !born.is_inside);
        // SAFETY: we are the child of that fork; nothing of the parent's is flushed or dropped.
        unsafe {
            let (kind, errno) = match become_it(birth, cage, door, &line, supervisor) {
                Ok(()) => libc::_exit(0),
                Err(Halt::Program(errno)) => (NO_PROGRAM, errno),
                Err(Halt::Sandbox(fault)) => fault.to_wire(),
            };
            line.tell(kind, errno);
            libc::_exit(127);
        }
    };
    drop((reporter, leave));
    let mut message = [0_u8; MESSAGE_BYTES];
    let problem = loop {
        if report.read_exact(&mut message).is_err() {
            return Ok(pid);
        }
        let errno = i32::from_ne_bytes([message[1], message[2], message[3], message[4]]);
        match message[0] {
            IN_NAMESPACE => match cage.as_ref().map_or(Ok(()), |cage| cage.map_ids(pid)) {
                // If it ended meanwhile, the end of its line tells.
                Ok(()) => drop(giver.write_all(&[1])),
                Err(error) => break Stillbirth::Sandbox(Fault::of_maps(&error)),
            },
            NO_PROGRAM => break Stillbirth::Program(io::Error::from_raw_os_error(errno)),
            stage => break Stillbirth::Sandbox(Fault::from_wire(stage, errno)),
        }
    };
    // A child that waits for its ids ends when nobody can give them any more.
    drop(giver);
    // SAFETY: the number is our child's until this has waited for it.
    unsafe { libc::waitpid(pid, ptr::null_mut(), 0) };
    Err(problem)
}

/// The child's side of the two pipes.
struct Line {
    reporter: RawFd,
    leave: RawFd,
    giver: RawFd,
}

impl Line {
    fn tell(&self, kind: u8, errno: i32) {
        let errno = errno.to_ne_bytes();
        let message = [kind, errno[0], errno[1], errno[2], errno[3]];
        // SAFETY: the message outlives the call.
        unsafe { libc::write(self.reporter, message.as_ptr().cast(), message.len()) };
    }

    /// Says that the child is in its namespace, and waits until its ids are mapped.
    fn wait_for_ids(&self) {
        self.tell(IN_NAMESPACE, 0);
        let mut answer = 0_u8;
        // SAFETY: the answer outlives the call; our own end of the giver is closed, or we would wait for ourselves.
        unsafe {
            libc::close(self.giver);
            if libc::read(self.leave, (&raw mut answer).cast(), 1) != 1 {
                libc::_exit(127);
            }
        }
    }
}

/// In the child: settles itself and becomes the program. Returns only if it could not, or if there is none.
///
/// # Safety
///
/// Only to be called in a child right after the fork. It makes system calls only; it neither allocates nor locks.
unsafe fn become_it(
    birth: Birth<'_>,
    mut cage: Option<&mut Cage>,
    door: Option<&Door>,
    line: &Line,
    supervisor: i32,
) -> Result<(), Halt> {
    let refused = || Halt::Program(platform::errno());
    // Before anything else, since from here on the supervisor is waited for.
    platform::die_with(supervisor).map_err(|_| refused())?;
    if let Birth::OfProgram(_, child) = birth {
        for (wanted, descriptor) in child.streams.iter().enumerate() {
            // SAFETY: all of them are above 2, so none is overwritten before its turn.
            if unsafe { libc::dup2(*descriptor, wanted as RawFd) } < 0 {
                return Err(refused());
            }
        }
    }
    if let Some(cage) = cage.as_deref_mut() {
        if cage.has_namespace() {
            cage.enter_namespace()?;
            line.wait_for_ids();
        }
        cage.change_tree()?;
    }
    if let Birth::OfProgram(words, child) = birth {
        // SAFETY: safe between fork and exec, and the pointers were laid out before.
        unsafe {
            // What was opened before the tree was changed is not held to it: modes could be changed through it.
            if cage.is_some() {
                let flags = libc::O_RDONLY | libc::O_CLOEXEC | libc::O_NOCTTY;
                let input = libc::open(words.input.as_ptr(), flags);
                if input > 2 {
                    libc::dup2(input, 0);
                }
            }
            if libc::chdir(words.folder.as_ptr()) != 0 || settle(child, door, supervisor).is_err() {
                return Err(refused());
            }
        }
    }
    if let Some(cage) = cage {
        cage.shut(line.reporter)?;
    }
    if let Birth::OfProgram(words, _) = birth {
        // SAFETY: the pointers were laid out before.
        unsafe { libc::execve(words.program.as_ptr(), words.argv.as_ptr(), words.environment.as_ptr()) };
        return Err(refused());
    }
    Ok(())
}

/// What the child does to itself before it becomes the program. Only system calls.
fn settle(child: &Child, door: Option<&Door>, supervisor: i32) -> Result<(), ()> {
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
        if let Some(mark) = child.mark {
            mark.put_on().map_err(drop)?;
        }
        // Again: other ids make the kernel forget it.
        platform::die_with(supervisor).map_err(drop)?;
        libc::umask(child.umask as libc::mode_t);
        platform::reset_signals();
        let mut none = std::mem::MaybeUninit::<libc::sigset_t>::uninit();
        libc::sigemptyset(none.as_mut_ptr());
        libc::sigprocmask(libc::SIG_SETMASK, none.as_ptr(), ptr::null_mut());
    }
    Ok(())
}
