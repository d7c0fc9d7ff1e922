//! What a task gets if nobody says otherwise, by its kind and the configuration.

use std::time::Duration;

use longhaul_model::Access;

use super::draft::Draft;
use super::error::SubmitError;
use super::submitter::Submitter;
use crate::scheduler::is_helper;

impl Submitter {
    /// Fills in what was left open, and refuses an access that the kind does not have.
    pub(super) fn fill_in_defaults(&self, draft: &mut Draft) -> Result<(), SubmitError> {
        let config = &self.installation.config;
        let is_helper = is_helper(&draft.spec, draft.parent);
        let spec = &mut draft.spec;
        let idle = match spec.work.agent_mut() {
            Some(work) => {
                if config.agents.adapter(&work.agent).is_none() {
                    return Err(SubmitError::UnknownAgent(work.agent.clone()));
                }
                work.max_parkings = work.max_parkings.min(config.max_parkings);
                config.agent_idle_timeout
            }
            None => config.command_idle_timeout,
        };
        spec.idle_timeout_ms = spec.idle_timeout_ms.or(idle.map(milliseconds));
        if is_helper {
            spec.timeout_ms = spec.timeout_ms.or(config.helper_timeout.map(milliseconds));
        }
        if spec.work.rules().may_have(spec.access) {
            return Ok(());
        }
        Err(match spec.access {
            Access::Unmanaged => SubmitError::UnmanagedAgent,
            Access::ReadOnly | Access::Write => SubmitError::Writes(spec.work.kind().word()),
        })
    }
}

fn milliseconds(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}
