//! `status`, `list`, `logs`, `activity`, `inbox`, `result`: reading.

use std::path::PathBuf;

use clap::Args;
use longhaul_model::{StateName, TaskId};

/// `status`
#[derive(Debug, Default, Args)]
#[command(after_help = "Example:\n  longhaul status 12")]
pub(crate) struct StatusArguments {
    /// The tasks; none for the overview.
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<TaskId>,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `list`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  longhaul list --state failed,interrupted --workspace .")]
pub(crate) struct ListArguments {
    /// Only tasks in these states.
    #[arg(long, value_name = "STATE", value_delimiter = ',')]
    pub(crate) state: Vec<StateName>,
    /// Only tasks of the workspace this folder belongs to.
    #[arg(long, value_name = "DIR")]
    pub(crate) workspace: Option<PathBuf>,
    /// Only tasks of this agent.
    #[arg(long)]
    pub(crate) agent: Option<String>,
    /// Only tasks of this kind.
    #[arg(long)]
    pub(crate) kind: Option<String>,
    /// Only tasks in this queue.
    #[arg(long)]
    pub(crate) queue: Option<String>,
    /// Only children of this task.
    #[arg(long, value_name = "ID")]
    pub(crate) parent: Option<TaskId>,
    /// Only tasks from this chat session.
    #[arg(long, value_name = "SESSION")]
    pub(crate) origin_session: Option<String>,
    /// Only tasks with this label.
    #[arg(long, value_name = "KEY[=VALUE]")]
    pub(crate) label: Option<String>,
    /// Only tasks with these words in name, prompt or result.
    #[arg(long, value_name = "TEXT")]
    pub(crate) search: Option<String>,
    /// How many at most.
    #[arg(long, value_name = "N", default_value_t = 50, conflicts_with = "all")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: u32,
    /// All of them.
    #[arg(long)]
    pub(crate) all: bool,
    /// Go on after an earlier list: its `next`.
    #[arg(long)]
    pub(crate) cursor: Option<String>,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `logs`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  longhaul logs 12 -f --tail 20")]
pub(crate) struct LogsArguments {
    /// The task.
    #[arg(value_name = "ID")]
    pub(crate) id: TaskId,
    /// Go on until the task is over.
    #[arg(short = 'f', long)]
    pub(crate) follow: bool,
    /// Which attempt [default: the newest].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) attempt: Option<u32>,
    /// Only standard output.
    #[arg(long, conflicts_with = "stderr")]
    pub(crate) stdout: bool,
    /// Only standard error.
    #[arg(long)]
    pub(crate) stderr: bool,
    /// Put the time before each line.
    #[arg(long)]
    pub(crate) timestamps: bool,
    /// Only the last lines.
    #[arg(long, value_name = "N")]
    pub(crate) tail: Option<u64>,
    /// Print pieces with stream and time as JSON, one per line.
    #[arg(long, conflicts_with = "timestamps")]
    pub(crate) json: bool,
}

/// `activity`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  longhaul activity 12 -f")]
pub(crate) struct ActivityArguments {
    /// The task.
    #[arg(value_name = "ID")]
    pub(crate) id: TaskId,
    /// Go on until the task is over.
    #[arg(short = 'f', long)]
    pub(crate) follow: bool,
    /// Which attempt [default: the newest].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) attempt: Option<u32>,
    /// Print what it did as JSON, one per line.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `inbox`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  longhaul inbox --origin-session 0199 --ack")]
pub(crate) struct InboxArguments {
    /// Only what this chat session asked for [default: as the environment tells].
    #[arg(long, value_name = "SESSION")]
    pub(crate) origin_session: Option<String>,
    /// Only children of this task [default: the task we are inside of].
    #[arg(long, value_name = "ID")]
    pub(crate) parent: Option<TaskId>,
    /// Take them: they are not listed again.
    #[arg(long)]
    pub(crate) ack: bool,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `result`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  longhaul result 12 > out.txt")]
pub(crate) struct ResultArguments {
    /// The task.
    #[arg(value_name = "ID")]
    pub(crate) id: TaskId,
    /// The chat session that asks: what it asked for is taken out of its inbox [default: as the environment tells].
    #[arg(long, value_name = "SESSION")]
    pub(crate) origin_session: Option<String>,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
