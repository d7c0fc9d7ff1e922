//! `review` and `adversarial-review`.

use clap::Args;

use super::run::SubmitArguments;

/// `review`
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  longhaul review --agent codex --base main\n  longhaul review -d --uncommitted")]
pub(crate) struct ReviewArguments {
    #[command(flatten)]
    pub(crate) about: ReviewedArguments,
    #[command(flatten)]
    pub(crate) submit: SubmitArguments,
}

/// `adversarial-review`
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  longhaul adversarial-review --base main 'what happens when two of them run at once?'"
)]
pub(crate) struct AdversarialReviewArguments {
    /// What to look at above all: one argument, never read as options after `--`.
    #[arg(value_name = "FOCUS")]
    pub(crate) focus: Option<String>,
    #[command(flatten)]
    pub(crate) about: ReviewedArguments,
    #[command(flatten)]
    pub(crate) submit: SubmitArguments,
}

/// What is reviewed, and by whom.
#[derive(Debug, Args)]
pub(crate) struct ReviewedArguments {
    /// Review what has changed since the branch left this one, uncommitted changes included [default: uncommitted
    /// changes if there are any, else the branch].
    #[arg(long, value_name = "REF", conflicts_with = "uncommitted")]
    pub(crate) base: Option<String>,
    /// Review uncommitted changes alone.
    #[arg(long)]
    pub(crate) uncommitted: bool,
    /// The reviewer: codex, claude, opencode, gemini, or one from the configuration [default: default_agent].
    #[arg(long, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// The agent's model, in its own words [default: the agent's].
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Option<String>,
    /// How hard the agent thinks, in its own words [default: the agent's].
    #[arg(long, value_name = "WORD")]
    pub(crate) effort: Option<String>,
    /// At a usage limit fail instead of waiting for its reset.
    #[arg(long)]
    pub(crate) no_park: bool,
}
