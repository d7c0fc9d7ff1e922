//! The commands by name.

use clap::{Parser, Subcommand};

use super::{
    ActivityArguments, AdversarialReviewArguments, AwaitArguments, CancelArguments, CloneArguments,
    CompletionsArguments, DaemonCommand, DiffArguments, DiscardArguments, EditArguments, IdsArguments, InboxArguments,
    InternalCommand, JsonArguments, LandArguments, LimitArguments, ListArguments, LogsArguments,
    NotificationsArguments, OpenArguments, PauseArguments, PruneArguments, RedispatchArguments, RepeatArguments,
    ResultArguments, ReviewArguments, RunArguments, StatusArguments, TokenCommand, TrustArguments, WakeArguments,
};

/// The durable task queue for coding agents: hand it an agent's run or a command, walk away, and know for certain when it ended, how, and with what result.
#[derive(Debug, Parser)]
#[command(name = "longhaul", version, disable_help_subcommand = true, max_term_width = 110)]
#[command(
    after_help = "Example:\n  longhaul run --agent codex \"find out why the login test fails\"\n  longhaul run -- make test\n\nWithout a command: a short overview."
)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Ask an agent, or run a command, as a task.
    #[command(visible_alias = "task")]
    Run(Box<RunArguments>),
    /// Wait until tasks are over and print their results.
    Await(AwaitArguments),
    /// Show tasks in full, or the overview: what needs me, what runs, what stands in line.
    Status(StatusArguments),
    /// List tasks, newest first.
    List(ListArguments),
    /// Print the output of a task, both streams in order of arrival.
    Logs(LogsArguments),
    /// Show what an agent says and does: messages, thoughts, tools with their results, file changes, plan.
    Activity(ActivityArguments),
    /// List completions that a chat session or a task asked for and nobody has taken yet.
    Inbox(InboxArguments),
    /// Print the result of a finished task, byte for byte: an agent's final message, a command's standard output.
    Result(ResultArguments),
    /// Cancel tasks and their children; returns when they are gone.
    Cancel(CancelArguments),
    /// Make a new task of the same spec.
    Retry(RepeatArguments),
    /// Make a new task of the same spec that goes on where the old one stopped, if it can.
    Redispatch(RedispatchArguments),
    /// Change a task that has not started.
    Edit(Box<EditArguments>),
    /// Probe prerequisites now: of one task, or of all.
    Wake(WakeArguments),
    /// Keep tasks from starting until they are released.
    #[command(after_help = "Example:\n  longhaul hold 12")]
    Hold(IdsArguments),
    /// Release held tasks.
    #[command(after_help = "Example:\n  longhaul release 12")]
    Release(IdsArguments),
    /// Move tasks to the front of their queue.
    #[command(after_help = "Example:\n  longhaul top 12")]
    Top(IdsArguments),
    /// Take tasks off the list of those that need me.
    #[command(after_help = "Example:\n  longhaul ack 12 13")]
    Ack(IdsArguments),
    /// Stop starting tasks; running ones go on.
    #[command(after_help = "Example:\n  longhaul pause --queue nightly")]
    Pause(PauseArguments),
    /// Start tasks again.
    #[command(after_help = "Example:\n  longhaul resume --queue nightly")]
    Resume(PauseArguments),
    /// Show or set how many tasks of a queue may run at once.
    Limit(LimitArguments),
    /// Show what a task changed: in its worktree, or in place.
    Diff(DiffArguments),
    /// Bring the changes of a task's worktree into the workspace, or say what both sides changed.
    Land(LandArguments),
    /// Give a task's worktree up, after what only it has was saved as a branch and a patch.
    Discard(DiscardArguments),
    /// Let the commands in a repository's `.longhaul.toml` run, as the file is now.
    Trust(TrustArguments),
    /// Clone a repository as a task.
    Clone(Box<CloneArguments>),
    /// Have an agent review uncommitted changes, or those of a branch; it only reads.
    Review(Box<ReviewArguments>),
    /// The same, by an adversary who tries to show that the change must not be merged.
    AdversarialReview(Box<AdversarialReviewArguments>),
    /// Remove old finished tasks.
    Prune(PruneArguments),
    /// Print all tasks with their history as JSON lines, newest first.
    #[command(after_help = "Example:\n  longhaul export > tasks.jsonl")]
    Export,
    /// Open the page in the browser, already signed in.
    Open(OpenArguments),
    /// Show what was told to those who were not looking, and what became of it.
    Notifications(NotificationsArguments),
    /// Show or replace the token that programs present on TCP.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Show which coding agents are installed, in which version, and whether they are signed in.
    #[command(after_help = "Example:\n  longhaul agents")]
    Agents(JsonArguments),
    /// Look for what is wrong, and say what helps.
    #[command(after_help = "Example:\n  longhaul doctor")]
    Doctor(JsonArguments),
    /// Run, stop or look at the daemon.
    #[command(subcommand)]
    Daemon(DaemonCommand),
    /// Print the completion script of a shell.
    Completions(CompletionsArguments),
    /// Print the version.
    #[command(after_help = "Example:\n  longhaul version")]
    Version(JsonArguments),
    /// What generates the reference pages.
    #[command(subcommand, hide = true)]
    Internal(InternalCommand),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn every_command_shows_an_example() {
        fn check(command: &clap::Command) {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(
                command.is_hide_set() || help.contains("Example"),
                "`{}` has no example",
                command.get_name()
            );
            command
                .get_subcommands()
                .filter(|sub| !sub.is_hide_set())
                .for_each(check);
        }
        check(&CommandLine::command());
    }
}
