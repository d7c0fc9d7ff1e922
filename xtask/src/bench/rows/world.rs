//! What every row starts from: the binary, how long it may measure, and a home with a daemon that is warm.

use std::path::PathBuf;
use std::process::Child;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::http::Client;
use crate::private_home::{PrivateHome, is_alive, kill};
use crate::shell;

/// The run of the benchmark.
#[derive(Debug)]
pub(crate) struct Bench {
    binary: PathBuf,
    /// Fewer rounds were asked for.
    pub(crate) is_quick: bool,
}

impl Bench {
    pub(crate) fn new(binary: PathBuf, is_quick: bool) -> Self {
        Self { binary, is_quick }
    }

    /// The number of rounds: the full one, or the quick one.
    pub(crate) fn rounds(&self, full: usize, quick: usize) -> usize {
        if self.is_quick { quick } else { full }
    }

    /// A fresh home without a daemon.
    pub(crate) fn home(&self) -> Result<PrivateHome> {
        PrivateHome::new(&self.binary)
    }

    /// A fresh home with a daemon that has run one task already.
    pub(crate) fn warm(&self) -> Result<Warm> {
        let warm = Warm::start(self.home()?)?;
        let mut client = warm.client()?;
        let id = client.submit(&warm.spec(&["true"]))?;
        client.wait_for(id)?;
        Ok(warm)
    }
}

/// A home with a running daemon, which is our child.
#[derive(Debug)]
pub(crate) struct Warm {
    pub(crate) home: PrivateHome,
    pub(crate) socket: PathBuf,
    daemon: Child,
}

impl Warm {
    /// Starts the daemon of a home.
    pub(crate) fn start(home: PrivateHome) -> Result<Self> {
        let daemon = home.start_daemon()?;
        let socket = home.socket()?;
        Ok(Self { home, socket, daemon })
    }

    pub(crate) fn client(&self) -> Result<Client> {
        Client::connect(&self.socket)
    }

    pub(crate) fn daemon_pid(&self) -> u32 {
        self.daemon.id()
    }

    /// A spec of kind `command` that runs in this home.
    pub(crate) fn spec(&self, command: &[&str]) -> Value {
        json!({ "kind": "command", "command": command, "cwd": self.home.folder(), "environment": { "PATH": path() } })
    }

    /// Kills the daemon as a crash would.
    pub(crate) fn kill_daemon(&mut self) -> Result<()> {
        kill(self.daemon.id());
        self.daemon.wait().context("waiting for the killed daemon")?;
        Ok(())
    }

    /// Starts the next daemon after a kill or a stop.
    pub(crate) fn restart(&mut self) -> Result<()> {
        self.daemon = self.home.start_daemon()?;
        self.socket = self.home.socket()?;
        Ok(())
    }

    /// Starts the next daemon and does not wait for it.
    pub(crate) fn spawn_daemon(&mut self) -> Result<()> {
        self.daemon = self.home.spawn_daemon()?;
        Ok(())
    }

    /// Ends the daemon as a person would.
    pub(crate) fn stop(&mut self) -> Result<()> {
        self.home.ask(&["daemon", "stop"])?;
        let pid = self.daemon.id();
        shell::wait_until("the daemon is gone", Duration::from_secs(20), || {
            let _ = self.daemon.try_wait();
            !is_alive(pid)
        })
    }
}

impl Drop for Warm {
    fn drop(&mut self) {
        let _ = self.home.longhaul(&["daemon", "stop"]).output();
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// The search path that measured programs get.
pub(crate) fn path() -> String {
    shell::variable("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".to_owned())
}
