//! What every agent answers to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::activity::Activity;
use crate::launch::{Launch, Request};
use crate::reading::{Reading, UsageScope};

/// Knows one coding agent.
pub trait Adapter: Send + Sync {
    /// Its name: what `--agent` takes.
    fn name(&self) -> &str;

    /// The program to look for on the path.
    fn program(&self) -> &str;

    /// The command that installs it, for people.
    fn install_command(&self) -> &str;

    /// What it is able to do.
    fn capabilities(&self) -> &[Capability];

    /// How to start it.
    fn launch(&self, request: &Request<'_>) -> Launch;

    /// A reader of its output, at the beginning.
    fn parser(&self) -> Box<dyn Parser>;

    /// What its figures count.
    fn usage_scope(&self) -> UsageScope;

    /// What a person types, in the folder where it began, to go on with this session.
    fn resume_command(&self, session: &str) -> String;

    /// Whether what it printed when it failed says that the session it was to go on with is gone.
    fn says_session_is_gone(&self, reading: &Reading, stderr: &str) -> bool;

    /// Where it keeps what, given its environment and, for a run, the folder it runs in, with the links in it followed.
    fn folders(&self, environment: &BTreeMap<String, String>, cwd: Option<&Path>) -> Folders;

    /// The arguments that make it print its version.
    fn version_arguments(&self) -> &[&str] {
        &["--version"]
    }

    /// How to find out whether it is signed in.
    fn sign_in(&self) -> SignIn;

    /// What a person does to sign in; nothing if that is not known.
    fn sign_in_command(&self) -> Option<&str> {
        None
    }

    /// Where it looks for its settings; nothing if that is not known.
    fn settings_folder(&self, _environment: &BTreeMap<String, String>) -> Option<PathBuf> {
        None
    }

    /// What is known of this version that a user should hear of.
    fn remarks(&self, _version: &str) -> Vec<Remark> {
        Vec::new()
    }

    /// The variables of the environment that belong to it. There is no default: what is forgotten here gives a reader a way
    /// out of its own folders.
    fn marks(&self) -> Marks;

    /// Empty folders it may leave behind in the workspace when it is stopped; removed if they were not there before.
    fn litter(&self) -> &[&str] {
        &[]
    }
}

/// Reads one run's output as it grows. Pieces may be cut anywhere; whatever comes, it never fails.
pub trait Parser: Send {
    /// Takes the next bytes of standard output. `offset` is where they begin, counted from the first byte produced; a
    /// jump means that output in between was dropped.
    fn read(&mut self, offset: u64, bytes: &[u8]);

    /// Takes the next bytes of standard error.
    fn read_stderr(&mut self, bytes: &[u8]);

    /// The output is over: what is left of a last line counts as a line.
    fn finish(&mut self);

    /// What is known so far.
    fn reading(&self) -> &Reading;

    /// What the agent did since this was last asked, in order.
    fn take_activity(&mut self) -> Vec<Activity>;
}

/// One thing an agent is able to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Capability {
    /// Going on with a session.
    Resume,
    /// A model of one's choice.
    Model,
    /// An effort of one's choice.
    Effort,
    /// A session id of one's choice.
    ChosenSession,
    /// A read-only mode of its own that holds.
    ReadOnly,
    /// A read-only mode of its own that the operating system enforces.
    ReadOnlySandbox,
    /// A final message that follows a schema.
    AnswerSchema,
    /// Figures of what a run cost in tokens.
    Usage,
    /// Figures of what a run cost in money.
    Cost,
    /// The time at which a usage limit is reset.
    ResetTime,
}

impl Capability {
    /// Its word on the wire and on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Resume => "resume",
            Self::Model => "model",
            Self::Effort => "effort",
            Self::ChosenSession => "chosen-session",
            Self::ReadOnly => "read-only",
            Self::ReadOnlySandbox => "read-only-sandbox",
            Self::AnswerSchema => "answer-schema",
            Self::Usage => "usage",
            Self::Cost => "cost",
            Self::ResetTime => "reset-time",
        }
    }
}

/// Where an agent keeps what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folders {
    /// Where its sessions are; what `longhaul agents` shows. Nothing if it keeps none.
    pub sessions: Option<PathBuf>,
    /// What even a reader of it must be able to write: sessions, logs, caches, state databases.
    pub writable: Vec<PathBuf>,
    /// Inside those, what a reader must not write: configuration, hooks, plugins, memory.
    pub read_only: Vec<PathBuf>,
    /// Files that it writes at its very first start where a reader must not, and without which it does not start; made
    /// for it with this content where they are missing.
    pub first_files: Vec<(PathBuf, &'static str)>,
}

/// The variables of the environment that belong to an agent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks {
    /// What it leaves to the programs it runs. Another agent that finds one of these would believe that it runs inside of it,
    /// so none that is started gets them.
    pub inside: &'static [&'static str],
    /// What leads it to its own things. A child has them from its parent: a task that only reads could otherwise name any
    /// folder as one that must be writable for what it submits.
    pub places: &'static [&'static str],
    /// By which of [`Marks::inside`] it tells its session; nothing if it does not.
    pub session: Option<&'static str>,
}

/// How to find out whether an agent is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// Run it with these arguments: exit 0 means yes.
    Arguments(&'static [&'static str]),
    /// Ask it, unless something else says it first.
    Ask {
        /// Run it with these arguments: exit 0 means yes, another one no.
        arguments: &'static [&'static str],
        /// Any of these variables means yes.
        variables: &'static [&'static str],
        /// A setting at the beginning of a line of this file, below its settings folder, means that it need not be.
        elsewhere: &'static [(&'static str, &'static str)],
    },
    /// Any of these variables, or any of these files below the home folder, means probably yes.
    Traces {
        /// Variables.
        variables: &'static [&'static str],
        /// Files, relative to the home folder.
        files: &'static [&'static str],
    },
    /// It cannot be told.
    Unknown,
}

/// Something a user should know of the installed version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// What does not work with it.
    pub message: String,
    /// What helps.
    pub cure: String,
}

/// The home folder in this environment; nothing if it has none.
pub(crate) fn home(environment: &BTreeMap<String, String>) -> Option<&Path> {
    environment.get("HOME").map(Path::new).filter(|home| home.is_absolute())
}
