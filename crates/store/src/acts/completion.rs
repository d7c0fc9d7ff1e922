//! Which completions wait for somebody.

use longhaul_model::TaskId;

/// Which of the completions that nobody has taken yet. Everything that is set must hold; the default gives all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompletionFilter {
    /// Asked for by this chat session.
    pub origin_session: Option<String>,
    /// Submitted from this task.
    pub parent: Option<TaskId>,
}
