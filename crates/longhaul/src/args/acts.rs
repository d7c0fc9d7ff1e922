//! Commands that change tasks.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use longhaul_model::{Prerequisite, QueueName, TaskId, parse_duration};

use super::values::{Clearable, Label, TimeOfDay, length_or_none, limit_or_none, text_or_none, time_or_none};

/// Commands that take tasks and nothing else.
#[derive(Debug, Args)]
pub(crate) struct IdsArguments {
    /// The tasks.
    #[arg(required = true, value_name = "ID")]
    pub(crate) ids: Vec<TaskId>,
    /// Print the tasks as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `wake`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  longhaul wake 12")]
pub(crate) struct WakeArguments {
    /// The task; none for all that wait.
    #[arg(value_name = "ID")]
    pub(crate) id: Option<TaskId>,
    /// Print the task as JSON.
    #[arg(long, requires = "id")]
    pub(crate) json: bool,
}

/// `cancel`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  longhaul cancel 12 --reason \"wrong branch\"")]
pub(crate) struct CancelArguments {
    /// The tasks.
    #[arg(required = true, value_name = "ID")]
    pub(crate) ids: Vec<TaskId>,
    /// Why they are canceled; kept in the history.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Return at once instead of when they are gone.
    #[arg(long)]
    pub(crate) no_wait: bool,
    /// Print the tasks as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `retry` and `redispatch`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  longhaul retry 12")]
pub(crate) struct RepeatArguments {
    /// The task.
    #[arg(value_name = "ID")]
    pub(crate) id: TaskId,
    /// Even if it completed.
    #[arg(long)]
    pub(crate) force: bool,
    /// Print `{"task_id": N}`.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `edit`
#[derive(Debug, Args)]
#[command(override_usage = "longhaul edit [OPTIONS] ID [-- CMD…]")]
#[command(
    after_help = "What is not given stays as it is; `none` takes a value away.\n\nExample:\n  \
                        longhaul edit 12 --priority 5 --timeout none"
)]
pub(crate) struct EditArguments {
    /// The task.
    #[arg(value_name = "ID")]
    pub(crate) id: TaskId,
    /// What the agent is asked; `-` reads it from standard input.
    #[arg(
        long,
        value_name = "PROMPT",
        allow_hyphen_values = true,
        conflicts_with = "prompt_file"
    )]
    pub(crate) prompt: Option<OsString>,
    /// What the agent is asked is in this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) prompt_file: Option<PathBuf>,
    /// The agent's model, or `none` for its default.
    #[arg(long, value_name = "NAME|none", value_parser = text_or_none)]
    pub(crate) model: Option<Clearable<String>>,
    /// How hard the agent thinks, or `none` for its default.
    #[arg(long, value_name = "WORD|none", value_parser = text_or_none)]
    pub(crate) effort: Option<Clearable<String>>,
    /// The name, or `none`.
    #[arg(long, value_parser = text_or_none)]
    pub(crate) name: Option<Clearable<String>>,
    /// The queue.
    #[arg(long)]
    pub(crate) queue: Option<QueueName>,
    /// The priority.
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(crate) priority: Option<i32>,
    /// The tasks that must complete first, all of them; `none` for none.
    #[arg(long, value_name = "ID,…|none")]
    pub(crate) after: Vec<String>,
    /// The prerequisites, all of them; may be repeated.
    #[arg(long, value_name = "WHAT", conflicts_with = "requires_nothing")]
    pub(crate) requires: Vec<Prerequisite>,
    /// No prerequisites.
    #[arg(long)]
    pub(crate) requires_nothing: bool,
    /// Start after this long, from now.
    #[arg(long = "in", value_name = "TIME", allow_negative_numbers = true, value_parser = parse_duration)]
    #[arg(conflicts_with = "start_at")]
    pub(crate) start_in: Option<Duration>,
    /// Start at this time; `none` for at once.
    #[arg(long = "at", value_name = "TIME|none", value_parser = time_or_none)]
    pub(crate) start_at: Option<Clearable<TimeOfDay>>,
    /// Give up if it has not started this long from now, or `none`.
    #[arg(long, value_name = "TIME|none", allow_negative_numbers = true, value_parser = length_or_none)]
    pub(crate) wait_deadline: Option<Clearable<Duration>>,
    /// The run timeout, or `none`.
    #[arg(long, value_name = "TIME|none", allow_negative_numbers = true, value_parser = limit_or_none)]
    pub(crate) timeout: Option<Clearable<Duration>>,
    /// The idle timeout, or `none`.
    #[arg(long, value_name = "TIME|none", allow_negative_numbers = true, value_parser = limit_or_none)]
    pub(crate) idle_timeout: Option<Clearable<Duration>>,
    /// How many times to try again.
    #[arg(long, value_name = "N")]
    pub(crate) retries: Option<u32>,
    /// The labels, all of them; may be repeated.
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) label: Vec<Label>,
    /// Print the task as JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// The command, after `--`.
    #[arg(last = true, value_name = "CMD")]
    pub(crate) command: Vec<OsString>,
}

/// `prune`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  longhaul prune --older-than 7d --keep 100")]
pub(crate) struct PruneArguments {
    /// Only tasks that ended longer ago than this [default: as configured, 30d].
    #[arg(long, value_name = "TIME", allow_negative_numbers = true, value_parser = parse_duration)]
    pub(crate) older_than: Option<Duration>,
    /// Keep at least this many of the newest finished tasks [default: as configured, 1000].
    #[arg(long, value_name = "N")]
    pub(crate) keep: Option<u64>,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
