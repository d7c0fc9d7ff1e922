//! Whether somebody should know that they do not begin with a clean folder.

use std::path::Path;

use longhaul_worktrees::{Git, repository};

use crate::programs::GitRunner;

/// Whether a checkout holds changes that are not committed. What cannot be told is no reason to warn. Blocks.
pub(crate) fn uncommitted(runner: &GitRunner<'_>, folder: &Path) -> bool {
    let git = Git::at(runner, folder);
    folder.exists() && repository::is_root(&git) && repository::is_dirty(&git).unwrap_or(false)
}
