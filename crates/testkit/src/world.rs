//! A private world: one folder with everything a Longhaul needs, and nothing of the machine's own.
//!
//! Dropping a world fails the test if it leaves a process or an open task behind that the test did not declare.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::FileTypeExt as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;
use tempfile::TempDir;

use crate::daemon::DaemonStart;
use crate::http::Api;
use crate::invocation::Invocation;
use crate::processes::{self, Process};
use crate::tasks::is_terminal;
use crate::wait::wait_for;

/// A private world around the real binary.
#[derive(Debug)]
#[must_use = "a world that is dropped at once ends at once"]
pub struct World {
    // Kept for its Drop; the path is `root`.
    _folder: TempDir,
    root: PathBuf,
    longhaul: PathBuf,
    calls: AtomicU32,
    leaves_open: Cell<bool>,
    leaves_processes: Cell<bool>,
    /// Variables that a test added to the environment, or changed in it.
    variables: Mutex<BTreeMap<String, OsString>>,
    /// Ids whose submit was acknowledged.
    pub(crate) acknowledged: Mutex<BTreeSet<u64>>,
    /// State and outcome of every task that was seen terminal.
    pub(crate) seen_terminal: Mutex<BTreeMap<u64, (Value, Value)>>,
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    /// A new world; no daemon runs in it yet.
    ///
    /// # Panics
    /// If its folder cannot be made, or the binary `longhaul` is not beside the tests.
    pub fn new() -> Self {
        // Short, because the path of a Unix socket is: the usual folder for such things may be long.
        let folder = tempfile::Builder::new()
            .prefix("lh")
            .tempdir_in("/tmp")
            .expect("/tmp can be written");
        let root = folder.path().canonicalize().expect("a fresh folder has a path");
        for part in ["work", "user", "calls", "marks", "home"] {
            fs::create_dir(root.join(part)).expect("a fresh folder can be written");
        }
        let longhaul = built("longhaul");
        assert!(
            longhaul.exists(),
            "{} is missing: build the package longhaul first",
            longhaul.display()
        );
        Self {
            _folder: folder,
            root,
            longhaul,
            calls: AtomicU32::new(0),
            leaves_open: Cell::new(false),
            leaves_processes: Cell::new(false),
            variables: Mutex::default(),
            acknowledged: Mutex::default(),
            seen_terminal: Mutex::default(),
        }
    }

    /// Declares that the test leaves tasks that are not terminal; the drop kills them.
    pub fn leaves_open_tasks(&self) {
        self.leaves_open.set(true);
    }

    /// Declares that the test leaves processes running; the drop kills them.
    pub fn leaves_processes(&self) {
        self.leaves_processes.set(true);
    }

    /// Sets a variable for everything that is called in this world from now on.
    pub fn set_env(&self, name: &str, value: impl Into<OsString>) {
        let mut variables = self.variables.lock().expect("no test panics while it sets a variable");
        variables.insert(name.to_owned(), value.into());
    }

    /// The home of the world's user.
    pub fn user(&self) -> PathBuf {
        self.root.join("user")
    }

