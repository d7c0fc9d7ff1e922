//! Programs about worktrees that the engine runs itself: through this room, with a time limit.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use longhaul_worktrees::{Ended, Program, Runner};

use super::captured::run_captured;

/// How long a question may take.
const QUESTION: Duration = Duration::from_secs(60);
/// How long it may take to save and remove a worktree.
const ACT: Duration = Duration::from_secs(600);

/// Runs git as programs of this room.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GitRunner<'e> {
    environment: Option<&'e BTreeMap<String, String>>,
    limit: Duration,
}

impl<'e> GitRunner<'e> {
    /// For questions, in the environment of a task.
    pub(crate) fn asking_as(environment: &'e BTreeMap<String, String>) -> Self {
        Self {
            environment: (!environment.is_empty()).then_some(environment),
            limit: QUESTION,
        }
    }

    /// For questions, in the daemon's own environment.
    pub(crate) fn asking() -> Self {
        Self {
            environment: None,
            limit: QUESTION,
        }
    }

    /// For acts, in the daemon's own environment.
    pub(crate) fn acting() -> Self {
        Self {
            environment: None,
            limit: ACT,
        }
    }
}

impl Runner for GitRunner<'_> {
    fn run(&self, program: &Program) -> io::Result<Ended> {
        run_captured(program, self.environment, self.limit)
    }
}
