//! A request to start an agent, with everything plain.

use std::collections::BTreeMap;
use std::path::Path;

use longhaul_agents::{Enforced, Launch, Request, WriteMode, adapter};

pub(crate) const FRESH_ID: &str = "11111111-2222-4333-8444-555555555555";
static NOTHING: BTreeMap<String, String> = BTreeMap::new();

/// A reader's request that only the agent itself keeps from writing.
pub(crate) fn reader(prompt: &str) -> Request<'_> {
    Request {
        program: Path::new("/bin/agent"),
        cwd: Path::new("/work"),
        prompt,
        model: None,
        effort: None,
        resume: None,
        fresh_id: FRESH_ID,
        may_write: false,
        enforced: Enforced::Agent,
        write_mode: WriteMode::Workspace,
        answer_schema: None,
        readable: None,
        folder: Path::new("/task"),
        arguments: &[],
        environment: &NOTHING,
        is_root: false,
    }
}

/// A writer's request.
pub(crate) fn writer(prompt: &str) -> Request<'_> {
    Request {
        may_write: true,
        ..reader(prompt)
    }
}

/// How this agent is started.
pub(crate) fn launch(agent: &str, request: &Request<'_>) -> Launch {
    adapter(agent).expect("the agent exists").launch(request)
}

/// The value of this variable, if it is set.
pub(crate) fn variable<'a>(launch: &'a Launch, name: &str) -> Option<&'a str> {
    let set = launch.environment.iter().find(|(set, _)| *set == name);
    set.map(|(_, value)| value.as_str())
}
