//! What an adapter is asked for a start, and what it answers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A run that is to be started.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The program, found already.
    pub program: &'a Path,
    /// The folder it works in; for a resumed session the one it began in.
    pub cwd: &'a Path,
    /// The prompt.
    pub prompt: &'a str,
    /// The model, in the agent's own words; nothing means its default.
    pub model: Option<&'a str>,
    /// How hard it should think, in the agent's own words; nothing means its default.
    pub effort: Option<&'a str>,
    /// The session to go on with; nothing means a new one.
    pub resume: Option<&'a str>,
    /// A fresh UUID: the id of a new session for agents that let one choose, and a title to find it by for others.
    pub fresh_id: &'a str,
    /// Whether it may write.
    pub may_write: bool,
    /// Who keeps it from writing where it may not.
    pub enforced: Enforced,
    /// How far a writer's own guards are opened.
    pub write_mode: WriteMode,
    /// The JSON schema its final message should follow, as text, and a file that holds it; nothing means any text.
    pub answer_schema: Option<(&'a str, &'a Path)>,
    /// A folder outside of its own that it has to read; nothing if there is none.
    pub readable: Option<&'a Path>,
    /// A folder of the task's own, for files that go with the command line.
    pub folder: &'a Path,
    /// Arguments that the configuration adds.
    pub arguments: &'a [String],
    /// The environment it gets.
    pub environment: &'a BTreeMap<String, String>,
    /// Whether it runs as root, which some agents refuse for some of their modes.
    pub is_root: bool,
}

/// Who keeps a reader from writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enforced {
    /// The kernel alone: all the agent's tools are on, its own sandbox is off, since the two would collide.
    Kernel,
    /// The kernel in part: the agent's own read-only switches as well, unless they cannot work inside.
    KernelPartial,
    /// The agent's own read-only switches alone.
    Agent,
}

/// How far a writer's own guards are opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WriteMode {
    /// The agent's own workspace sandbox where it has one, and everything allowed within.
    #[default]
    Workspace,
    /// No guard of the agent at all.
    Full,
}

/// How it is started. The prompt goes in on standard input, from a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launch {
    /// The arguments after the program.
    pub arguments: Vec<String>,
    /// Variables on top of the task's environment.
    pub environment: Vec<(&'static str, String)>,
    /// What it reads on standard input: the prompt, guarded against being read as a command of the agent.
    pub stdin: Vec<u8>,
    /// Files it needs beside its prompt, by a name that some argument refers to; written before the start.
    pub files: Vec<(PathBuf, Vec<u8>)>,
    /// The id of its session, where that is known before the start.
    pub session: Option<String>,
}
