//! What a task may do to its workspace, and where it works.

use clap::{Args, ValueEnum};
use longhaul_api::{SubmitRequest, Word};
use longhaul_model::{Access, Isolation};

/// What a task may do to its workspace, and where it works.
#[derive(Debug, Args)]
pub(crate) struct AccessArguments {
    /// It only reads: it takes a reader's lane and cannot write [default for agents].
    #[arg(long, conflicts_with_all = ["write", "worktree", "isolation"])]
    pub(crate) read_only: bool,
    /// It writes: one at a time in a workspace, or in a worktree of its own.
    #[arg(long)]
    pub(crate) write: bool,
    /// Where a writer works [default: in-place]. Implies --write.
    #[arg(long, value_name = "WORD")]
    pub(crate) isolation: Option<IsolationArgument>,
    /// It works in a git worktree and branch of its own: short for `--isolation worktree`.
    #[arg(long, conflicts_with = "isolation")]
    pub(crate) worktree: bool,
    /// What the worktree is made from [default: what the workspace has checked out].
    #[arg(long, value_name = "REF")]
    pub(crate) base: Option<String>,
    /// The worktree begins with the workspace's uncommitted changes.
    #[arg(long)]
    pub(crate) with_changes: bool,
}

/// Where a writer works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum IsolationArgument {
    /// In the workspace itself, one at a time.
    InPlace,
    /// In a git worktree and branch of its own.
    Worktree,
}

impl AccessArguments {
    /// Puts them into a request. What is not said is left to the daemon: it depends on the kind and the workspace.
    pub(crate) fn put(&self, request: &mut SubmitRequest) {
        let isolation = self.isolation.or(self.worktree.then_some(IsolationArgument::Worktree));
        let access = match (self.read_only, self.write || isolation.is_some()) {
            (true, _) => Some(Access::ReadOnly),
            (false, true) => Some(Access::Write),
            (false, false) => None,
        };
        request.access = access.map(Word::from);
        request.isolation = isolation.map(|argument| argument.meant().into());
        request.base.clone_from(&self.base);
        request.with_changes = self.with_changes.then_some(true);
    }
}

impl IsolationArgument {
    fn meant(self) -> Isolation {
        match self {
            Self::InPlace => Isolation::InPlace,
            Self::Worktree => Isolation::Worktree,
        }
    }
}
