//! Marker files: what the programs of tasks themselves say about when they ran.
//!
//! Each task has one file, named by its id. A program holds a lock on the file beside it for as long as anything of
//! its tree lives, so a second run at the same time is seen even if the first was killed and wrote nothing more.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::time::{ClockId, clock_gettime};

/// One line of a marker file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// `start`, `end`, or `overlap` for a start while an earlier run was still alive.
    pub word: String,
    /// The attempt, as the program was told.
    pub attempt: u64,
    /// The program's pid.
    pub pid: u32,
    /// Nanoseconds of the machine's monotonic clock.
    pub at_ns: u64,
    /// The exit code the program was about to give; nothing for a start.
    pub code: Option<i32>,
}

/// The marker file of a task in a folder of them.
pub fn file_of(folder: &Path, task: u64) -> PathBuf {
    folder.join(task.to_string())
}

/// The marks of a task in order; none if its program never ran.
///
/// # Panics
/// On a line that is not a mark.
pub fn read(folder: &Path, task: u64) -> Vec<Mark> {
    let text = std::fs::read_to_string(file_of(folder, task)).unwrap_or_default();
    text.lines()
        .map(|line| parse(line).unwrap_or_else(|| panic!("not a mark of task {task}: {line}")))
        .collect()
}

fn parse(line: &str) -> Option<Mark> {
    let mut words = line.split(' ');
    let mark = Mark {
        word: words.next()?.to_owned(),
        attempt: words.next()?.parse().ok()?,
        pid: words.next()?.parse().ok()?,
        at_ns: words.next()?.parse().ok()?,
        code: words.next().and_then(|code| code.parse().ok()),
    };
    Some(mark)
}

/// The writing side, held by the program.
#[derive(Debug)]
pub struct Marker {
    file: File,
    attempt: u64,
    // Held, and inherited by every child, until the last of them is gone.
    _lock: File,
}

impl Marker {
    /// Marks the start of `task`'s program.
    ///
    /// # Errors
    /// If the files cannot be written.
    pub fn start(folder: &Path, task: u64, attempt: u64) -> io::Result<Self> {
        let lock = OpenOptions::new()
            .create(true)
            .append(true)
            .open(folder.join(format!("{task}.lock")))?;
        let word = match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => "start",
            Err(_) => "overlap",
        };
        fcntl_setfd(lock.as_fd(), FdFlags::empty())?;
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(file_of(folder, task))?;
        let marker = Self {
            file,
            attempt,
            _lock: lock,
        };
        marker.write(word, None)?;
        Ok(marker)
    }

    /// Marks the end, with the code the program is about to exit with.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn end(&self, code: i32) -> io::Result<()> {
        self.write("end", Some(code))
    }

    fn write(&self, word: &str, code: Option<i32>) -> io::Result<()> {
        let time = clock_gettime(ClockId::Monotonic);
        let at_ns = time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64;
        let code = code.map(|code| format!(" {code}")).unwrap_or_default();
        // One write, so that lines of two programs never mix.
        (&self.file).write_all(format!("{word} {} {} {at_ns}{code}\n", self.attempt, std::process::id()).as_bytes())
    }
}
