//! A program whose answer is read: a question to git, or one of its small acts.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{ChildStderr, ChildStdout, Stdio};
use std::time::Duration;

use longhaul_worktrees::{Ended, LOCAL_VARIABLES, Program};
use rustix::process::{Pid, Signal};

#[cfg(target_os = "linux")]
use super::linux::wait_for_end;
#[cfg(target_os = "macos")]
use super::macos::wait_for_end;
use super::run::code;

/// More than this of an answer is an error, not an answer.
const LONGEST_ANSWER_BYTES: u64 = 256 << 20;

/// Runs a program to its end and gives what it wrote. Blocks; call it from a blocking thread.
pub(crate) fn run_captured(
    program: &Program,
    environment: Option<&BTreeMap<String, String>>,
    limit: Duration,
) -> io::Result<Ended> {
    let (name, arguments) = program.words.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    #[expect(clippy::disallowed_methods, reason = "this is the room for programs")]
    let mut command = std::process::Command::new(name);
    command.args(arguments).current_dir(&program.folder).process_group(0);
    if let Some(environment) = environment {
        command.env_clear().envs(environment);
    }
    for name in LOCAL_VARIABLES {
        command.env_remove(name);
    }
    command.envs(program.variables.iter().map(|(name, value)| (name, value)));
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let pid = Pid::from_child(&child);
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (is_over, stdout, stderr) = std::thread::scope(|scope| {
        // It may end without reading all of it; that is for it to tell.
        scope.spawn(|| drop(stdin.map(|mut stdin| stdin.write_all(&program.input))));
        let stdout = scope.spawn(|| stdout.map_or_else(|| Ok(Vec::new()), |pipe: ChildStdout| all_of(pipe)));
        let stderr = scope.spawn(|| stderr.map_or_else(|| Ok(Vec::new()), |pipe: ChildStderr| all_of(pipe)));
        let is_over = wait_for_end(pid, limit);
        // The leader may be over while others of its group hold the pipes open.
        let _ = rustix::process::kill_process_group(pid, Signal::KILL);
        let joined = |read: io::Result<io::Result<Vec<u8>>>| read.and_then(|read| read);
        let of = |thread: std::thread::ScopedJoinHandle<'_, io::Result<Vec<u8>>>| {
            joined(thread.join().map_err(|_| io::Error::other("a reader did not end")))
        };
        (is_over, of(stdout), of(stderr))
    });
    let status = child.wait()?;
    if !is_over? {
        let told = format!("it took longer than {} s", limit.as_secs());
        return Err(io::Error::new(io::ErrorKind::TimedOut, told));
    }
    Ok(Ended {
        code: code(status),
        stdout: stdout?,
        stderr: stderr?,
    })
}

fn all_of(pipe: impl io::Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    pipe.take(LONGEST_ANSWER_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST_ANSWER_BYTES {
        return Err(io::Error::other("its answer is too long"));
    }
    Ok(bytes)
}
