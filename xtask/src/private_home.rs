//! A throw-away `LONGHAUL_HOME` around one binary: for the demo and the benchmark, gone without a trace afterwards.
//!
//! What this is not: the test world (`crates/testkit`), which also checks what was left behind.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::shell;

/// The folder, and the binary that works in it.
#[derive(Debug)]
pub(crate) struct PrivateHome {
    folder: PathBuf,
    binary: PathBuf,
}

impl PrivateHome {
    /// Makes the folder. Its path is short, because a Unix socket's may have only about a hundred bytes.
    pub(crate) fn new(binary: &Path) -> Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        ensure!(binary.exists(), "{} is not built yet", binary.display());
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = PathBuf::from(format!("/tmp/lh-{}-{count}", std::process::id()));
        std::fs::create_dir(&folder).with_context(|| format!("making {}", folder.display()))?;
        Ok(Self {
            folder,
            binary: binary.to_owned(),
        })
    }

    /// The folder around everything; `LONGHAUL_HOME` is `lh` in it.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// `LONGHAUL_HOME`.
    pub(crate) fn longhaul_home(&self) -> PathBuf {
        self.folder.join("lh")
    }

    /// A program that sees this home and nothing of ours.
    pub(crate) fn program(&self, name: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = shell::program(name);
        command
            .env_clear()
            .env("LONGHAUL_HOME", self.longhaul_home())
            .env("HOME", &self.folder)
            .env("LANG", "C.UTF-8");
        for name in ["PATH", "TERM", "NO_COLOR"] {
            if let Some(value) = shell::variable(name) {
                command.env(name, value);
            }
        }
        command.current_dir(&self.folder);
        command
    }

    /// `longhaul` with these arguments.
    pub(crate) fn longhaul(&self, arguments: &[&str]) -> Command {
        let mut command = self.program(&self.binary);
        command.args(arguments);
        command
    }

    /// What `longhaul` prints to stdout; an error if it does not exit 0.
    pub(crate) fn ask(&self, arguments: &[&str]) -> Result<String> {
        shell::output(&mut self.longhaul(arguments))
    }

    /// The same, read as JSON.
    pub(crate) fn ask_json(&self, arguments: &[&str]) -> Result<Value> {
        let text = self.ask(arguments)?;
        serde_json::from_str(&text).with_context(|| format!("reading the JSON of `longhaul {}`", arguments.join(" ")))
    }

    /// One task, as `status --json` shows it.
    pub(crate) fn task(&self, id: &str) -> Result<Value> {
        let answer = self.ask_json(&["status", id, "--json"])?;
        Ok(answer
            .get("tasks")
            .and_then(|tasks| tasks.get(0))
            .cloned()
            .unwrap_or(answer))
    }

    /// Starts a daemon as our own child.
    #[cfg(feature = "bench")]
    pub(crate) fn spawn_daemon(&self) -> Result<std::process::Child> {
        let mut command = self.longhaul(&["daemon", "run"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().context("starting `longhaul daemon run`")
    }

    /// The same, and waits until it answers.
    #[cfg(feature = "bench")]
    pub(crate) fn start_daemon(&self) -> Result<std::process::Child> {
        let child = self.spawn_daemon()?;
        shell::wait_until("the daemon answers", Duration::from_secs(20), || {
            self.daemon().is_some()
        })?;
        Ok(child)
    }

    /// What `daemon status --json` says about a running daemon; `None` if there is none.
    pub(crate) fn daemon(&self) -> Option<Value> {
        let output = self.longhaul(&["daemon", "status", "--json"]).output().ok()?;
        let status: Value = serde_json::from_slice(&output.stdout).ok()?;
        (output.status.success() && status.get("pid")?.is_u64()).then_some(status)
    }

    /// The running daemon's pid.
    pub(crate) fn daemon_pid(&self) -> Result<u32> {
        let status = self.daemon().context("asking for the daemon's pid: no daemon runs")?;
        let pid = status
            .get("pid")
            .and_then(Value::as_u64)
            .context("the daemon's status has no pid")?;
        Ok(u32::try_from(pid)?)
    }

    /// The running daemon's socket.
    #[cfg(feature = "bench")]
    pub(crate) fn socket(&self) -> Result<PathBuf> {
        let status = self
            .daemon()
            .context("asking for the daemon's socket: no daemon runs")?;
        Ok(status
            .get("socket")
            .and_then(Value::as_str)
            .context("the daemon's status has no socket")?
            .into())
    }
}

impl PrivateHome {
    /// A killed supervisor leaves its control group behind, and with this home gone no daemon would come to remove it.
    fn remove_control_groups(&self) {
        let mut prefixes = Vec::new();
        let attempts = list(&self.longhaul_home().join("state/attempts"))
            .into_iter()
            .flat_map(|task| list(&task));
        for attempt in attempts {
            let started = std::fs::read(attempt.join("started.json")).unwrap_or_default();
            let started: Value = serde_json::from_slice(&started).unwrap_or_default();
            prefixes.extend(started.get("cgroup_prefix").and_then(Value::as_str).map(PathBuf::from));
        }
        let Some(parent) = prefixes.first().and_then(|prefix| prefix.parent()) else {
            return;
        };
        for group in list(parent) {
            let name = group.to_string_lossy();
            if prefixes
                .iter()
                .any(|prefix| name.starts_with(&*prefix.to_string_lossy()))
            {
                // Refused by the kernel while anything lives in it.
                let _ = std::fs::remove_dir(&group);
            }
        }
    }
}

/// What is in the folder; nothing if it cannot be read.
fn list(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    entries.filter_map(|entry| Some(entry.ok()?.path())).collect()
}

impl Drop for PrivateHome {
    fn drop(&mut self) {
        let _ = self.longhaul(&["daemon", "stop"]).output();
        // Supervisors name their attempt's folder; programs carry the home in their environment. All of it is ours.
        for _ in 0..50 {
            let left = processes_naming(&self.folder.to_string_lossy());
            if left.is_empty() {
                break;
            }
            kill_all(&left);
            std::thread::sleep(Duration::from_millis(20));
        }
        self.remove_control_groups();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Ends one process with SIGKILL.
pub(crate) fn kill(pid: u32) {
    kill_all(&[pid]);
}

fn kill_all(pids: &[u32]) {
    let pids = pids.iter().map(u32::to_string);
    let _ = shell::program("kill")
        .arg("-KILL")
        .args(pids)
        .stderr(Stdio::null())
        .status();
}

/// Whether the process still runs; a zombie does not.
pub(crate) fn is_alive(pid: u32) -> bool {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{pid}/stat")) else {
        return false;
    };
    stat.rsplit_once(") ")
        .is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}

/// Every other process that has the words in its command line or its environment. Linux only; elsewhere none are found.
pub(crate) fn processes_naming(words: &str) -> Vec<u32> {
    let holds = |file: String| {
        std::fs::read(file).is_ok_and(|bytes| bytes.windows(words.len()).any(|window| window == words.as_bytes()))
    };
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|pid| *pid != std::process::id() && is_alive(*pid))
        .filter(|pid| holds(format!("/proc/{pid}/cmdline")) || holds(format!("/proc/{pid}/environ")))
        .collect()
}
