//! What may be said about an agent and what it is asked.

use std::path::PathBuf;

use clap::Args;
use longhaul_api::SubmitRequest;

/// What may be said about an agent.
#[derive(Debug, Default, Args)]
pub(crate) struct AgentArguments {
    /// Ask this agent: codex, claude, opencode, gemini, or one from the configuration.
    #[arg(long, value_name = "NAME")]
    pub(crate) agent: Option<String>,
    /// The agent's model, in its own words [default: the agent's].
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Option<String>,
    /// How hard the agent thinks, in its own words [default: the agent's].
    #[arg(long, value_name = "WORD")]
    pub(crate) effort: Option<String>,
    /// Go on with a session, with that of a task, or with the latest of the tasks with the same --origin-key (`origin`).
    /// Agent and folder come from the task that had it.
    #[arg(long, value_name = "SESSION|TASK|origin")]
    pub(crate) resume: Option<String>,
    /// At a usage limit fail instead of waiting for its reset.
    #[arg(long)]
    pub(crate) no_park: bool,
}

/// Where the prompt is.
#[derive(Debug, Default, Args)]
pub(crate) struct PromptArguments {
    /// The prompt is in this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) prompt_file: Option<PathBuf>,
}

impl AgentArguments {
    /// Whether it is said which agent is asked, or whose session goes on.
    pub(crate) fn names_an_agent(&self) -> bool {
        self.agent.is_some() || self.resume.is_some()
    }

    /// The option that says something only an agent understands; nothing if there is none.
    pub(crate) fn first_given(&self) -> Option<&'static str> {
        [
            ("--agent", self.agent.is_some()),
            ("--model", self.model.is_some()),
            ("--effort", self.effort.is_some()),
            ("--resume", self.resume.is_some()),
            ("--no-park", self.no_park),
        ]
        .into_iter()
        .find_map(|(option, is_given)| is_given.then_some(option))
    }

    /// Puts them into a request.
    pub(crate) fn put(&self, request: &mut SubmitRequest) {
        request.agent.clone_from(&self.agent);
        request.model.clone_from(&self.model);
        request.effort.clone_from(&self.effort);
        request.resume.clone_from(&self.resume);
        request.no_park = self.no_park.then_some(true);
    }
}
