//! One call of a program in a world: put together, run to its end or left running, its three results kept.
//!
//! Output goes to files, not pipes, so that what a program leaves running can never hold up the test.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use crate::normalize::normalize;
use crate::processes;
use crate::wait::wait_for;

/// Longest a call may take before the test fails.
const LONGEST: Duration = Duration::from_secs(60);

/// A program about to be called.
#[derive(Debug)]
#[must_use = "nothing is called until `run` or `spawn`"]
pub struct Invocation {
    command: Command,
    title: String,
    root: PathBuf,
    stdin: Option<Vec<u8>>,
    results: PathBuf,
}

impl Invocation {
    /// A call with this environment and nothing of the test's own; its results go to files named after `results`.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one room of the test world that starts programs"
    )]
    pub(crate) fn new(program: &Path, root: &Path, cwd: &Path, env: &[(String, OsString)], results: PathBuf) -> Self {
        let mut command = Command::new(program);
        command.env_clear().current_dir(cwd);
        for (name, value) in env {
            command.env(name, value);
        }
        let title = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self {
            command,
            title,
            root: root.to_owned(),
            stdin: None,
            results,
        }
    }

    /// Adds an argument.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.title = format!("{} {}", self.title, argument.as_ref().to_string_lossy());
        self.command.arg(argument);
        self
    }

    /// Adds arguments.
    pub fn args(self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        arguments.into_iter().fold(self, Self::arg)
    }

    /// Sets a variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Removes a variable.
    pub fn without_env(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Sets the folder it is called in.
    pub fn cwd(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Sets what it reads; without this it reads nothing.
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(bytes.into());
        self
    }

    /// Starts it and leaves it running.
    ///
    /// # Panics
    /// If it cannot be started.
    #[track_caller]
    pub fn spawn(mut self) -> Spawned {
        let file = |kind: &str| {
            let path = self.results.with_extension(kind);
            let file = File::create(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (file, path)
        };
        let (out, out_path) = file("out");
        let (err, err_path) = file("err");
        let stdin = match self.stdin.take() {
            None => Stdio::null(),
            Some(bytes) => {
                let (mut typed, path) = file("in");
                typed.write_all(&bytes).expect("the world's folder can be written");
                Stdio::from(File::open(path).expect("the world's folder can be read"))
            }
        };
        self.command.stdin(stdin).stdout(out).stderr(err);
        let child = self
            .command
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", self.title));
        Spawned {
            child,
            title: self.title,
            root: self.root,
            out_path,
            err_path,
            outlives_its_handle: false,
        }
    }

    /// Runs it to its end.
    ///
    /// # Panics
    /// If it cannot be started, or does not end within a minute.
    #[track_caller]
    pub fn run(self) -> Ran {
        self.spawn().wait()
    }
}

/// A program that was started.
#[derive(Debug)]
pub struct Spawned {
    child: Child,
    title: String,
    root: PathBuf,
    out_path: PathBuf,
    err_path: PathBuf,
    outlives_its_handle: bool,
}

impl Spawned {
    /// Leaves it running when this handle is dropped; the world ends it.
    pub(crate) fn outlive_its_handle(mut self) -> Self {
        self.outlives_its_handle = true;
        self
    }

    /// Its pid.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        processes::send(self.pid(), signal);
    }

    /// What it wrote to stdout so far.
    pub fn stdout_so_far(&self) -> String {
        read(&self.out_path)
    }

    /// What it wrote to stderr so far.
    pub fn stderr_so_far(&self) -> String {
        read(&self.err_path)
    }

    /// Whether it is over.
    pub fn is_over(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    /// Waits for its end; nothing if it does not come within `deadline`.
    pub fn wait_within(&mut self, deadline: Duration) -> Option<Ran> {
        let status = wait_for(deadline, || self.child.try_wait().ok().flatten())?;
        Some(self.ran(status))
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// If it does not end within a minute; it is killed then.
    #[track_caller]
    pub fn wait(mut self) -> Ran {
        if let Some(ran) = self.wait_within(LONGEST) {
            return ran;
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        panic!(
            "`{}` did not end; stdout: {}\nstderr: {}",
            self.title,
            self.stdout_so_far(),
            self.stderr_so_far()
        );
    }

    fn ran(&self, status: ExitStatus) -> Ran {
        Ran {
            title: self.title.clone(),
            root: self.root.clone(),
            code: status.code(),
            signal: status.signal(),
            stdout: std::fs::read(&self.out_path).unwrap_or_default(),
            stderr: std::fs::read(&self.err_path).unwrap_or_default(),
        }
    }
}

impl Drop for Spawned {
    fn drop(&mut self) {
        if !self.is_over() && !self.outlives_its_handle {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn read(path: &Path) -> String {
    String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).into_owned()
}

/// A program that is over.
#[derive(Debug, Clone)]
pub struct Ran {
    title: String,
    root: PathBuf,
    /// Its exit code; nothing if a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it; nothing if it exited.
    pub signal: Option<i32>,
    /// All it wrote to stdout.
    pub stdout: Vec<u8>,
    /// All it wrote to stderr.
    pub stderr: Vec<u8>,
}

impl Ran {
    /// Asserts the exit code.
    ///
    /// # Panics
    /// If it is another.
    #[track_caller]
    pub fn expect(&self, code: i32) -> &Self {
        let Self { title, signal, .. } = self;
        let (out, err) = (self.text(), self.talk());
        assert_eq!(
            self.code,
            Some(code),
            "`{title}` (signal {signal:?})\nstdout: {out}\nstderr: {err}"
        );
        self
    }

    /// Asserts exit code 0.
    ///
    /// # Panics
    /// If it is another.
    #[track_caller]
    pub fn ok(&self) -> &Self {
        self.expect(0)
    }

    /// Its stdout as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Its stderr as text.
    pub fn talk(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// Its stdout as JSON.
    ///
    /// # Panics
    /// If it is none.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout)
            .unwrap_or_else(|error| panic!("`{}`: not JSON ({error}): {}{}", self.title, self.text(), self.talk()))
    }

    /// Its stdout as a task's id.
    ///
    /// # Panics
    /// If it is not a number alone on a line.
    #[track_caller]
    pub fn id(&self) -> u64 {
        let text = self.text();
        text.trim_end_matches('\n')
            .parse()
            .unwrap_or_else(|_| panic!("`{}`: not an id: {text:?}", self.title))
    }

    /// Code, stdout and stderr in one text in which ids, times, pids and paths do not vary.
    pub fn shown(&self) -> String {
        let code = self
            .code
            .map_or_else(|| format!("signal {:?}", self.signal), |code| code.to_string());
        let (out, err) = (normalize(&self.text(), &self.root), normalize(&self.talk(), &self.root));
        format!("code: {code}\n--- stdout\n{out}--- stderr\n{err}")
    }
}
