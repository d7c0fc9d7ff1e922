//! What a task may do to its workspace, and who makes sure of it.

use crate::words::words;

/// What a task may do to its workspace.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Access {
    /// Takes a reader's lane and cannot write.
    ReadOnly,
    /// Takes the writer's lane, or works in a worktree of its own.
    Write,
    /// Takes no lane and is not restricted, as in a shell.
    #[default]
    Unmanaged,
}

/// Where a writer works.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Isolation {
    /// In the workspace itself, one at a time.
    #[default]
    InPlace,
    /// In a git worktree and branch of its own.
    Worktree,
}

/// Who keeps a read-only task read-only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Enforcement {
    /// The kernel, by both of its mechanisms.
    Kernel,
    /// The kernel, by one of its mechanisms.
    KernelPartial,
    /// Only the agent's own flag.
    Agent,
}

words!(Access, "access", {
    ReadOnly => "read-only",
    Write => "write",
    Unmanaged => "unmanaged",
});

words!(Isolation, "isolation", {
    InPlace => "in-place",
    Worktree => "worktree",
});

words!(Enforcement, "enforcement", {
    Kernel => "kernel",
    KernelPartial => "kernel-partial",
    Agent => "agent",
});
