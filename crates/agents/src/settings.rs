//! What the configuration says about an agent: `[agents.NAME]`.

use crate::launch::WriteMode;

/// What is set about one agent. For an agent that comes with Longhaul this changes how it is started; with a
/// [`TemplateSettings`] it is an agent of the user's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentSettings {
    /// The program to run: a path, or a name to look for; nothing means the agent's own name for it.
    pub program: Option<String>,
    /// The model of tasks that ask for none.
    pub model: Option<String>,
    /// The effort of tasks that ask for none.
    pub effort: Option<String>,
    /// How far a writer's own guards are opened; nothing means as for all agents.
    pub write_mode: Option<WriteMode>,
    /// Arguments in addition to those that are always given.
    pub arguments: Vec<String>,
    /// How an agent of the user's own is started and read.
    pub template: Option<TemplateSettings>,
}

/// How an agent of the user's own is started and read. Arguments may hold placeholders: `{prompt_file}`, `{model}`,
/// `{effort}`, `{session}`, `{cwd}`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TemplateSettings {
    /// The program and its arguments. The prompt is on its standard input, unless it asks for `{prompt_file}`.
    pub command: Vec<String>,
    /// The program and its arguments for going on with `{session}`; empty if it cannot.
    pub resume: Vec<String>,
    /// Arguments that keep it from changing anything; empty if there are none.
    pub read_only: Vec<String>,
    /// Arguments that let it write without asking.
    pub write: Vec<String>,
    /// Arguments that choose `{model}`; given only if there is one.
    pub model_arguments: Vec<String>,
    /// Arguments that choose `{effort}`; given only if there is one.
    pub effort_arguments: Vec<String>,
    /// How its standard output is read.
    pub output: TemplateOutput,
    /// The command that installs it, for people.
    pub install: Option<String>,
}

/// How the standard output of an agent of the user's own is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum TemplateOutput {
    /// All of it is the final message.
    #[default]
    Text,
    /// A JSON object on each line; JSON pointers (RFC 6901) say where in it something is.
    Lines {
        /// Where a line has a message; the last one is the final message.
        message: String,
        /// Where a line has the session's id; nothing if none has.
        session: Option<String>,
        /// Where a line has an error; nothing if none has.
        error: Option<String>,
    },
}