    /// The world's own folder; every path in the world begins with it.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A path in the folder in which commands are called.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join("work").join(name)
    }

    /// The folder that `LONGHAUL_HOME` names.
    pub fn home(&self) -> PathBuf {
        self.root.join("home")
    }

    /// The folder with the marker files of tasks.
    pub fn marks(&self) -> PathBuf {
        self.root.join("marks")
    }

    /// The folder with the attempts of a task.
    pub fn attempts(&self, task: u64) -> PathBuf {
        self.home().join("state/attempts").join(task.to_string())
    }

    /// The environment in which everything of this world is called.
    fn environment(&self) -> Vec<(String, OsString)> {
        let user = self.root.join("user");
        let path = format!(
            "{}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
            self.root.join("bin").display()
        );
        let pairs: [(&str, OsString); 14] = [
            ("PATH", path.into()),
            ("HOME", user.clone().into()),
            ("XDG_CONFIG_HOME", user.join("config").into()),
            ("XDG_STATE_HOME", user.join("state").into()),
            ("XDG_RUNTIME_DIR", user.join("runtime").into()),
            ("XDG_CACHE_HOME", user.join("cache").into()),
            ("LONGHAUL_HOME", self.home().into()),
            ("TMPDIR", "/tmp".into()),
            ("TZ", "UTC".into()),
            ("LANG", "C.UTF-8".into()),
            ("GIT_CONFIG_NOSYSTEM", "1".into()),
            ("GIT_CONFIG_GLOBAL", "/dev/null".into()),
            ("GIT_TERMINAL_PROMPT", "0".into()),
            // Supervisors have almost no environment; everything else of a world is found by this.
            ("TEST_WORLD", self.root.clone().into()),
        ];
        let mut all: BTreeMap<String, OsString> = pairs.map(|(name, value)| (name.to_owned(), value)).into();
        let variables = self.variables.lock().expect("no test panics while it sets a variable");
        all.extend(variables.clone());
        all.into_iter().collect()
    }

    /// A call of `longhaul` with these arguments.
    pub fn longhaul(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Invocation {
        self.program(&self.longhaul).args(arguments)
    }

    /// A call of any program in this world: a path, or a name in its `PATH`.
    pub fn program(&self, program: impl AsRef<Path>) -> Invocation {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        let results = self.root.join("calls").join(call.to_string());
        Invocation::new(
            program.as_ref(),
            &self.root,
            &self.path(""),
            &self.environment(),
            results,
        )
    }

    /// The path of the binary under test.
    pub fn binary(&self) -> &Path {
        &self.longhaul
    }

    /// A daemon to be started by hand.
    pub fn daemon(&self) -> DaemonStart<'_> {
        DaemonStart::new(self)
    }

    /// The socket in the run folder; nothing while there is none.
    pub fn socket(&self) -> Option<PathBuf> {
        let is_socket = |path: &PathBuf| fs::symlink_metadata(path).is_ok_and(|data| data.file_type().is_socket());
        let entries = fs::read_dir(self.home().join("run")).ok()?;
        entries.flatten().map(|entry| entry.path()).find(is_socket)
    }

    /// Whether a daemon answers.
    pub fn is_answering(&self) -> bool {
        let Some(socket) = self.socket() else { return false };
        Api::new(&socket)
            .request("GET", "/readyz")
            .try_send()
            .is_ok_and(|answer| answer.status == 200)
    }

    /// The API of the running daemon; starts one as a user would if there is none.
    #[track_caller]
    pub fn api(&self) -> Api {
        // A connection alone proves nothing: what a dying daemon was about to start may hold its socket a moment longer.
        let answers = |socket: &PathBuf| Api::new(socket).request("GET", "/healthz").try_send().is_ok();
        if let Some(socket) = self.socket().filter(answers) {
            return Api::new(&socket);
        }
        self.longhaul(["list"]).run().ok();
        Api::new(&self.socket().expect("the daemon that `list` started has a socket"))
    }

    /// Opens a gate at which a script waits with `--wait-for`.
    pub fn open_gate(&self, name: &str) {
        fs::write(self.path(name), "").expect("the world's folder can be written");
    }

    /// Ends every process of this world; those that were left.
    fn clear(&self) -> Vec<Process> {
        let daemons = self.daemons();
        for pid in &daemons {
            processes::send(*pid, Signal::CONT);
            processes::send(*pid, Signal::TERM);
        }
        wait_for(Duration::from_secs(5), || {
            daemons.iter().all(|pid| !processes::is_alive(*pid)).then_some(())
        });
        // A supervisor that has just written its receipt may still be on its way out.
        wait_for(Duration::from_millis(500), || self.processes().is_empty().then_some(()));
        let left = self.processes();
        for _ in 0..200 {
            let alive = self.processes();
            if alive.is_empty() {
                break;
            }
            for process in alive {
                processes::send(process.pid, Signal::KILL);
            }
            wait_for(Duration::from_millis(20), || self.processes().is_empty().then_some(()));
        }
        left
    }

    fn open_tasks(&self) -> Vec<u64> {
        if !self.is_answering() {
            return Vec::new();
        }
        let tasks = self.tasks();
        let open = tasks.iter().filter(|task| !is_terminal(&task["state"]));
        open.filter_map(|task| task["id"].as_u64()).collect()
    }

    /// The end of every log of the world, for a test that failed.
    fn last_words(&self) -> String {
        let mut words = String::new();
        let mut look = vec![self.home()];
        while let Some(folder) = look.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    look.push(path);
                } else if path.extension().is_some_and(|extension| extension == "log") {
                    let text = String::from_utf8_lossy(&fs::read(&path).unwrap_or_default()).into_owned();
                    let lines: Vec<_> = text.lines().rev().take(15).collect();
                    let lines: Vec<_> = lines.into_iter().rev().collect();
                    if !lines.is_empty() {
                        words += &format!("--- {}\n{}\n", path.display(), lines.join("\n"));
                    }
                }
            }
        }
        words
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.last_words());
            self.clear();
            return;
        }
        let open = if self.leaves_open.get() {
            Vec::new()
        } else {
            self.open_tasks()
        };
        let left = self.clear();
        assert!(open.is_empty(), "the test left open tasks behind: {open:?}");
        let may_leave = self.leaves_open.get() || self.leaves_processes.get();
        assert!(
            left.is_empty() || may_leave,
            "the test left processes behind: {left:#?}"
        );
    }
}

/// The path of the scripted program that stands for an agent.
///
/// # Panics
/// If it was not built.
#[track_caller]
pub fn fake_agent() -> PathBuf {
    own_program("fake-agent")
}

/// The path of the program that tries to get more rights than its task has.
///
/// # Panics
/// If it was not built.
#[track_caller]
pub fn intruder() -> PathBuf {
    own_program("intruder")
}

#[track_caller]
fn own_program(name: &str) -> PathBuf {
    let path = built(name);
    assert!(
        path.exists(),
        "{} is missing: `cargo build -p longhaul-testkit --bin {name}`",
        path.display()
    );
    path
}

/// A program of this workspace, in the folder into which the running test was built.
fn built(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows where it is");
    let folder = test.ancestors().nth(2).expect("tests are built two folders deep");
    folder.join(name)
}

/// The folder into which cargo builds everything.
pub(crate) fn target() -> PathBuf {
    let program = built("longhaul");
    let target = program.ancestors().nth(2).expect("programs are built two folders deep");
    target.to_owned()
}
