//! Starts one program: its own process group (or session, on a terminal), its control group, its fate tied to ours, and
//! what keeps it from what it may not do.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;

use rustix::fs::{FileType, Mode, OFlags};

use super::birth::{self, Birth, Child, Stillbirth, Words};
use super::program_path;
use super::sandbox::{Cage, Missing, Wanted};
use crate::cgroup::Door;
use crate::environment::Environment;
use crate::mark::Mark;
use crate::sandbox::{Reached, Sandbox};
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
    /// What it may not do, and the temporary folder that is its own all the same.
    pub(super) sandbox: Option<(&'a Sandbox, Option<&'a Path>)>,
    /// Whether it is to carry the mark of those who have fewer rights than their user.
    pub(super) restricted: bool,
}

/// A program that runs.
#[derive(Debug)]
pub(super) struct Spawned {
    pub(super) pid: i32,
    /// What keeps it from what it may not do.
    pub(super) reached: Option<Reached>,
}

/// Why there is none: reasons for people.
#[derive(Debug)]
pub(super) enum NotSpawned {
    /// It cannot be run.
    Program(String),
    /// What must be kept from it cannot be.
    Unenforced(String),
}

/// Starts it.
pub(super) fn spawn(launch: Launch<'_>) -> Result<Spawned, NotSpawned> {
    if let Some(problem) = program_path::folder_problem(launch.folder) {
        return Err(NotSpawned::Program(problem));
    }
    let name = launch.argv.first().map_or(OsStr::new(""), OsString::as_os_str);
    let program =
        program_path::find(name, launch.folder, launch.environment.get("PATH")).map_err(NotSpawned::Program)?;
    let path = match launch.stdin {
        Stdin::Null => Path::new("/dev/null"),
        Stdin::File { path } => path,
    };
    let input = open_input(path)
        .map_err(|why| NotSpawned::Program(format!("cannot open the input {}: {why}", path.display())))?;
    let streams = [input.as_raw_fd(), launch.stdout.as_raw_fd(), launch.stderr.as_raw_fd()];
    let wanted = launch.sandbox.map(|(sandbox, tmp)| Wanted {
        sandbox,
        environment: launch.environment,
        cwd: launch.folder,
        tmp,
        outputs: [streams[1], streams[2]],
    });
    let mark = launch.restricted.then(Mark::for_children).transpose();
    let mark = mark.map_err(|error| NotSpawned::Program(format!("cannot mark it as restricted: {error}")))?;
    let mut missing = Missing::default();
    // What the kernel refuses a child is left out for the next, until nothing is left to be refused.
    loop {
        let mut cage = wanted.map(|wanted| Cage::prepare(wanted, missing.clone()));
        let reached = cage.as_ref().map(Cage::reached);
        if let (Some(wanted), Some(reached)) = (wanted, &reached)
            && wanted.sandbox.require.is_some_and(|required| reached.level < required)
        {
            return Err(NotSpawned::Unenforced(reached.detail.clone()));
        }
        let (first, argv) = match &cage {
            Some(cage) => cage.wrap(program.clone(), launch.argv),
            None => (program.clone(), launch.argv.to_vec()),
        };
        let words = Words::new(&first, &argv, launch.folder, launch.environment, path)
            .map_err(|error| NotSpawned::Program(reason(&program, &error)))?;
        let child = Child {
            streams,
            umask: launch.umask,
            on_terminal: launch.on_terminal,
            mark,
        };
        match birth::bear(Birth::OfProgram(&words, &child), cage.as_mut(), launch.door.as_ref()) {
            Ok(pid) => return Ok(Spawned { pid, reached }),
            Err(Stillbirth::Program(error)) => return Err(NotSpawned::Program(reason(&program, &error))),
            Err(Stillbirth::Sandbox(fault)) => missing.add(fault),
        }
    }
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
