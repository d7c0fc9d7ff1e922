//! What turns a task into steps to run, and the end of those steps into a verdict. One file for each kind.
//!
//! An executor starts nothing and stores nothing: it says what is to be done, and reads what was done.

pub(crate) mod agent;
mod clone;
mod command;
mod land;
mod login;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use longhaul_model::{Enforcement, Facts, Outcome, Progress, Reason, Session, Spec, Task, Verdict, Work};
use longhaul_supervisor::output::{Body, Reader, Stream};
use longhaul_supervisor::{Act, Capture, End, Receipt, Rung, Step};

use crate::attempts::confinement::OwnFolders;
use crate::config::Config;
use crate::shared::Shared;
use crate::workspace::Arrangement;

/// What an attempt is to do.
pub(crate) struct Plan {
    /// The folder the program runs in.
    pub(crate) cwd: PathBuf,
    /// The steps, one of them the program.
    pub(crate) steps: Vec<Step>,
    /// How its output is captured.
    pub(crate) capture: Capture,
    /// How the program is asked to end before its tree is killed.
    pub(crate) ladder: Vec<Rung>,
    /// Variables of the task's environment that it does not get.
    pub(crate) unset: &'static [&'static str],
    /// Variables on top of the task's environment.
    pub(crate) environment: Vec<(&'static str, String)>,
    /// What the program reads on standard input instead of what the spec says; nothing means what the spec says.
    pub(crate) stdin: Option<Vec<u8>>,
    /// Files it needs, laid ready before the start; private.
    pub(crate) files: Vec<(PathBuf, Vec<u8>)>,
    /// Folders of the task's own that it sees although it is a reader; what is in them is put there by earlier steps.
    pub(crate) visible: Vec<PathBuf>,
    /// The agent's session, where its id is known before the start.
    pub(crate) session: Option<Session>,
}

impl Plan {
    /// These steps in this folder, as a command has them: through pipes, asked to end by SIGTERM, nothing besides.
    pub(crate) fn of(cwd: PathBuf, steps: Vec<Step>) -> Self {
        Self {
            cwd,
            steps,
            capture: Capture::Pipe,
            ladder: Rung::command_ladder(),
            unset: &[],
            environment: Vec::new(),
            stdin: None,
            files: Vec::new(),
            visible: Vec::new(),
            session: None,
        }
    }
}

/// What a plan is made from.
pub(crate) struct Job<'a> {
    /// The task, with the facts of its earlier attempts.
    pub(crate) task: &'a Task,
    /// The attempt's fence; unique among the attempts of the task.
    pub(crate) fence: u64,
    /// The environment it was submitted with.
    pub(crate) environment: &'a BTreeMap<String, String>,
    /// What it gets as `TMPDIR`: a folder of the attempt's own, removed after; not there yet.
    pub(crate) tmp: &'a Path,
    /// The task's own folder among the attempts; may not be there yet.
    pub(crate) folder: &'a Path,
    /// What can be set about the engine.
    pub(crate) config: &'a Config,
    /// Where it works: the folder, and what an agent should be told of it first.
    pub(crate) arrangement: &'a Arrangement,
    /// What is known of the whole engine.
    pub(crate) shared: &'a Shared,
    /// Who keeps a reader from writing on this machine: it is not started with less.
    pub(crate) enforced: Enforcement,
}

/// An attempt that is over.
pub(crate) struct Over<'a> {
    /// Its task.
    pub(crate) task: &'a Task,
    /// The supervisor's receipt; without one what is known of the end.
    pub(crate) end: Result<&'a Receipt, &'a Verdict>,
    /// What it printed.
    pub(crate) output: &'a Reader,
    /// What can be set about the engine.
    pub(crate) config: &'a Config,
    /// The time zone it was told, by its environment; nothing means the machine's.
    pub(crate) zone: Option<&'a str>,
    /// The time.
    pub(crate) now: Timestamp,
}

impl Over<'_> {
    /// What is known of an end without a receipt.
    pub(crate) fn given(&self) -> Option<Verdict> {
        self.end.err().cloned()
    }
}

/// What an attempt's end comes to.
pub(crate) struct Concluded {
    /// What it means.
    pub(crate) verdict: Verdict,
    /// The final message of an agent; nothing if it gave none, and for other kinds.
    pub(crate) message: Option<String>,
}

