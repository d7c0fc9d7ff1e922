//! What a task may do to its workspace, and where it works.

use clap::{Args, ValueEnum};
use longhaul_api::SubmitRequest;

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
    pub(crate) isolation: Option<IsolationWord>,
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
pub(crate) enum IsolationWord {
    /// In the workspace itself, one at a time.
    InPlace,
    /// In a git worktree and branch of its own.
    Worktree,
}

impl AccessArguments {
    /// Puts them into a request. What is not said is left to the daemon: it depends on the kind and the workspace.
    pub(crate) fn put(&self, request: &mut SubmitRequest) {
        let isolation = self.isolation.or(self.worktree.then_some(IsolationWord::Worktree));
        let access = match (self.read_only, self.write || isolation.is_some()) {
            (true, _) => Some("read-only"),
            (false, true) => Some("write"),
            (false, false) => None,
        };
        request.access = access.map(str::to_owned);
        request.isolation = isolation.map(|word| word.word().to_owned());
        request.base.clone_from(&self.base);
        request.with_changes = self.with_changes.then_some(true);
    }
}

impl IsolationWord {
    /// The word on the wire.
    fn word(self) -> &'static str {
        match self {
            Self::InPlace => "in-place",
            Self::Worktree => "worktree",
        }
    }
}
