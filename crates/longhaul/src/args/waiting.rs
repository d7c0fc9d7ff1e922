//! How long and how visibly to wait.

use clap::Args;
use longhaul_model::TaskId;

use super::values::WaitLimit;

/// `await`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  longhaul await 12 --timeout 10m --progress 30s")]
pub(crate) struct AwaitArguments {
    /// The tasks.
    #[arg(required = true, value_name = "ID")]
    pub(crate) ids: Vec<TaskId>,
    /// Return when the first of them is over.
    #[arg(long)]
    pub(crate) any: bool,
    /// Wait this long at most; 0 looks once [default: 6h].
    #[arg(
        long,
        value_name = "TIME",
        allow_negative_numbers = true,
        conflicts_with = "timeout_ms"
    )]
    pub(crate) timeout: Option<WaitLimit>,
    #[command(flatten)]
    pub(crate) wait: WaitArguments,
    /// The chat session that waits: what it asked for is taken out of its inbox [default: as the environment tells].
    #[arg(long, value_name = "SESSION")]
    pub(crate) origin_session: Option<String>,
    /// Print the tasks as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What `await` and `run --await` share.
#[derive(Debug, Default, Args)]
pub(crate) struct WaitArguments {
    /// The wait's limit in milliseconds, as the companion CLI spells it.
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = WaitLimit::from_milliseconds)]
    pub(crate) timeout_ms: Option<WaitLimit>,
    /// Accepted and ignored: nothing is polled.
    #[arg(long, value_name = "N", hide = true)]
    pub(crate) poll_interval_ms: Option<String>,
    /// Print a line of progress this often.
    #[arg(long, value_name = "TIME", allow_negative_numbers = true, value_parser = longhaul_model::parse_duration)]
    pub(crate) progress: Option<std::time::Duration>,
}
