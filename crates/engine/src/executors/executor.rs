//! What an executor is: told values, it says what is to be done, and reads what was done.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use longhaul_model::{Enforcement, Facts, Fence, Outcome, Progress, Session, Spec, Task, Verdict};
use longhaul_supervisor::output::Reader;
use longhaul_supervisor::{Capture, Receipt, Rung, Step};
use longhaul_worktrees::Report;

use super::heard::Heard;
use super::verdict::program_verdict;
use crate::config::Config;
use crate::installation::Installation;
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
    /// Files it needs, prepared before the start; private.
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

/// What an executor is told of an attempt that is to start: values, gathered before.
pub(crate) struct Brief<'a> {
    /// What never changes.
    pub(crate) installation: &'a Installation,
    /// The task, with the facts of its earlier attempts.
    pub(crate) task: &'a Task,
    /// The attempt's fence; unique among the attempts of the task.
    pub(crate) fence: Fence,
    /// The environment it was submitted with.
    pub(crate) environment: &'a BTreeMap<String, String>,
    /// What it gets as `TMPDIR`: a folder of the attempt's own, removed after; not there yet.
    pub(crate) tmp: &'a Path,
    /// The task's own folder among the attempts; may not be there yet.
    pub(crate) folder: &'a Path,
    /// Where it works: the folder, and what an agent should be told of it first.
    pub(crate) arrangement: &'a Arrangement,
    /// What is to be landed; nothing for other kinds.
    pub(crate) landed: Option<&'a Landed>,
    /// Who keeps a reader from writing on this machine: it is not started with less.
    pub(crate) enforced: Enforcement,
}

/// The task whose worktree is to be landed.
pub(crate) struct Landed {
    /// The task; nothing if it is not known any more.
    pub(crate) task: Option<Arc<Task>>,
    /// Another task that began to work in the worktree since.
    pub(crate) user: Option<u64>,
}

/// What belongs to the program itself, beside its private temporary folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OwnFolders {
    /// What it may write even as a reader: sessions, logs, caches.
    pub(crate) writable: Vec<PathBuf>,
    /// What in those it may not: configuration, hooks, plugins, memory.
    pub(crate) read_only: Vec<PathBuf>,
    /// Files with their content that it wants to find there, and could not make as a reader.
    pub(crate) first_files: Vec<(PathBuf, &'static str)>,
}

/// An attempt that is over.
pub(crate) struct Over<'a> {
    /// Its task.
    pub(crate) task: &'a Task,
    /// The supervisor's receipt; without one what is known of the end.
    pub(crate) end: Result<&'a Receipt, &'a Verdict>,
    /// What the steps around its program told.
    pub(crate) report: &'a Report,
    /// What it printed.
    pub(crate) output: &'a Reader,
    /// What an agent was heard to say; nothing for other kinds.
    pub(crate) heard: Option<&'a Heard>,
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
    fn plan(&self, brief: &Brief<'_>) -> Result<Plan, Outcome>;

    /// Where its program keeps its own things: what it may write there although it reads only, and what not even there.
    /// By default nowhere but in its private temporary folder.
    fn own_folders(&self, brief: &Brief<'_>) -> OwnFolders {
        let _ = brief;
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
            Ok(receipt) => self.verdict(over, receipt),
            Err(verdict) => verdict.clone(),
        };
        self.read_end(spec, &verdict, over.output, facts);
        Concluded { verdict, message: None }
    }

    /// What the receipt means. The default is what it means for any program: exit 0 is success.
    fn verdict(&self, over: &Over<'_>, receipt: &Receipt) -> Verdict {
        program_verdict(receipt, over.report)
    }

    /// Facts read from the output when it is over, beside those that hold for every kind.
    fn read_end(&self, spec: &Spec, verdict: &Verdict, output: &Reader, facts: &mut Facts);

    /// How far it is, read from the last of its output while it runs; nothing if this kind does not tell.
    fn progress(&self, last_output: &str) -> Option<Progress> {
        let _ = last_output;
        None
    }

    /// What a lost attempt may have left half done on disk, to be removed before anything else happens there.
    fn remains(&self, spec: &Spec, task: u64, fence: u64) -> Option<PathBuf> {
        let _ = (spec, task, fence);
        None
    }
}
