//! `[agents.NAME]`: what is set about an agent that comes with Longhaul, or an agent of the user's own.
//!
//! What this is not: a check of what the words mean to an agent; the daemon does that when it starts.

use serde::Deserialize;

/// `[agents.NAME]`. With `command` it is an agent of the user's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AgentTable {
    pub(crate) program: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) effort: Option<String>,
    pub(crate) write_mode: Option<AgentWriteMode>,
    pub(crate) arguments: Vec<String>,
    pub(crate) command: Vec<String>,
    pub(crate) resume: Vec<String>,
    pub(crate) read_only: Vec<String>,
    pub(crate) write: Vec<String>,
    pub(crate) model_arguments: Vec<String>,
    pub(crate) effort_arguments: Vec<String>,
    pub(crate) output: AgentOutput,
    pub(crate) message: Option<String>,
    pub(crate) session: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) install: Option<String>,
}

/// How far a writer's own guards are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AgentWriteMode {
    Workspace,
    Full,
}

/// How the output of an agent of the user's own is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AgentOutput {
    #[default]
    Text,
    JsonLines,
}

/// Why keys do not go together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AgentTableError {
    /// Keys of an agent of the user's own, about one that comes with Longhaul or about none.
    #[error("`{0}` says how an agent of your own is started, and there is no `command`")]
    WithoutCommand(&'static str),
    /// Lines without a place to find the message.
    #[error("`output = \"json-lines\"` needs `message`: where in a line the message is, as `/message/text`")]
    LinesWithoutMessage,
    /// A pointer where nothing is looked up.
    #[error("`{0}` says where in a line something is, and `output` is not \"json-lines\"")]
    PointerWithoutLines(&'static str),
}

impl AgentTable {
    /// Refuses keys that do not go together.
    pub(crate) fn check(&self) -> Result<(), AgentTableError> {
        let is_lines = self.output == AgentOutput::JsonLines;
        let pointers = [
            ("message", self.message.is_some()),
            ("session", self.session.is_some()),
            ("error", self.error.is_some()),
        ];
        if self.command.is_empty() {
            let of_ones_own = [
                ("resume", !self.resume.is_empty()),
                ("read_only", !self.read_only.is_empty()),
                ("write", !self.write.is_empty()),
                ("model_arguments", !self.model_arguments.is_empty()),
                ("effort_arguments", !self.effort_arguments.is_empty()),
                ("output", is_lines),
                ("install", self.install.is_some()),
            ];
            let mut set = of_ones_own.into_iter().chain(pointers).filter(|(_, is_set)| *is_set);
            return set
                .next()
                .map_or(Ok(()), |(key, _)| Err(AgentTableError::WithoutCommand(key)));
        }
        if is_lines && self.message.is_none() {
            return Err(AgentTableError::LinesWithoutMessage);
        }
        let stray = pointers.into_iter().find(|(_, is_set)| *is_set && !is_lines);
        stray.map_or(Ok(()), |(key, _)| Err(AgentTableError::PointerWithoutLines(key)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> AgentTable {
        toml::from_str(text).expect("the keys exist")
    }

    #[test]
    fn keys_that_do_not_go_together_are_refused() {
        for (text, refusal) in [
            ("program = \"/opt/codex\"\nwrite_mode = \"full\"", None),
            ("command = [\"mine\"]", None),
            (
                "command = [\"mine\"]\noutput = \"json-lines\"\nmessage = \"/text\"",
                None,
            ),
            (
                "read_only = [\"--ro\"]",
                Some(AgentTableError::WithoutCommand("read_only")),
            ),
            ("message = \"/text\"", Some(AgentTableError::WithoutCommand("message"))),
            (
                "command = [\"mine\"]\noutput = \"json-lines\"",
                Some(AgentTableError::LinesWithoutMessage),
            ),
            (
                "command = [\"mine\"]\nsession = \"/id\"",
                Some(AgentTableError::PointerWithoutLines("session")),
            ),
        ] {
            assert_eq!(table(text).check().err(), refusal, "{text}");
        }
    }
}
