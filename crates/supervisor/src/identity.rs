//! Who a process is, beyond a number that is used again: boot, pid namespace, number, start time.

use std::io;

use serde::{Deserialize, Serialize};

use crate::process;

/// Names one process of one boot of one machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The boot's id.
    pub boot_id: String,
    /// The pid namespace's number; 0 where there are none.
    pub pid_namespace: u64,
    /// The process's number.
    pub pid: i32,
    /// When it was started: clock ticks since boot on Linux, microseconds since 1970 on macOS.
    pub start_time: u64,
}

/// Why a process could not be named.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The system would not tell the boot id or the namespace.
    #[error("reading the identity of this boot")]
    Boot(#[source] io::Error),
    /// There is no such process.
    #[error("no process {pid}")]
    NoSuchProcess {
        /// Its number.
        pid: i32,
    },
}

/// Where a recorded process stands as seen from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Liveness {
    /// It is there.
    Alive,
    /// It is not; its number may belong to a stranger now.
    Gone,
    /// It lives or lived in another pid namespace of this boot: cannot be told from here.
    Elsewhere,
}

impl Identity {
    /// The identity of this process.
    pub(crate) fn own() -> Result<Self, IdentityError> {
        let pid = i32::try_from(std::process::id()).unwrap_or(i32::MAX);
        Self::of(pid)
    }

    /// The identity of a process.
    pub(crate) fn of(pid: i32) -> Result<Self, IdentityError> {
        let boot_id = process::boot_id().map_err(IdentityError::Boot)?;
        let pid_namespace = process::pid_namespace().map_err(IdentityError::Boot)?;
        let facts = process::read(pid).ok_or(IdentityError::NoSuchProcess { pid })?;
        Ok(Self {
            boot_id,
            pid_namespace,
            pid,
            start_time: facts.start_time,
        })
    }

    /// Whether the process with this identity is there now.
    pub(crate) fn liveness(&self) -> io::Result<Liveness> {
        if process::boot_id()? != self.boot_id {
            return Ok(Liveness::Gone);
        }
        if process::pid_namespace()? != self.pid_namespace {
            return Ok(Liveness::Elsewhere);
        }
        Ok(match process::read(self.pid) {
            Some(facts) if facts.start_time == self.start_time && !facts.zombie => Liveness::Alive,
            _ => Liveness::Gone,
        })
    }
}
