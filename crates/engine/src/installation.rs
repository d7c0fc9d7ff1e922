//! What never changes while the daemon runs: where things lie, what is configured, what this machine gives.
//!
//! Values only. Whoever holds it can change no task and wake nobody, so everybody may hold it.

use std::ffi::OsString;
use std::path::PathBuf;

use longhaul_model::{Fence, TaskId};
use longhaul_supervisor::Reached;
use longhaul_worktrees::Places;

use crate::clock::Clock;
use crate::config::Config;

/// The installation that this daemon serves.
#[derive(Debug)]
pub(crate) struct Installation {
    /// The state folder.
    pub(crate) state: PathBuf,
    /// Where the API listens, for the processes of a task.
    pub(crate) socket: PathBuf,
    /// The program to start as supervisor.
    pub(crate) supervisor_program: PathBuf,
    /// What a supervisor gets as its environment: nothing but what tests arm.
    pub(crate) supervisor_environment: Vec<(OsString, OsString)>,
    /// This boot of the machine.
    pub(crate) boot: String,
    /// What the kernel keeps from a read-only program here, found out by trying.
    pub(crate) machine: Reached,
    /// What can be set.
    pub(crate) config: Config,
    /// What tells the time.
    pub(crate) clock: Clock,
}

impl Installation {
    /// The folder of all attempts, in the state folder.
    pub(crate) fn attempts(&self) -> PathBuf {
        self.state.join("attempts")
    }

    /// The folder of all attempts of a task.
    pub(crate) fn task_folder(&self, task: TaskId) -> PathBuf {
        self.attempts().join(task.to_string())
    }

    /// The folder of one attempt.
    pub(crate) fn attempt_folder(&self, task: TaskId, fence: Fence) -> PathBuf {
        self.task_folder(task).join(fence.to_string())
    }

    /// Where the steps of an attempt tell what was noteworthy.
    pub(crate) fn report_file(&self, task: TaskId, fence: Fence) -> PathBuf {
        self.task_folder(task).join(format!("report-{fence}.json"))
    }

    /// Where worktrees lie, and what is known of them.
    pub(crate) fn places(&self) -> Places {
        Places::of(&self.state)
    }
}
