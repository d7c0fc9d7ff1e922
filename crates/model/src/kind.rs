//! The kinds of task, and what each allows: one table, and the only place that says it.
//!
//! Whoever wants to know what a kind may do asks the table; whoever wants its words asks [`Work`](crate::Work). How a kind
//! does its work is its executor's, how it is asked for and shown its file's in the server's `kinds`.

use crate::access::Access;
use crate::words::words;

/// A kind of task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaskKind {
    /// A program and its arguments.
    Command,
    /// `git clone`.
    Clone,
    /// A coding agent.
    Agent,
    /// Bringing the changes of a worktree into the workspace it was made from.
    Land,
}

words!(TaskKind, "kind", {
    Command => "command",
    Clone => "clone",
    Agent => "agent",
    Land => "land",
});

/// What a kind of task allows and needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindRules {
    /// Whether it can be submitted; others are made by an act of their own (`land`).
    pub is_submitted: bool,
    /// What it may do to its workspace if its submitter does not say.
    pub default_access: Access,
    /// What it may be allowed to do to its workspace.
    pub access: &'static [Access],
    /// Whether its program works on the files of the workspace: it may have a worktree of its own, what it changes in
    /// place is recorded, and what an earlier attempt left there concerns it.
    pub edits_workspace: bool,
    /// Whether it is a conversation that a later task can go on with.
    pub resumes_session: bool,
    /// What it tells while it runs.
    pub tells: Tells,
    /// What its result is, as `longhaul result` prints it.
    pub gives: Gives,
    /// Whether a usage limit can stop it: what it then prints tells a time of its own time zone, and it may be parked.
    pub meets_usage_limits: bool,
    /// Whether its program keeps itself from writing if nobody else does, and leaves that to the kernel where the kernel
    /// can: such a reader must not start with less than it was told to rely on.
    pub guards_itself: bool,
    /// Whether its program has a cache of its own that stays where it is although the task only reads.
    pub keeps_own_cache: bool,
}

/// What a kind of task tells while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tells {
    /// Nothing but its output.
    Nothing,
    /// How far it is.
    Progress,
    /// What it does, step by step.
    Activity,
}

/// What the result of a kind of task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gives {
    /// What its program printed to standard output.
    StandardOutput,
    /// The final message of an agent.
    FinalMessage,
    /// The folder that is there now.
    Folder,
    /// What became of it is a fact of the task.
    Nothing,
}

impl TaskKind {
    /// What it allows and needs.
    pub const fn rules(self) -> KindRules {
        match self {
            Self::Command => KindRules {
                is_submitted: true,
                default_access: Access::Unmanaged,
                access: &[Access::ReadOnly, Access::Write, Access::Unmanaged],
                edits_workspace: true,
                resumes_session: false,
                tells: Tells::Nothing,
                gives: Gives::StandardOutput,
                meets_usage_limits: false,
                guards_itself: false,
                keeps_own_cache: false,
            },
            Self::Clone => KindRules {
                is_submitted: true,
                default_access: Access::Unmanaged,
                access: &[Access::Write, Access::Unmanaged],
                edits_workspace: false,
                resumes_session: false,
                tells: Tells::Progress,
                gives: Gives::Folder,
                meets_usage_limits: false,
                guards_itself: false,
                keeps_own_cache: false,
            },
            Self::Agent => KindRules {
                is_submitted: true,
                default_access: Access::ReadOnly,
                access: &[Access::ReadOnly, Access::Write],
                edits_workspace: true,
                resumes_session: true,
                tells: Tells::Activity,
                gives: Gives::FinalMessage,
                meets_usage_limits: true,
                guards_itself: true,
                keeps_own_cache: true,
            },
            Self::Land => KindRules {
                is_submitted: false,
                default_access: Access::Write,
                access: &[Access::Write],
                edits_workspace: false,
                resumes_session: false,
                tells: Tells::Progress,
                gives: Gives::Nothing,
                meets_usage_limits: false,
                guards_itself: false,
                keeps_own_cache: false,
            },
        }
    }

    /// Those that can be submitted.
    pub fn submitted() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|kind| kind.rules().is_submitted)
    }
}

impl KindRules {
    /// Whether a task of this kind may have this access.
    pub fn may_have(&self, access: Access) -> bool {
        self.access.contains(&access)
    }

    /// Whether it may only read.
    pub fn may_read_only(&self) -> bool {
        self.may_have(Access::ReadOnly)
    }

    /// Whether it may have a worktree of its own.
    pub fn may_have_worktree(&self) -> bool {
        self.edits_workspace && self.may_have(Access::Write)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_asks_for_is_something_that_the_kind_allows() {
        for kind in TaskKind::ALL {
            let rules = kind.rules();
            assert!(rules.may_have(rules.default_access), "{kind}");
        }
    }

    #[test]
    fn who_can_be_parked_has_a_session_to_go_on_with() {
        for kind in TaskKind::ALL {
            let rules = kind.rules();
            assert!(!rules.meets_usage_limits || rules.resumes_session, "{kind}");
        }
    }

    #[test]
    fn only_what_edits_a_workspace_may_have_a_worktree() {
        let may: Vec<_> = TaskKind::ALL
            .into_iter()
            .filter(|kind| kind.rules().may_have_worktree())
            .collect();
        assert_eq!(may, [TaskKind::Command, TaskKind::Agent]);
    }
}
