//! What an attempt is to do: the sealed spec, written once by the daemon and read once by the supervisor.
//!
//! What this is not: the task's spec. No agent, no prompt, no policy: only steps, limits and files.

use std::ffi::OsString;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::document::VERSION;
use crate::raw_text;
use crate::sandbox::Sandbox;
use crate::signal::Signal;

/// Everything that the supervisor needs to know, except the environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The file's version; [`Spec::new`] sets it.
    pub version: u32,
    /// The task's number.
    pub task: u64,
    /// Which attempt of it.
    pub attempt: u32,
    /// The attempt's fence.
    pub fence: u64,
    /// `NAME=VALUE`, put into the environment of every process of this attempt, and unlike that of any other: what a
    /// sweep recognises them by.
    pub marker: String,
    /// The folder in which the steps run, absolute.
    #[serde(with = "raw_text::one")]
    pub cwd: PathBuf,
    /// The umask of every process; the supervisor's own at its start if absent.
    pub umask: Option<u32>,
    /// What to do, in order. Exactly one is the program.
    pub steps: Vec<Step>,
    /// How output is kept.
    pub capture: Capture,
    /// What the program reads. Other steps read nothing.
    pub stdin: Stdin,
    /// Whether the attempt gets a folder of its own as `TMPDIR`, removed after.
    pub private_tmp: bool,
    /// The longest that the program may run.
    pub run_timeout_ms: Option<u64>,
    /// The longest that the program may be idle: no output, under 1 s of CPU in its whole tree, no child started after
    /// `start_up_ms` still alive, no `busy` file.
    pub idle_timeout_ms: Option<u64>,
    /// How long after its start the program's children count as part of itself for the idle limit.
    #[serde(default = "a_minute_ms")]
    pub start_up_ms: u64,
    /// How the program is asked to end before its tree is killed.
    pub ladder: Vec<Rung>,
    /// What becomes of processes that the program leaves running when it ends by itself.
    pub leftovers: Leftovers,
    /// How much output is kept.
    pub output_cap: OutputCap,
    /// How the tree is killed.
    pub kill_mode: KillMode,
    /// What the program may not do; the steps around it are not held to it. Absent: nothing is kept from it.
    #[serde(default)]
    pub sandbox: Option<Sandbox>,
    /// Whether the task has fewer rights than its user: then every process of this attempt, those of the steps around
    /// the program included, carries a mark that it cannot take off, whatever becomes of its parents.
    #[serde(default)]
    pub restricted: bool,
}

fn a_minute_ms() -> u64 {
    60_000
}

impl Spec {
    /// A spec that runs `steps` in `cwd` with the defaults of a command: pipes, no limits, SIGTERM and 5 s, leftovers
    /// stopped, 16 and 48 MiB of output kept.
    pub fn new(task: u64, attempt: u32, fence: u64, marker: String, cwd: PathBuf, steps: Vec<Step>) -> Self {
        Self {
            version: VERSION,
            task,
            attempt,
            fence,
            marker,
            cwd,
            umask: None,
            steps,
            capture: Capture::Pipe,
            stdin: Stdin::Null,
            private_tmp: false,
            run_timeout_ms: None,
            idle_timeout_ms: None,
            start_up_ms: a_minute_ms(),
            ladder: Rung::command_ladder(),
            leftovers: Leftovers::Stop,
            output_cap: OutputCap::default(),
            kill_mode: KillMode::Auto,
            sandbox: None,
            restricted: false,
        }
    }

    /// What makes this spec unusable, if anything: a fragment for people.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        let programs = self.steps.iter().filter(|step| step.role == Role::Program).count();
        let runs = |step: &Step| matches!(&step.act, Act::Run { argv } if !argv.is_empty());
        let named = |marker: &str| {
            marker
                .split_once('=')
                .is_some_and(|(name, value)| !name.is_empty() && value.len() >= 8)
        };
        if programs != 1 {
            Some("exactly one step must be the program")
        } else if self
            .steps
            .iter()
            .any(|step| matches!(step.act, Act::Run { .. }) && !runs(step))
        {
            Some("a step to run has no words")
        } else if !self.steps.iter().all(|step| step.role != Role::Program || runs(step)) {
            Some("the program must be a command to run")
        } else if !named(&self.marker) {
            Some("the marker must be NAME=VALUE with a value of at least 8 bytes")
        } else {
            None
        }
    }
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its name in the receipt: `prepare`, `set-up`, `program`, `tear-down`, or any other.
    pub name: String,
    /// Whether it is the program.
    pub role: Role,
    /// What it does.
    pub act: Act,
    /// The folder it runs in, if not the spec's.
    #[serde(default, with = "raw_text::optional")]
    pub cwd: Option<PathBuf>,
    /// When it is done at all.
    pub when: When,
    /// The longest that it may take. Not for the program, which has `run_timeout_ms`. A step that is `always` done and
    /// has none gets 60 s.
    pub time_limit_ms: Option<u64>,
}

