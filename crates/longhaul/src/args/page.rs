//! `open`, `token` and `notifications`.

use clap::{Args, Subcommand};
use longhaul_model::TaskId;

/// `open`
#[derive(Debug, Args)]
#[command(
    after_help = "The address signs in once, within two minutes. Without a display it is only printed.\n\n\
                        Example:\n  longhaul open 12"
)]
pub(crate) struct OpenArguments {
    /// Show this task.
    pub(crate) id: Option<TaskId>,
    /// Only print the address.
    #[arg(long)]
    pub(crate) print: bool,
}

/// `token`
#[derive(Debug, Subcommand)]
#[command(after_help = "On the Unix socket no token is needed.\n\nExample:\n  \
                        curl -H \"Authorization: Bearer $(longhaul token show)\" http://127.0.0.1:7717/api/v1/stats")]
pub(crate) enum TokenCommand {
    /// Print the token.
    #[command(after_help = "Example:\n  longhaul token show")]
    Show,
    /// Make a new token and print it: the old one and all signed-in pages are out at once.
    #[command(after_help = "Example:\n  longhaul token rotate")]
    Rotate,
}

/// `notifications`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  longhaul notifications 12")]
pub(crate) struct NotificationsArguments {
    /// Only those of this task.
    pub(crate) id: Option<TaskId>,
    /// How many.
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) limit: u32,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
