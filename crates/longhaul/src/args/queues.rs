//! `pause`, `resume`, `limit`.

use std::str::FromStr;

use clap::Args;
use longhaul_model::QueueName;

/// `pause` and `resume`
#[derive(Debug, Args)]
pub(crate) struct PauseArguments {
    /// Only this queue.
    #[arg(long, value_name = "QUEUE")]
    pub(crate) queue: Option<QueueName>,
    /// Print all queues as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `limit`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  longhaul limit default 8\n  longhaul limit total none")]
pub(crate) struct LimitArguments {
    /// The queue, or `total` for all together; none to show all limits.
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// How many may run at once, or `none`; nothing to show the limit.
    #[arg(value_name = "N|none")]
    pub(crate) limit: Option<LimitValue>,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// A number, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LimitValue(pub(crate) Option<u32>);

impl FromStr for LimitValue {
    type Err = String;

    fn from_str(typed: &str) -> Result<Self, String> {
        match typed {
            "none" => Ok(Self(None)),
            number => number
                .parse()
                .map(|n| Self(Some(n)))
                .map_err(|_| "write a whole number or `none`".to_owned()),
        }
    }
}
