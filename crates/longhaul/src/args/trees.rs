//! `diff`, `land`, `discard`, `trust`: what becomes of a worktree.

use std::path::PathBuf;

use clap::Args;
use longhaul_model::{LandManner, TaskId};

/// `diff`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  longhaul diff 12 --stat\n  longhaul diff 12 | git apply --check")]
pub(crate) struct DiffArguments {
    /// The task.
    #[arg(value_name = "ID")]
    pub(crate) id: TaskId,
    /// Only the files, with how many lines changed in each.
    #[arg(long)]
    pub(crate) stat: bool,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `land`
#[derive(Debug, Args)]
#[command(
    after_help = "Exit code 4: both sides changed the same; nothing was touched.\n\nExample:\n  \
                        longhaul land 12 --message \"Fix the parser\""
)]
pub(crate) struct LandArguments {
    /// The task.
    #[arg(value_name = "ID")]
    pub(crate) id: TaskId,
    /// As one commit [default].
    #[arg(long, conflicts_with_all = ["merge", "rebase"])]
    pub(crate) squash: bool,
    /// By a merge commit.
    #[arg(long, conflicts_with = "rebase")]
    pub(crate) merge: bool,
    /// Each commit anew, on top of the target.
    #[arg(long)]
    pub(crate) rebase: bool,
    /// The commit message [default: made from the task].
    #[arg(short = 'm', long, value_name = "TEXT")]
    pub(crate) message: Option<String>,
    /// Return at once; print the id of the landing alone.
    #[arg(short = 'd', long, visible_alias = "detach")]
    pub(crate) background: bool,
    /// Print the landing as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `discard`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  longhaul discard 12")]
pub(crate) struct DiscardArguments {
    /// The task.
    #[arg(value_name = "ID")]
    pub(crate) id: TaskId,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `trust`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  longhaul trust .")]
pub(crate) struct TrustArguments {
    /// The repository, or a folder in it.
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `redispatch`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  longhaul redispatch 12\n  longhaul redispatch 12 --onto-target")]
pub(crate) struct RedispatchArguments {
    /// The task.
    #[arg(value_name = "ID")]
    pub(crate) id: TaskId,
    /// Even if it completed.
    #[arg(long)]
    pub(crate) force: bool,
    /// Merge the branch it is to land on into its worktree first. Implies --force: a landing that met conflicts is why.
    #[arg(long)]
    pub(crate) onto_target: bool,
    /// Print `{"task_id": N}`.
    #[arg(long)]
    pub(crate) json: bool,
}

impl LandArguments {
    /// How the changes become commits; nothing if it was not said.
    pub(crate) fn manner(&self) -> Option<LandManner> {
        match (self.squash, self.merge, self.rebase) {
            (true, ..) => Some(LandManner::Squash),
            (_, true, _) => Some(LandManner::Merge),
            (.., true) => Some(LandManner::Rebase),
            _ => None,
        }
    }
}
