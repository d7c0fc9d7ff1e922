//! A daemon that a test starts, kills and starts again by its own hand.

use std::ffi::OsStr;
use std::time::Duration;

use rustix::process::Signal;

use crate::invocation::{Invocation, Ran, Spawned};
use crate::wait::{PATIENCE, wait_until};
use crate::world::World;

/// A daemon about to be started in a world.
#[derive(Debug)]
#[must_use = "no daemon runs until `start`"]
pub struct DaemonStart<'world> {
    world: &'world World,
    invocation: Invocation,
}

impl<'world> DaemonStart<'world> {
    pub(crate) fn new(world: &'world World) -> Self {
        Self {
            world,
            invocation: world.longhaul(["daemon", "run"]),
        }
    }

    /// Sets a variable for the daemon and what it starts.
    pub fn env(self, name: &str, value: impl AsRef<OsStr>) -> Self {
        Self {
            invocation: self.invocation.env(name, value),
            ..self
        }
    }

    /// Arms a failpoint: `name`, or `name:n` for the n-th time it is reached.
    pub fn armed(self, failpoint: &str) -> Self {
        self.env("LONGHAUL_FAILPOINT", failpoint)
    }

    /// Starts it, and returns when it answers or is already dead again.
    ///
    /// # Panics
    /// If it does neither.
    #[track_caller]
    pub fn start(self) -> Daemon {
        let mut spawned = self.invocation.spawn().outlive_its_handle();
        let world = self.world;
        wait_until("the daemon answers", PATIENCE, || {
            spawned.is_over() || world.is_answering()
        });
        Daemon { spawned }
    }
}

/// A daemon that was started; it goes on when this handle is dropped, until its world ends.
#[derive(Debug)]
pub struct Daemon {
    spawned: Spawned,
}

impl Daemon {
    /// Its pid.
    pub fn pid(&self) -> u32 {
        self.spawned.pid()
    }

    /// Whether it is dead.
    pub fn is_dead(&mut self) -> bool {
        self.spawned.is_over()
    }

    /// Kills it as a crash would, and waits until it is gone.
    #[track_caller]
    pub fn crash(self) {
        self.spawned.signal(Signal::KILL);
        self.spawned.wait();
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        self.spawned.signal(signal);
    }

    /// Asks it to end, and waits until it has.
    #[track_caller]
    pub fn stop(self) -> Ran {
        self.spawned.signal(Signal::TERM);
        self.spawned.wait()
    }

    /// Waits until it dies by itself.
    ///
    /// # Panics
    /// If it does not within `deadline`.
    #[track_caller]
    pub fn wait_for_death(&mut self, deadline: Duration) -> Ran {
        let ran = self.spawned.wait_within(deadline);
        ran.unwrap_or_else(|| panic!("the daemon lives on; it said: {}", self.spawned.stderr_so_far()))
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        self.spawned.stderr_so_far()
    }
}
