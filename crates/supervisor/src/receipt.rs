//! What became of an attempt: written once by the supervisor, synced before it tells anyone.

use serde::{Deserialize, Serialize};

use crate::sandbox::Reached;
use crate::signal::Signal;

/// The supervisor's last word. Times are microseconds since 1970 UTC, durations are monotonic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The file's version.
    pub version: u32,
    /// The task's number.
    pub task: u64,
    /// Which attempt of it.
    pub attempt: u32,
    /// The attempt's fence.
    pub fence: u64,
    /// How it ended.
    pub end: End,
    /// The request to stop, if one arrived before the program ended. It may stand beside any `end`: a program that
    /// was already being ended for a timeout keeps `timeout`.
    pub stop: Option<StopSeen>,
    /// When the supervisor began.
    pub started_at_us: i64,
    /// When the program was started; absent if it never was.
    pub program_started_at_us: Option<i64>,
    /// When the program's leader was seen to end; absent if it was never started.
    pub program_ended_at_us: Option<i64>,
    /// When everything was over.
    pub ended_at_us: i64,
    /// How long the program ran.
    pub program_duration_us: Option<u64>,
    /// How long the whole attempt took.
    pub total_duration_us: u64,
    /// The steps in order, those not done included.
    pub steps: Vec<StepReport>,
    /// What was still running when a step's leader ended, at most 100.
    pub leftovers: Vec<Leftover>,
    /// How much output there was.
    pub output: OutputReport,
    /// What the tree used.
    pub resources: Resources,
    /// What kept the program from what it may not do; absent if nothing should, or if it was never started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sandbox: Option<Reached>,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Exit {
    /// By itself.
    Exited {
        /// 0 to 255.
        code: i32,
    },
    /// By a signal.
    Signaled {
        /// The signal.
        signal: Signal,
    },
}

/// How an attempt ended. The first cause counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum End {
    /// The program ended by itself.
    Exited {
        /// 0 to 255.
        code: i32,
    },
    /// The program was ended by a signal that the supervisor did not send.
    Signaled {
        /// The signal.
        signal: Signal,
    },
    /// The program could not be started.
    SpawnFailed {
        /// Why, for people.
        message: String,
    },
    /// The program was not started, because this machine does not give the enforcement that was required.
    Unenforced {
        /// What it gives, for people.
        message: String,
    },
    /// A step before the program failed; the program was not run.
    SetUpFailed {
        /// The name of the step.
        step: String,
        /// Why, for people.
        message: String,
    },
    /// The program exited 0 but a step after it failed.
    StepFailed {
        /// The name of the step.
        step: String,
        /// Why, for people.
        message: String,
    },
    /// The program ran longer than it may.
    Timeout {
        /// The limit.
        after_ms: u64,
    },
    /// The program was idle longer than it may.
    IdleTimeout {
        /// The limit.
        after_ms: u64,
    },
    /// The program wrote more than is kept and the file system cannot drop the middle.
    OutputOverflow {
        /// What could not be done.
        message: String,
    },
    /// It was asked to stop.
    Stopped {
        /// How the program then ended; absent if it was never started.
        exit: Option<Exit>,
    },
    /// The supervisor itself was told to end, by somebody else; it ended its tree first.
    Lost {
        /// By what.
        cause: String,
    },
}

/// A request to stop, as the supervisor saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StopSeen {
    /// Who asked.
    pub by: String,
    /// Why, as they said.
    pub reason: Option<String>,
    /// When the supervisor saw it.
    pub received_at_us: i64,
}

/// What became of one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepReport {
    /// Its name.
    pub name: String,
    /// How it ended.
    pub end: StepEnd,
    /// How long it took, its leftovers included.
    pub duration_us: u64,
    /// Where its output begins in the attempt's.
    pub output_from: u64,
    /// Where its output ends in the attempt's.
    pub output_until: u64,
}

/// How one step ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum StepEnd {
    /// Its program ended by itself.
    Exited {
        /// 0 to 255.
        code: i32,
    },
    /// Its program was ended by a signal.
    Signaled {
        /// The signal.
        signal: Signal,
    },
    /// It went well (steps without a program).
    Done,
    /// It could not be done.
    Failed {
        /// Why, for people.
        message: String,
    },
    /// It took longer than it may.
    TimedOut {
        /// The limit.
        after_ms: u64,
    },
    /// It was not done, because of what happened before.
    Skipped,
}

/// A process that was still there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leftover {
    /// Its number.
    pub pid: i32,
    /// Its name, as the system keeps it.
    pub command: String,
    /// What became of it.
    pub action: LeftoverAction,
}

/// What became of a leftover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeftoverAction {
    /// It ended when asked.
    Stopped,
    /// It had to be killed.
    Killed,
    /// It runs on.
    Kept,
}

/// How much output there was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputReport {
    /// All of it.
    pub produced_bytes: u64,
    /// Not kept.
    pub dropped_bytes: u64,
    /// What went wrong while keeping it, if the last of it could not be written.
    pub error: Option<String>,
}

/// What the tree used, as far as the system tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resources {
    /// The most memory at once: of the control group where it counts memory, else of the largest single process.
    pub peak_memory_bytes: u64,
    /// Processor time of all processes.
    pub cpu_ms: u64,
}