/// Knows one kind of task.
pub(crate) trait Executor: Sync {
    /// What the attempt is to do; the outcome of the task if no attempt could ever do it. Blocks.
    fn plan(&self, job: &Job<'_>) -> Result<Plan, Outcome>;

    /// Where its program keeps its own things: what it may write there although it reads only, and what not even there.
    /// By default nowhere but in its private temporary folder.
    fn own_folders(&self, job: &Job<'_>) -> OwnFolders {
        let _ = job;
        OwnFolders::default()
    }

    /// What the next attempt of a task takes over from the one before. The default is nothing.
    fn carried(&self, task: &Task, config: &Config) -> Facts {
        let _ = (task, config);
        Facts::default()
    }

    /// What the end of an attempt comes to, and its last facts. The default asks the two below.
    fn conclude(&self, over: &Over<'_>, facts: &mut Facts) -> Concluded {
        let spec = &over.task.spec;
        let verdict = match over.end {
            Ok(receipt) => self.verdict(spec, receipt, over.output),
            Err(verdict) => verdict.clone(),
        };
        self.read_end(spec, &verdict, over.output, facts);
        Concluded { verdict, message: None }
    }

    /// What the receipt means. The default is what it means for any program: exit 0 is success.
    fn verdict(&self, spec: &Spec, receipt: &Receipt, output: &Reader) -> Verdict {
        let _ = (spec, output);
        program_verdict(receipt)
    }

    /// Facts read from the output when it is over, beside those that hold for every kind.
    fn read_end(&self, spec: &Spec, verdict: &Verdict, output: &Reader, facts: &mut Facts);

    /// How far it is, read from the last of its output while it runs; nothing if this kind does not tell.
    fn progress(&self, last_output: &str) -> Option<Progress> {
        let _ = last_output;
        None
    }

    /// Whether [`Executor::progress`] is worth asking.
    fn tells_progress(&self) -> bool {
        false
    }

    /// What a lost attempt may have left half done on disk, to be removed before anything else happens there.
    fn remains(&self, spec: &Spec, task: u64, fence: u64) -> Option<PathBuf> {
        let _ = (spec, task, fence);
        None
    }
}

/// The executor of this kind of work.
pub(crate) fn executor(work: &Work) -> &'static dyn Executor {
    match work {
        Work::Command { .. } => &command::Command,
        Work::Clone { .. } => &clone::Clone,
        Work::Agent(_) => &agent::Agent,
        Work::Land(_) => &land::Land,
    }
}

/// What a receipt means for any program: exit 0 is success, everything else is told as it was seen.
pub(crate) fn program_verdict(receipt: &Receipt) -> Verdict {
    match &receipt.end {
        End::Exited { code: 0 } => Verdict::Succeeded(Outcome::exited(0)),
        End::Exited { code } => Verdict::Failed(Outcome::exited(*code)),
        End::Signaled { signal } => Verdict::Failed(Outcome::signaled(signal.to_string())),
        End::SpawnFailed { message } => Verdict::Failed(
            Outcome::new(Reason::SpawnError, message.clone())
                .with_hint("check the program's name, its mode and the folder"),
        ),
        End::Unenforced { message } => Verdict::Failed(
            Outcome::new(Reason::Enforcement, format!("not started: {message}")).with_hint(
                "`longhaul doctor` names what is missing; `require_enforcement = false` lets it run with less",
            ),
        ),
        End::SetUpFailed { step, message } | End::StepFailed { step, message } => {
            Verdict::Failed(Outcome::new(Reason::Setup, format!("step {step}: {message}")))
        }
        End::Timeout { after_ms } => Verdict::Failed(
            Outcome::new(
                Reason::Timeout,
                format!("stopped at its run timeout of {}", length(*after_ms)),
            )
            .with_hint("give it longer with `--timeout`"),
        ),
        End::IdleTimeout { after_ms } => Verdict::Failed(
            Outcome::new(
                Reason::IdleTimeout,
                format!("no sign of life for {}", length(*after_ms)),
            )
            .with_hint("give it longer with `--idle-timeout`"),
        ),
        End::OutputOverflow { message } => Verdict::Failed(Outcome::new(
            Reason::Setup,
            format!("its output could not be kept: {message}"),
        )),
        End::Stopped { .. } => Verdict::Stopped,
        End::Lost { cause } => Verdict::Lost { detail: cause.clone() },
    }
}

fn length(ms: u64) -> String {
    longhaul_model::format_duration(std::time::Duration::from_millis(ms))
}

/// The last line of a stream that is not blank, at most 200 characters; nothing if there is none.
pub(crate) fn last_line(output: &Reader, stream: Stream) -> Option<String> {
    let text = tail_text(output, 5, Some(stream));
    let line = text
        .split(['\n', '\r'])
        .rev()
        .map(str::trim)
        .find(|line| !line.is_empty())?;
    Some(plain(line).chars().take(200).collect())
}

/// The last lines of output as text; empty if there are none or they cannot be read.
pub(crate) fn tail_text(output: &Reader, lines: usize, stream: Option<Stream>) -> String {
    let pieces = output.tail_lines(lines, stream).unwrap_or_default();
    let bytes: Vec<u8> = pieces
        .into_iter()
        .flat_map(|piece| match piece.body {
            Body::Bytes(bytes) => bytes,
            Body::Gap(_) => Vec::new(),
        })
        .collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A line without escape sequences and other control characters.
pub(crate) fn plain(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    let mut characters = line.chars().peekable();
    while let Some(c) = characters.next() {
        if c == '\u{1b}' {
            // Control Sequence Introducer: parameters up to a final byte `@`–`~` (ECMA-48, 5.4).
            if characters.next_if_eq(&'[').is_some() {
                for parameter in characters.by_ref() {
                    if ('@'..='~').contains(&parameter) {
                        break;
                    }
                }
            }
        } else if !c.is_control() {
            shown.push(c);
        }
    }
    shown
}

/// A step that moves something into its place once all before it went well.
pub(crate) fn publish(from: PathBuf, to: PathBuf) -> Step {
    Step::act("publish", Act::Rename { from, to })
}
