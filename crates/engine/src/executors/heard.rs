//! What an agent was heard to say until its end: told to the conclusion by whoever read its output.

use longhaul_agents::Reading;

/// What came of all of an agent's output.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heard {
    /// What its parser made of it.
    pub(crate) reading: Reading,
    /// The last of standard error, as text.
    pub(crate) stderr: String,
    /// The last line that tells what it did; nothing if none does.
    pub(crate) last_line: Option<String>,
}

impl Heard {
    /// The last line of standard error that is not blank, which often says why.
    pub(crate) fn last_complaint(&self) -> Option<&str> {
        self.stderr.lines().rev().map(str::trim).find(|line| !line.is_empty())
    }
}