impl Step {
    /// The program, as these words.
    pub fn program(argv: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        Self {
            role: Role::Program,
            ..Self::run("program", argv)
        }
    }

    /// A step that runs these words if all before it went well.
    pub fn run(name: &str, argv: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        Self::act(
            name,
            Act::Run {
                argv: argv.into_iter().map(Into::into).collect(),
            },
        )
    }

    /// A step that does `act` if all before it went well.
    pub fn act(name: &str, act: Act) -> Self {
        Self {
            name: name.to_owned(),
            role: Role::Helper,
            act,
            cwd: None,
            when: When::OnSuccess,
            time_limit_ms: None,
        }
    }

    /// The same step, done whatever happened before.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.when = When::Always;
        self
    }

    /// The same step with a time limit.
    #[must_use]
    pub fn within_ms(mut self, time_limit_ms: u64) -> Self {
        self.time_limit_ms = Some(time_limit_ms);
        self
    }

    /// The same step in another folder.
    #[must_use]
    pub fn in_folder(mut self, folder: PathBuf) -> Self {
        self.cwd = Some(folder);
        self
    }
}

/// Whether a step is the one that the attempt is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Its end is the attempt's end.
    Program,
    /// It prepares or clears up.
    Helper,
}

/// When a step is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Also after a failure, a stop or a timeout.
    Always,
    /// Only if every step before it went well, the program with exit code 0.
    OnSuccess,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Act {
    /// Run a program; a name without a slash is looked up in the task's `PATH`.
    Run {
        /// The words, the program's name first.
        #[serde(with = "raw_text::list")]
        argv: Vec<OsString>,
    },
    /// Move `from` to `to`, which must not exist or be an empty folder.
    Rename {
        /// What to move.
        #[serde(with = "raw_text::one")]
        from: PathBuf,
        /// Where to; on the same file system.
        #[serde(with = "raw_text::one")]
        to: PathBuf,
    },
    /// Remove a file or a folder with all that is in it, following no link. Nothing there is fine.
    RemoveTree {
        /// What to remove.
        #[serde(with = "raw_text::one")]
        path: PathBuf,
    },
    /// Make a folder and those above it. One that is there is fine.
    MakeFolder {
        /// Which.
        #[serde(with = "raw_text::one")]
        path: PathBuf,
    },
}

/// How a program's output is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capture {
    /// Through pipes that the supervisor copies: exact order and times. For commands.
    Pipe,
    /// Straight into two regular files: nothing is lost by a program that exits without draining. For agents.
    File,
    /// Through a terminal of 80 by 24; all of it is standard output.
    Pty,
}

/// What the program reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Stdin {
    /// Nothing.
    Null,
    /// A file from its start.
    File {
        /// Which, absolute.
        #[serde(with = "raw_text::one")]
        path: PathBuf,
    },
}

/// One step of the way from asking to killing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rung {
    /// Sent to the leader's process group.
    pub signal: Signal,
    /// How long the leader then has.
    pub grace_ms: u64,
}

impl Rung {
    /// SIGTERM and 5 s.
    pub fn command_ladder() -> Vec<Self> {
        vec![Self {
            signal: Signal::TERM,
            grace_ms: 5_000,
        }]
    }

    /// SIGINT and 5 s, SIGTERM and 5 s.
    pub fn agent_ladder() -> Vec<Self> {
        vec![
            Self {
                signal: Signal::INT,
                grace_ms: 5_000,
            },
            Self {
                signal: Signal::TERM,
                grace_ms: 5_000,
            },
        ]
    }
}

/// What becomes of processes left running.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Leftovers {
    /// Asked by SIGTERM, killed after 2 s.
    Stop,
    /// Left and listed. What it writes into a pipe or a terminal from then on has no reader.
    Keep,
}

/// How much output is kept: the first bytes and the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputCap {
    /// From the start.
    pub head_bytes: u64,
    /// To the end.
    pub tail_bytes: u64,
}

impl Default for OutputCap {
    fn default() -> Self {
        Self {
            head_bytes: 16 << 20,
            tail_bytes: 48 << 20,
        }
    }
}

/// How a tree is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KillMode {
    /// By a control group where there is one, and by the sweep.
    Auto,
    /// By the sweep alone.
    Sweep,
}
