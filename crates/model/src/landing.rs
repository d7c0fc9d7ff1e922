//! What a landing came to.

use serde::{Deserialize, Serialize};

/// What became of bringing a worktree's changes into the workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Landing {
    /// The branch they were to be brought into.
    pub target: String,
    /// The commit that has them now; nothing if they were not brought in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// What both sides changed differently; empty unless that is why they were not brought in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflict>,
}

/// One file that both sides changed differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The file, from the root of the repository.
    pub path: String,
    /// `both-changed`, `both-added`, `deleted-in-target`, `deleted-in-worktree` or `other`.
    pub kind: String,
    /// What the target has in the places that differ, shortened; nothing if it has no text there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// What the worktree has in these places, shortened; nothing if it has no text there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worktree: Option<String>,
}
