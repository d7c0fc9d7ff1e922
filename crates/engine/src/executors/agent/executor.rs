//! The kind `agent`: its plan, its folders, its end, each in a file of its own.

use longhaul_model::{Facts, Outcome, Spec, Task, Verdict};
use longhaul_supervisor::output::Reader;

use super::super::executor::{Brief, Concluded, Executor, Over, OwnFolders, Plan};
use super::asked::AgentRequest;
use super::{carry, end, plan};
use crate::config::Config;

pub(crate) struct Agent;

impl Executor for Agent {
    fn plan(&self, brief: &Brief<'_>) -> Result<Plan, Outcome> {
        plan::plan(brief, &AgentRequest::of(&brief.task.spec, &brief.installation.config)?)
    }

    fn own_folders(&self, brief: &Brief<'_>) -> OwnFolders {
        let Ok(asked) = AgentRequest::of(&brief.task.spec, &brief.installation.config) else {
            return OwnFolders::default();
        };
        let folder = &brief.arrangement.folder;
        let cwd = folder.canonicalize().unwrap_or_else(|_| folder.clone());
        let folders = asked.adapter.folders(brief.environment, Some(&cwd));
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
        match AgentRequest::of(&over.task.spec, over.config) {
            Ok(asked) => end::conclude(&asked, over, facts),
            Err(outcome) => Concluded {
                verdict: over.given().unwrap_or(Verdict::Failed(outcome)),
                message: None,
            },
        }
    }

    fn read_end(&self, _spec: &Spec, _verdict: &Verdict, _output: &Reader, _facts: &mut Facts) {}
}
