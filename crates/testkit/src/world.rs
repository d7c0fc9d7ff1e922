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
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::daemon::DaemonStart;
use crate::http::Api;
use crate::invocation::Invocation;
use crate::processes::{self, Process};
use crate::wait::{PATIENCE, wait_for, wait_until};

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
        pairs.map(|(name, value)| (name.to_owned(), value)).into()
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
        let connects = |socket: &PathBuf| std::os::unix::net::UnixStream::connect(socket).is_ok();
        if let Some(socket) = self.socket().filter(connects) {
            return Api::new(&socket);
        }
        self.longhaul(["list"]).run().ok();
        Api::new(&self.socket().expect("the daemon that `list` started has a socket"))
    }

    /// Submits a command with `longhaul run -d` and these options; its id.
    #[track_caller]
    pub fn submit(&self, options: &[&str], command: &[&str]) -> u64 {
        let call = self.longhaul(["run", "-d"]).args(options).arg("--").args(command);
        let id = call.run().ok().id();
        self.acknowledge(id);
        id
    }

    /// Submits a shell script with `longhaul run -d` and these options; its id.
    #[track_caller]
    pub fn submit_script(&self, options: &[&str], script: &str) -> u64 {
        self.submit(options, &["sh", "-c", script])
    }

    /// Submits a fake agent with this script and `longhaul run -d`; it leaves marks. Its id.
    #[track_caller]
    pub fn submit_agent(&self, options: &[&str], script: &[&str]) -> u64 {
        let command = self.agent(script);
        self.submit(options, &command.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// The command line of a fake agent that leaves marks and then does `script`.
    pub fn agent(&self, script: &[&str]) -> Vec<String> {
        let marks = self.marks().to_string_lossy().into_owned();
        let fixed = [fake_agent().to_string_lossy().into_owned(), "--marks".to_owned(), marks];
        fixed
            .into_iter()
            .chain(script.iter().map(|word| (*word).to_owned()))
            .collect()
    }

    /// Submits over the API; `spec` gets `kind` and `cwd` if it has none. Its id.
    #[track_caller]
    pub fn post_task(&self, spec: Value) -> u64 {
        let task = self.api().post("/api/v1/tasks", &self.spec(spec)).expect(201);
        let id = task["id"].as_u64().expect("a task has an id");
        self.acknowledge(id);
        id
    }

    /// A submit's body with `kind` and `cwd` filled in.
    pub fn spec(&self, mut spec: Value) -> Value {
        let fields = spec.as_object_mut().expect("a spec is an object");
        fields.entry("kind").or_insert(json!("command"));
        fields
            .entry("cwd")
            .or_insert(json!(self.path("").to_string_lossy().trim_end_matches('/')));
        spec
    }

    /// Notes that the submit of this task was acknowledged.
    pub fn acknowledge(&self, id: u64) {
        self.acknowledged
            .lock()
            .expect("no test panics while it notes")
            .insert(id);
    }

    /// The task as the API gives it.
    ///
    /// # Panics
    /// If it is unknown.
    #[track_caller]
    pub fn task(&self, id: u64) -> Value {
        self.api().get(&format!("/api/v1/tasks/{id}")).expect(200)
    }

    /// The task's state.
    #[track_caller]
    pub fn state(&self, id: u64) -> String {
        self.task(id)["state"].as_str().expect("a task has a state").to_owned()
    }

    /// Waits until the task is in this state, and gives it.
    #[track_caller]
    pub fn reach(&self, id: u64, state: &str) -> Value {
        let mut last = Value::Null;
        let reached = wait_for(PATIENCE, || {
            last = self.task(id);
            (last["state"] == state).then_some(())
        });
        assert!(reached.is_some(), "task {id} did not become {state}: {last:#}");
        last
    }

    /// Waits until the task is terminal, and gives it.
    #[track_caller]
    pub fn finish(&self, id: u64) -> Value {
        let mut last = Value::Null;
        let ended = wait_for(PATIENCE, || {
            last = self.task(id);
            is_terminal(&last["state"]).then_some(())
        });
        assert!(ended.is_some(), "task {id} did not end: {last:#}");
        last
    }

    /// The task's history, oldest first.
    #[track_caller]
    pub fn history(&self, id: u64) -> Vec<Value> {
        let answer = self.api().get(&format!("/api/v1/tasks/{id}/history")).expect(200);
        first_list(&answer)
    }

    /// Every task, oldest first.
    #[track_caller]
    pub fn tasks(&self) -> Vec<Value> {
        let api = self.api();
        let mut all = Vec::new();
        let mut target = "/api/v1/tasks?limit=100".to_owned();
        loop {
            let page = api.get(&target).expect(200);
            all.extend(first_list(&page));
            match &page["next"] {
                Value::Null => break,
                cursor => {
                    let cursor = cursor.as_str().map_or_else(|| cursor.to_string(), str::to_owned);
                    target = format!("/api/v1/tasks?limit=100&cursor={cursor}");
                }
            }
        }
        all.sort_by_key(|task| task["id"].as_u64());
        all
    }

    /// All output of a task, as the API gives it raw.
    #[track_caller]
    pub fn output(&self, id: u64) -> Vec<u8> {
        let api = self.api();
        let mut all = Vec::new();
        let mut offset = 0_u64;
        loop {
            let answer = api.get(&format!("/api/v1/tasks/{id}/output?offset={offset}"));
            assert_eq!(answer.status, 200, "{}", answer.text());
            let next = answer
                .header("longhaul-next-offset")
                .and_then(|text| text.parse().ok())
                .unwrap_or(offset);
            if next <= offset {
                return all;
            }
            all.extend_from_slice(&answer.body);
            offset = next;
        }
    }

    /// Opens a gate at which a script waits with `--wait-for`.
    pub fn open_gate(&self, name: &str) {
        fs::write(self.path(name), "").expect("the world's folder can be written");
    }

    /// The living processes of this world.
    pub fn processes(&self) -> Vec<Process> {
        processes::within(&self.root)
    }

    /// The living processes that a task started, its supervisor not among them.
    pub fn processes_of(&self, task: u64) -> Vec<Process> {
        let id = task.to_string();
        let mut all = self.processes();
        all.retain(|process| process.variable("LONGHAUL_TASK_ID") == Some(&id) && process.supervises().is_none());
        all
    }

    /// The living supervisors of a task.
    pub fn supervisors_of(&self, task: u64) -> Vec<Process> {
        let mut all = self.processes();
        all.retain(|process| process.supervises().is_some_and(|(of, _)| of == task));
        all
    }

    /// The pid of the living supervisor of a running task.
    ///
    /// # Panics
    /// If it has none.
    #[track_caller]
    pub fn supervisor(&self, task: u64) -> u32 {
        let pid = wait_for(PATIENCE, || {
            self.supervisors_of(task).first().map(|process| process.pid)
        });
        pid.unwrap_or_else(|| panic!("task {task} has no supervisor"))
    }

    /// The pid of the program of a running task: the child of its supervisor.
    ///
    /// # Panics
    /// If it has none.
    #[track_caller]
    pub fn program_of(&self, task: u64) -> u32 {
        let supervisor = self.supervisor(task);
        let pid = wait_for(PATIENCE, || {
            self.processes_of(task)
                .iter()
                .find(|process| process.parent == supervisor)
                .map(|process| process.pid)
        });
        pid.unwrap_or_else(|| panic!("task {task} has no program"))
    }

    /// The pids of the daemons of this world; more than one is a fault.
    pub fn daemons(&self) -> Vec<u32> {
        self.processes()
            .iter()
            .filter(|process| process.is_daemon())
            .map(|process| process.pid)
            .collect()
    }

    /// Kills every daemon of this world as a crash would, and waits until they are gone.
    #[track_caller]
    pub fn crash_daemon(&self) {
        let daemons = self.daemons();
        assert!(!daemons.is_empty(), "there is no daemon to crash");
        for pid in &daemons {
            processes::send(*pid, Signal::KILL);
        }
        wait_until("the daemon is gone", PATIENCE, || {
            daemons.iter().all(|pid| !processes::is_alive(*pid))
        });
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

/// Whether this is the word of a terminal state.
pub fn is_terminal(state: &Value) -> bool {
    ["completed", "failed", "canceled", "interrupted"]
        .iter()
        .any(|terminal| state == terminal)
}

/// The list in an answer: the answer itself, or its only field that is one.
pub fn first_list(answer: &Value) -> Vec<Value> {
    match answer {
        Value::Array(list) => list.clone(),
        Value::Object(fields) => fields
            .values()
            .find_map(|field| field.as_array().cloned())
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// The path of the scripted program that stands for an agent.
///
/// # Panics
/// If it was not built.
pub fn fake_agent() -> PathBuf {
    let path = built("fake-agent");
    assert!(
        path.exists(),
        "{} is missing: `cargo build -p longhaul-testkit --bin fake-agent`",
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
