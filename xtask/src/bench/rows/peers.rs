//! The queues that people use today, each in a private world of its own, for comparison.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::shell;

const PUEUE_VERSION: &str = "4.0.4";

/// Where `install` puts them; asked before the search path.
fn tools() -> PathBuf {
    shell::target().join("bench-tools")
}

/// Puts both peers into `target/bench-tools`, without touching the system.
pub(crate) fn install() -> Result<()> {
    std::fs::create_dir_all(tools())?;
    if find("pueued").is_none() {
        let mut cargo = shell::cargo();
        cargo
            .args(["install", "pueue", "--version", PUEUE_VERSION, "--locked", "--root"])
            .arg(tools());
        shell::run(&mut cargo)?;
    }
    if find("tsp").is_none() && shell::is_there("apt-get") {
        shell::run(
            shell::program("apt-get")
                .args(["download", "task-spooler"])
                .current_dir(tools()),
        )?;
        for entry in std::fs::read_dir(tools())?.flatten() {
            if entry.path().extension().is_some_and(|ending| ending == "deb") {
                shell::run(shell::program("dpkg").arg("-x").arg(entry.path()).arg(tools()))?;
                std::fs::remove_file(entry.path())?;
            }
        }
    }
    Ok(())
}

fn find(name: &str) -> Option<PathBuf> {
    let places = [tools().join("bin").join(name), tools().join("usr/bin").join(name)];
    let installed = places.into_iter().find(|path| path.exists());
    installed.or_else(|| {
        let path = super::world::path();
        path.split(':')
            .map(|folder| Path::new(folder).join(name))
            .find(|path| path.exists())
    })
}

/// A private pueue.
#[derive(Debug)]
pub(crate) struct Pueue {
    folder: PathBuf,
    daemon: Option<Child>,
    program: PathBuf,
    daemon_program: PathBuf,
}

impl Pueue {
    /// Starts its daemon with this many tasks at once; `None` if pueue is not installed.
    pub(crate) fn start(folder: &Path, parallel: usize) -> Result<Option<Self>> {
        let (Some(program), Some(daemon_program)) = (find("pueue"), find("pueued")) else {
            return Ok(None);
        };
        let folder = folder.join("pueue");
        std::fs::create_dir_all(&folder)?;
        let shown = folder.display();
        let settings = format!(
            "shared:\n  pueue_directory: {shown}\n  runtime_directory: {shown}\n  use_unix_socket: true\n  \
             unix_socket_path: {shown}/socket\n  pid_path: {shown}/pid\nclient: {{}}\ndaemon: {{}}\n"
        );
        std::fs::write(folder.join("pueue.yml"), settings)?;
        let mut pueue = Self {
            folder,
            daemon: None,
            program,
            daemon_program,
        };
        pueue.start_daemon()?;
        shell::output(pueue.command().args(["parallel", &parallel.to_string()]))?;
        Ok(Some(pueue))
    }

    fn prepared(&self, program: &Path) -> Command {
        let mut command = shell::program(program);
        command
            .arg("--config")
            .arg(self.folder.join("pueue.yml"))
            .current_dir(&self.folder);
        command
    }

    /// `pueue` with no arguments yet.
    pub(crate) fn command(&self) -> Command {
        self.prepared(&self.program)
    }

    fn start_daemon(&mut self) -> Result<()> {
        let mut daemon = self.prepared(&self.daemon_program);
        daemon.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.daemon = Some(daemon.spawn().context("starting pueued")?);
        shell::wait_until("pueued answers", Duration::from_secs(20), || {
            self.command()
                .arg("status")
                .output()
                .is_ok_and(|output| output.status.success())
        })
    }

    fn stop_daemon(&mut self) -> Result<()> {
        shell::output(self.command().arg("shutdown"))?;
        if let Some(mut daemon) = self.daemon.take() {
            daemon.wait()?;
        }
        Ok(())
    }

    /// Gives it `count` finished tasks, by repeating the first one in its state file while it is down.
    pub(crate) fn fill_history(&mut self, count: usize) -> Result<()> {
        self.stop_daemon()?;
        let file = self.folder.join("state.json");
        let mut state: Value = serde_json::from_str(&shell::read(&file)?).context("reading pueue's state")?;
        let Some(tasks) = state.get_mut("tasks").and_then(Value::as_object_mut) else {
            bail!("pueue's state has no tasks")
        };
        let Some(model) = tasks.values().next().cloned() else {
            bail!("pueue has no task yet")
        };
        for id in tasks.len()..count {
            let mut task = model.clone();
            task["id"] = Value::from(id);
            tasks.insert(id.to_string(), task);
        }
        std::fs::write(&file, state.to_string())?;
        self.start_daemon()
    }
}

impl Drop for Pueue {
    fn drop(&mut self) {
        let _ = self.command().arg("kill").arg("--all").output();
        let _ = self.stop_daemon();
        if let Some(mut daemon) = self.daemon.take() {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
    }
}

/// A private task-spooler.
#[derive(Debug)]
pub(crate) struct TaskSpooler {
    folder: PathBuf,
    program: PathBuf,
}

impl TaskSpooler {
    /// Starts its server with this many tasks at once; `None` if it is not installed.
    pub(crate) fn start(folder: &Path, parallel: usize) -> Result<Option<Self>> {
        let Some(program) = find("tsp") else { return Ok(None) };
        let spooler = Self {
            folder: folder.to_owned(),
            program,
        };
        shell::output(spooler.command().args(["-S", &parallel.to_string()]))?;
        Ok(Some(spooler))
    }

    /// `tsp` with no arguments yet.
    pub(crate) fn command(&self) -> Command {
        let mut command = shell::program(&self.program);
        command
            .current_dir(&self.folder)
            .env("TMPDIR", &self.folder)
            .env("TS_SOCKET", self.folder.join("tsp.socket"));
        command.env("TS_MAXFINISHED", "5000").stdin(Stdio::null());
        command
    }
}

impl Drop for TaskSpooler {
    fn drop(&mut self) {
        let _ = self.command().arg("-K").output();
    }
}
