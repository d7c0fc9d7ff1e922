//! `run` and `clone`: what is to be done, and everything that may be said about a submit.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use longhaul_model::{Leftovers, Notify, Prerequisite, QueueName, TaskId, parse_duration};

use super::access::AccessArguments;
use super::agent::{AgentArguments, PromptArguments};
use super::values::{Label, TimeOfDay, Variable, WaitLimit, limit};
use super::waiting::WaitArguments;

/// `run`
#[derive(Debug, Args)]
#[command(override_usage = "longhaul run [OPTIONS] PROMPT\n       longhaul run [OPTIONS] -- CMD…")]
#[command(after_help = "With --agent, what follows `--` is the prompt.\n\nExample:\n  \
                  longhaul run -d --agent codex \"find out why the login test fails\"\n  \
                  longhaul run --agent claude --write \"fix it\"\n  \
                  longhaul run --name tests --retries 2 -- make test")]
pub(crate) struct RunArguments {
    /// What an agent is asked, as one argument; `-` reads it from standard input.
    #[arg(value_name = "PROMPT")]
    pub(crate) prompt: Vec<OsString>,
    #[command(flatten)]
    pub(crate) agent: AgentArguments,
    #[command(flatten)]
    pub(crate) prompt_from: PromptArguments,
    #[command(flatten)]
    pub(crate) submit: SubmitArguments,
    #[command(flatten)]
    pub(crate) access: AccessArguments,
    /// What the command reads on standard input: a file, or `-` for what this process reads [default: nothing].
    #[arg(long, value_name = "FILE|-")]
    pub(crate) stdin: Option<PathBuf>,
    /// Give the command a terminal of its own.
    #[arg(long)]
    pub(crate) pty: bool,
    /// What happens to processes that the command leaves running [default: stop].
    #[arg(long, value_name = "WORD")]
    pub(crate) leftovers: Option<LeftoversArgument>,
    /// The command and its arguments, after `--`; with an agent its prompt.
    #[arg(last = true, value_name = "CMD")]
    pub(crate) command: Vec<OsString>,
}

/// `clone`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  longhaul clone https://example.org/project.git")]
pub(crate) struct CloneArguments {
    /// What to clone. A password in it is kept for retries and shown nowhere; the clone's configuration is without it.
    pub(crate) url: String,
    /// Where to [default: a folder named after the URL].
    pub(crate) dir: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) submit: SubmitArguments,
}

/// What may be said about any submit.
#[derive(Debug, Args)]
pub(crate) struct SubmitArguments {
    /// Return at once; print the id alone.
    #[arg(short = 'd', long, visible_alias = "detach")]
    pub(crate) background: bool,
    /// Print the id first, then wait like `await`.
    #[arg(long = "await")]
    pub(crate) wait_for_it: bool,
    /// With `--await`: wait this long at most [default: 6h].
    #[arg(long, value_name = "TIME", allow_negative_numbers = true)]
    #[arg(conflicts_with = "timeout_ms", requires = "wait_for_it")]
    pub(crate) wait_timeout: Option<WaitLimit>,
    #[command(flatten)]
    pub(crate) wait: WaitArguments,
    /// Print the task as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// The folder to work in [default: this one].
    #[arg(short = 'C', value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
    /// A name for people.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// The queue; a new name makes a new queue [default: default].
    #[arg(long)]
    pub(crate) queue: Option<QueueName>,
    /// Higher goes first [default: 0].
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(crate) priority: Option<i32>,
    /// Start only after this task has completed; may be repeated.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) after: Vec<TaskId>,
    /// Start only when this is there: `file:PATH`, `tcp:HOST:PORT`, `http:URL` or `cmd:COMMAND`; may be repeated.
    #[arg(long, value_name = "WHAT")]
    pub(crate) requires: Vec<Prerequisite>,
    /// Give up if it has not started after this long.
    #[arg(long, value_name = "TIME", allow_negative_numbers = true, value_parser = parse_duration)]
    pub(crate) wait_deadline: Option<Duration>,
    /// Start after this long.
    #[arg(long = "in", value_name = "TIME", allow_negative_numbers = true, value_parser = parse_duration)]
    #[arg(conflicts_with = "start_at")]
    pub(crate) start_in: Option<Duration>,
    /// Start at this time: `18:30`, `2026-11-30 18:30` or RFC 3339.
    #[arg(long = "at", value_name = "TIME")]
    pub(crate) start_at: Option<TimeOfDay>,
    /// End it if it runs longer than this.
    #[arg(long, value_name = "TIME", allow_negative_numbers = true, value_parser = limit)]
    pub(crate) timeout: Option<Duration>,
    /// End it if it does nothing for this long.
    #[arg(long, value_name = "TIME", allow_negative_numbers = true, value_parser = limit)]
    pub(crate) idle_timeout: Option<Duration>,
    /// Try again this many times if it fails.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(crate) retries: Option<u32>,
    /// Try again, too, if nobody saw how it ended.
    #[arg(long)]
    pub(crate) retry_lost: bool,
    /// The task it belongs to.
    #[arg(long, value_name = "ID")]
    pub(crate) parent: Option<TaskId>,
    /// The same key and request is never accepted twice: the first task comes back.
    #[arg(long)]
    pub(crate) key: Option<String>,
    /// A note to find it by; may be repeated.
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) label: Vec<Label>,
    /// Set a variable for it; may be repeated.
    #[arg(long, value_name = "NAME[=VALUE]")]
    pub(crate) env: Vec<Variable>,
    /// The chat session it comes from.
    #[arg(long, value_name = "SESSION")]
    pub(crate) origin_session: Option<String>,
    /// The message it comes from.
    #[arg(long, value_name = "MESSAGE")]
    pub(crate) origin_message: Option<String>,
    /// A link back to where it comes from.
    #[arg(long, value_name = "URL")]
    pub(crate) origin_url: Option<String>,
    /// What binds it to other tasks of the same subject.
    #[arg(long, value_name = "KEY")]
    pub(crate) origin_key: Option<String>,
    /// What to tell of it to those who are not looking [default: as configured].
    #[arg(long, value_name = "WORD")]
    pub(crate) notify: Option<NotifyArgument>,
    /// Do not start it before it is released.
    #[arg(long)]
    pub(crate) hold: bool,
}

/// What becomes of processes that a command leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LeftoversArgument {
    /// They are asked to stop, then killed.
    Stop,
    /// They go on and are listed.
    Keep,
}

/// What to tell of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum NotifyArgument {
    /// Every end, and usage limits.
    All,
    /// Failures, interruptions, usage limits, conflicts.
    Problems,
    /// Completions.
    Done,
    /// Nothing.
    None,
}

impl LeftoversArgument {
    pub(crate) fn meant(self) -> Leftovers {
        match self {
            Self::Stop => Leftovers::Stop,
            Self::Keep => Leftovers::Keep,
        }
    }
}

impl NotifyArgument {
    pub(crate) fn meant(self) -> Notify {
        match self {
            Self::All => Notify::All,
            Self::Problems => Notify::Problems,
            Self::Done => Notify::Done,
            Self::None => Notify::None,
        }
    }
}
