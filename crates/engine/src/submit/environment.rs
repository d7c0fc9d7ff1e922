//! The environment that a task runs with, and whether its agent is to be found there.

use std::collections::BTreeMap;
use std::path::Path;

use longhaul_model::{Actor, Spec};

use super::draft::Draft;
use super::error::SubmitError;
use super::submitter::Submitter;
use crate::agents;

impl Submitter {
    /// The submitter's environment; without one that of tasks that nobody's shell submits.
    pub(super) fn settle_environment(&self, draft: &mut Draft) -> Result<(), SubmitError> {
        let environment = match draft.environment.take() {
            Some(given) => {
                // What a task hands on is not what its user's shell has: the daemon itself looks for programs with the
                // latter.
                if !matches!(draft.actor, Actor::Task(_)) {
                    self.shell.remember(&given);
                }
                given
            }
            None => self.shell.without_submitter(),
        };
        if !draft.is_known {
            self.refuse_missing_agent(&draft.spec, &environment)?;
        }
        draft.environment = Some(environment);
        Ok(())
    }

    /// An agent that is not there now is not waited for: whoever asks learns at once how to install it.
    fn refuse_missing_agent(&self, spec: &Spec, environment: &BTreeMap<String, String>) -> Result<(), SubmitError> {
        let Some(work) = spec.work.agent() else { return Ok(()) };
        let agents = &self.installation.config.agents;
        let Some(adapter) = agents.adapter(&work.agent) else {
            return Ok(());
        };
        let program = agents
            .settings(&work.agent)
            .program
            .unwrap_or_else(|| adapter.program().to_owned());
        let search_path = environment.get("PATH").map(String::as_str);
        match agents::find(&program, Path::new(&spec.cwd), search_path) {
            Some(_) => Ok(()),
            None => Err(SubmitError::AgentNotInstalled {
                agent: work.agent.clone(),
                program,
                install_command: adapter.install_command(),
            }),
        }
    }
}
