//! What is asked of an agent, and the adapter that knows it.

use longhaul_agents::{Adapter, AgentSettings};
use longhaul_model::{AgentWork, Outcome, Reason, Spec};

use crate::config::Config;

/// The agent's name and prompt, and the adapter that knows it.
pub(super) struct AgentRequest<'a> {
    pub(super) work: &'a AgentWork,
    pub(super) adapter: &'static dyn Adapter,
    /// What the configuration says about it.
    pub(super) set: AgentSettings,
}

impl<'a> AgentRequest<'a> {
    /// What is asked; how the task ends if no attempt could ever do it.
    pub(super) fn of(spec: &'a Spec, config: &Config) -> Result<Self, Outcome> {
        let Some(work) = spec.work.agent() else {
            let kind = spec.work.kind();
            return Err(Outcome::new(Reason::SpawnError, format!("a {kind} is no agent")));
        };
        match config.agents.adapter(&work.agent) {
            Some(adapter) => Ok(Self {
                work,
                adapter,
                set: config.agents.settings(&work.agent),
            }),
            None => Err(
                Outcome::new(Reason::SpawnError, format!("there is no agent `{}`", work.agent))
                    .with_hint("`longhaul agents` shows the agents there are"),
            ),
        }
    }
}
