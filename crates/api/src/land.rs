//! A worktree's changes: as they are shown, landed and given up.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::word::LandMannerWord;

/// What a task changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Changes {
    /// `worktree` or `in-place`.
    pub source: String,
    /// What it is compared with: a commit, or a tree for changes in place.
    pub base: String,
    /// The commit that its worktree has checked out; nothing for changes in place, or when the worktree is gone.
    pub head: Option<String>,
    /// The files.
    pub files: Vec<FileChange>,
    /// Lines added, in all.
    pub additions: u64,
    /// Lines removed, in all.
    pub deletions: u64,
    /// Whether files or hunks were left out.
    pub is_truncated: bool,
    /// `present`, `landed`, `discarded` or `missing`.
    pub state: String,
}

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FileChange {
    /// Its path from the root of the repository.
    pub path: String,
    /// What it was called before.
    pub old_path: Option<String>,
    /// `added`, `modified`, `deleted`, `renamed`, `copied`, `type-changed` or `untracked`.
    pub status: String,
    /// Its mode before, as git writes it (`100644`, `100755`, `120000`); nothing if it was not there.
    pub old_mode: Option<String>,
    /// Its mode now; nothing if it is gone.
    pub new_mode: Option<String>,
    /// Lines added; nothing if it is binary.
    pub additions: Option<u64>,
    /// Lines removed; nothing if it is binary.
    pub deletions: Option<u64>,
    /// Whether it is binary.
    pub is_binary: bool,
    /// Whether it is too long to show its hunks.
    pub is_truncated: bool,
    /// What changed in it.
    pub hunks: Vec<Hunk>,
}

/// One place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hunk {
    /// The line that begins with `@@`.
    pub header: String,
    /// Its lines.
    pub lines: Vec<HunkLine>,
}

/// One line of a hunk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HunkLine {
    /// `context`, `add`, `delete`, or `note` for git's word that no line feed ends the line before.
    pub kind: String,
    /// Its text, without the sign before it.
    pub text: String,
}

/// How a worktree is to be landed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LandRequest {
    /// How the changes become commits; `squash` if nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manner: Option<LandMannerWord>,
    /// The commit message; nothing means one made from the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// What was saved of a worktree that was given up. Nothing if another branch has all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Discarded {
    /// The branch with its commits and its uncommitted files.
    pub branch: Option<String>,
    /// The patch with the same.
    pub patch: Option<String>,
    /// Bundles of repositories that lay inside it.
    pub bundles: Vec<String>,
}

/// What became of a landing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Landing {
    /// The branch the changes were to be brought into.
    pub target: String,
    /// The commit that has them now; nothing if they were not brought in.
    pub commit: Option<String>,
    /// What both sides changed differently.
    pub conflicts: Vec<Conflict>,
}

/// One file that both sides changed differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Conflict {
    /// The file, from the root of the repository.
    pub path: String,
    /// `both-changed`, `both-added`, `deleted-in-target`, `deleted-in-worktree` or `other`.
    pub kind: String,
    /// What the target has in the places that differ, shortened.
    pub target: Option<String>,
    /// What the worktree has there, shortened.
    pub worktree: Option<String>,
}

/// Whose project file is to be trusted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrustRequest {
    /// The repository's root, or a folder in it; absolute.
    pub folder: String,
}

/// What is trusted now: the project file of this folder with exactly this content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Trusted {
    /// The repository's root.
    pub folder: String,
    /// The commands run in a fresh worktree.
    pub setup: Vec<String>,
    /// The commands run in a worktree after each attempt.
    pub teardown: Vec<String>,
    /// The commands run on the merged tree before a landing counts.
    pub check: Vec<String>,
}
