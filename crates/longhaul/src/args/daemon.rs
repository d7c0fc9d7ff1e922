//! `daemon`, `completions`, `internal`, and commands that take only `--json`.

use clap::{Args, Subcommand};
use clap_complete::Shell;

/// Commands with no other option.
#[derive(Debug, Default, Args)]
pub(crate) struct JsonArguments {
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `completions`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  longhaul completions bash > ~/.local/share/bash-completion/completions/longhaul")]
pub(crate) struct CompletionsArguments {
    /// The shell.
    pub(crate) shell: Shell,
}

/// `daemon`
#[derive(Debug, Subcommand)]
#[command(after_help = "It starts by itself when a command needs it.\n\nExample:\n  longhaul daemon status")]
pub(crate) enum DaemonCommand {
    /// Run the daemon in the foreground.
    #[command(after_help = "Example:\n  LONGHAUL_LOG=debug longhaul daemon run")]
    Run {
        /// Belongs to no terminal; started by a client.
        #[arg(long, hide = true)]
        detached: bool,
    },
    /// Start the daemon if there is none, in another program's sandbox, too.
    #[command(after_help = "Example:\n  longhaul daemon start")]
    Start,
    /// Show the daemon; never starts one.
    #[command(after_help = "Example:\n  longhaul daemon status --json")]
    Status(JsonArguments),
    /// Stop the daemon; tasks go on.
    #[command(after_help = "Example:\n  longhaul daemon stop")]
    Stop,
    /// Put a new daemon in its place, after an upgrade; tasks go on.
    #[command(after_help = "Example:\n  longhaul daemon restart")]
    Restart,
    /// Write a service file that starts the daemon at login, and say how to enable it.
    #[command(after_help = "Example:\n  longhaul daemon install")]
    Install,
}

/// `internal`
#[derive(Debug, Subcommand)]
pub(crate) enum InternalCommand {
    /// Print the OpenAPI document.
    Openapi,
    /// Print the configuration reference as Markdown.
    ConfigurationReference,
}
