//! What holds for the lanes of every workspace.

/// What the lanes of every workspace have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LaneRules {
    /// How many may read a workspace at once.
    pub(crate) readers: u32,
    /// Whether nobody reads while somebody writes.
    pub(crate) is_exclusive: bool,
}

impl Default for LaneRules {
    fn default() -> Self {
        Self {
            readers: 3,
            is_exclusive: false,
        }
    }
}
