//! What it takes to submit, and what every new task has in common.

use std::sync::Arc;

use longhaul_model::{Actor, Spec};
use longhaul_store::NewTask;

use crate::installation::Installation;
use crate::ledger::Ledger;
use crate::shell_environment::ShellEnvironment;

/// Submits tasks. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Submitter {
    pub(crate) installation: Arc<Installation>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) shell: Arc<ShellEnvironment>,
}

impl Submitter {
    /// A new task that belongs to nobody, repeats nothing and has no environment of its own.
    pub(super) fn new_task(&self, spec: Spec, workspace: String, actor: Actor) -> NewTask {
        NewTask {
            spec,
            workspace,
            environment: None,
            environment_of: None,
            parent: None,
            repeats: None,
            key: None,
            actor,
            at: self.installation.clock.now(),
            // What is really reached is told by the attempt.
            enforcement: None,
            max_depth: self.installation.config.max_depth,
            max_descendants: self.installation.config.max_descendants,
        }
    }
}
