//! Running a program to its end or its time limit.
//!
//! It runs in a process group of its own, gets no input but what it is handed, and its group is killed when the limit is up.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal};

#[cfg(target_os = "linux")]
use super::linux::wait_for_end;
#[cfg(target_os = "macos")]
use super::macos::wait_for_end;

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ProgramEnd {
    /// It exited with this code; 128 and the number for a signal.
    Exited(i32),
    /// Its time was up.
    TimedOut,
}

/// Runs a program to its end or its limit. Blocks; call it from a blocking thread.
pub(crate) fn run(
    words: &[&str],
    folder: &Path,
    environment: Option<&BTreeMap<String, String>>,
    limit: Duration,
) -> io::Result<ProgramEnd> {
    run_with_input(words, folder, environment, Vec::new(), limit)
}

/// The same, with something to read on standard input. What the program does not read is dropped.
pub(crate) fn run_with_input(
    words: &[&str],
    folder: &Path,
    environment: Option<&BTreeMap<String, String>>,
    input: Vec<u8>,
    limit: Duration,
) -> io::Result<ProgramEnd> {
    start_and_wait(words, folder, environment, input, limit, Stdio::null())
}

pub(super) fn start_and_wait(
    words: &[&str],
    folder: &Path,
    environment: Option<&BTreeMap<String, String>>,
    input: Vec<u8>,
    limit: Duration,
    stdout: Stdio,
) -> io::Result<ProgramEnd> {
    let Some((program, arguments)) = words.split_first() else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    #[expect(clippy::disallowed_methods, reason = "this is the room for programs")]
    let mut command = std::process::Command::new(program);
    command.args(arguments).current_dir(folder).process_group(0);
    let stdin = if input.is_empty() {
        Stdio::null()
    } else {
        Stdio::piped()
    };
    command.stdin(stdin).stdout(stdout).stderr(Stdio::null());
    if let Some(environment) = environment {
        command.env_clear().envs(environment);
    }
    let mut child = command.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // It ends with the group: then nobody is left to read.
        std::thread::spawn(move || drop(stdin.write_all(&input)));
    }
    let pid = Pid::from_child(&child);
    let ended = wait_for_end(pid, limit);
    // The leader may be over while others of its group go on; it is not reaped yet, so the number is still its own.
    let _ = rustix::process::kill_process_group(pid, Signal::KILL);
    let status = child.wait()?;
    Ok(if ended? {
        ProgramEnd::Exited(code(status))
    } else {
        ProgramEnd::TimedOut
    })
}

pub(super) fn code(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_past_its_limit_is_killed_with_its_group() {
        let ended = run(
            &["sh", "-c", "sleep 1000 & wait"],
            Path::new("/"),
            None,
            Duration::from_millis(50),
        );
        assert_eq!(ended.expect("sh runs"), ProgramEnd::TimedOut);
    }

    #[test]
    fn a_program_reads_what_it_is_handed_and_may_leave_it() {
        let run = |script: &str, input: &[u8]| {
            let words = ["sh", "-c", script];
            run_with_input(&words, Path::new("/"), None, input.to_vec(), Duration::from_secs(30)).expect("sh runs")
        };
        assert_eq!(run("test \"$(cat)\" = hello", b"hello"), ProgramEnd::Exited(0));
        assert_eq!(run("exit 3", &vec![b'x'; 1 << 20]), ProgramEnd::Exited(3));
    }

    #[test]
    fn a_program_gives_its_exit_code() {
        let ended = run(&["sh", "-c", "exit 100"], Path::new("/"), None, Duration::from_secs(10));
        assert_eq!(ended.expect("sh runs"), ProgramEnd::Exited(100));
    }
}
