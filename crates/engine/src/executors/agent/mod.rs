//! `agent`: a coding agent and what it is asked, through the adapter that knows it.
//!
//! What this is not: knowledge about any one agent. How it is started and what its output means is its adapter's
//! (`longhaul-agents`); here is what Longhaul makes of that.

mod carry;
mod end;
mod known;
mod plan;
mod reading;
mod review;
mod usage;

use longhaul_agents::{Adapter, AgentSettings};
use longhaul_model::{AgentWork, Facts, Outcome, Reason, Spec, Task, Verdict, Work};
use longhaul_supervisor::output::Reader;

pub(crate) use carry::earlier_session_usage;
pub(crate) use known::{activity_line, known_of};
pub(crate) use reading::{Fed, Feeder};

use super::{Concluded, Executor, Job, Over, Plan};
use crate::attempts::confinement::OwnFolders;
use crate::config::Config;

pub(super) struct Agent;

/// The agent's name and prompt, and the adapter that knows it.
struct Asked<'a> {
    work: &'a AgentWork,
    adapter: &'static dyn Adapter,
    /// What the configuration says about it.
    set: AgentSettings,
}

impl<'a> Asked<'a> {
    /// What is asked; how the task ends if no attempt could ever do it.
    fn of(spec: &'a Spec, config: &Config) -> Result<Self, Outcome> {
        let Work::Agent(work) = &spec.work else {
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

impl Executor for Agent {
    fn plan(&self, job: &Job<'_>) -> Result<Plan, Outcome> {
        plan::plan(job, &Asked::of(&job.task.spec, job.config)?)
    }

    fn own_folders(&self, job: &Job<'_>) -> OwnFolders {
        let Ok(asked) = Asked::of(&job.task.spec, job.config) else {
            return OwnFolders::default();
        };
        let folder = &job.arrangement.folder;
        let cwd = folder.canonicalize().unwrap_or_else(|_| folder.clone());
        let folders = asked.adapter.folders(job.environment, Some(&cwd));
        OwnFolders {
            writable: folders.writable,
            read_only: folders.read_only,
            first_files: folders.first_files,
        }
    }

    fn carried(&self, task: &Task, config: &Config) -> Facts {
        carry::carried(task, config)
    }

    fn conclude(&self, over: &Over<'_>, facts: &mut Facts) -> Concluded {
        match Asked::of(&over.task.spec, over.config) {
            Ok(asked) => end::conclude(&asked, over, facts),
            Err(outcome) => Concluded {
                verdict: over.given().unwrap_or(Verdict::Failed(outcome)),
                message: None,
            },
        }
    }

    fn read_end(&self, _spec: &Spec, _verdict: &Verdict, _output: &Reader, _facts: &mut Facts) {}
}
