//! The work of a task, by kind: its words. What a kind allows is told by [`TaskKind::rules`], how it is done by its executor.

use serde::{Deserialize, Serialize};

use crate::id::TaskId;
use crate::kind::{KindRules, TaskKind};
use crate::words::words;

/// The work of a task, by kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Work {
    /// A program and its arguments.
    Command {
        /// The program, then its arguments; never empty.
        command: Vec<String>,
    },
    /// `git clone`.
    Clone {
        /// What to clone; may carry credentials, which are never shown.
        url: String,
        /// Where to; absolute.
        dir: String,
    },
    /// A coding agent, and what it is asked.
    Agent(AgentWork),
    /// Bringing the changes of a worktree into the workspace it was made from.
    Land(LandWork),
}

/// What a coding agent is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentWork {
    /// The agent's name: `codex`, `claude`, `opencode`, `gemini`, or one from the configuration.
    pub agent: String,
    /// The prompt, byte for byte.
    pub prompt: String,
    /// The model, in the agent's own words; nothing means the agent's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// How hard it should think, in the agent's own words; nothing means the agent's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effort: Option<String>,
    /// The session it goes on with; nothing means a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<String>,
    /// The JSON schema that its final message should follow, as text; nothing means any text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_schema: Option<String>,
    /// Which changes it reviews; nothing if it is no review. A review is not held to a helper's short time limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<ReviewScope>,
    /// How often it may wait for a usage limit to be reset; 0 means that it fails instead.
    #[serde(default)]
    pub max_parkings: u32,
}

/// Which changes a review looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewScope {
    /// Uncommitted ones if there are any, else those of the branch.
    Found,
    /// Uncommitted ones.
    Uncommitted,
    /// All since the branch left this one, uncommitted ones included.
    Since(String),
}

/// Which changes are brought in, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LandWork {
    /// The task whose worktree it is.
    pub task: TaskId,
    /// How the changes become commits of the target branch.
    #[serde(default)]
    pub manner: LandManner,
    /// The commit message; nothing means one made from the task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// How changes become commits of the target branch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LandManner {
    /// As one commit.
    #[default]
    Squash,
    /// By a merge commit.
    Merge,
    /// Each commit anew, on top of the target.
    Rebase,
}

words!(LandManner, "manner", {
    Squash => "squash",
    Merge => "merge",
    Rebase => "rebase",
});

/// What makes work impossible to accept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorkError {
    /// A command without a program.
    #[error("the command is empty")]
    EmptyCommand,
    /// A text that no program can be given.
    #[error("{field} contains a NUL byte")]
    NulByte {
        /// Which field.
        field: &'static str,
    },
    /// A folder that is not absolute.
    #[error("{field} must be an absolute path, and `{path}` is not")]
    RelativePath {
        /// Which field.
        field: &'static str,
        /// The path as given.
        path: String,
    },
    /// A clone without a source.
    #[error("the URL to clone is empty")]
    EmptyUrl,
    /// A URL that git would read as an option.
    #[error("the URL to clone must not begin with a dash")]
    DashedUrl,
    /// An agent that is asked nothing.
    #[error("the prompt is empty")]
    EmptyPrompt,
}

impl ReviewScope {
    /// The branch or commit to compare with; nothing if none is named.
    pub fn base(&self) -> Option<&String> {
        match self {
            Self::Since(base) => Some(base),
            Self::Found | Self::Uncommitted => None,
        }
    }
}

impl Work {
    /// Its kind.
    pub fn kind(&self) -> TaskKind {
        match self {
            Self::Command { .. } => TaskKind::Command,
            Self::Clone { .. } => TaskKind::Clone,
            Self::Agent(_) => TaskKind::Agent,
            Self::Land(_) => TaskKind::Land,
        }
    }

    /// What its kind allows and needs.
    pub fn rules(&self) -> KindRules {
        self.kind().rules()
    }

    /// The program of a command and its arguments; nothing for other kinds.
    pub fn command(&self) -> Option<&[String]> {
        match self {
            Self::Command { command } => Some(command),
            _ => None,
        }
    }

    /// What is cloned and where to; nothing for other kinds.
    pub fn clones(&self) -> Option<(&str, &str)> {
        match self {
            Self::Clone { url, dir } => Some((url, dir)),
            _ => None,
        }
    }

    /// What an agent is asked; nothing for other kinds.
    pub fn agent(&self) -> Option<&AgentWork> {
        match self {
            Self::Agent(agent) => Some(agent),
            _ => None,
        }
    }

    /// What an agent is asked, to be changed; nothing for other kinds.
    pub fn agent_mut(&mut self) -> Option<&mut AgentWork> {
        match self {
            Self::Agent(agent) => Some(agent),
            _ => None,
        }
    }

    /// Which changes are brought in; nothing if none are.
    pub fn landing(&self) -> Option<&LandWork> {
        match self {
            Self::Land(land) => Some(land),
            _ => None,
        }
    }

    /// The session it goes on with; nothing if it begins one, or has none.
    pub fn resumes(&self) -> Option<&str> {
        self.agent()?.resume.as_deref()
    }

    /// Which changes it reviews; nothing if it is no review.
    pub fn review(&self) -> Option<&ReviewScope> {
        self.agent()?.review.as_ref()
    }

    /// The folder that it makes, wherever it works; nothing if it makes none.
    pub fn makes_folder(&self) -> Option<&str> {
        match self {
            Self::Clone { dir, .. } => Some(dir),
            Self::Command { .. } | Self::Agent(_) | Self::Land(_) => None,
        }
    }

    /// The addresses among its words, which may carry credentials.
    pub fn addresses(&self) -> Vec<&str> {
        match self {
            Self::Clone { url, .. } => vec![url],
            Self::Command { .. } | Self::Agent(_) | Self::Land(_) => Vec::new(),
        }
    }

    /// The words by which it is searched for, without credentials.
    pub fn searched_by(&self) -> String {
        match self {
            Self::Command { command } => command.join(" "),
            Self::Clone { url, dir } => format!("{} {dir}", without_credentials(url)),
            Self::Agent(agent) => format!("{} {}", agent.agent, agent.prompt),
            Self::Land(land) => format!("land {}", land.task),
        }
    }

    /// How often it may wait for a usage limit to be reset.
    pub(crate) fn max_parkings(&self) -> u32 {
        self.agent().map_or(0, |agent| agent.max_parkings)
    }

    /// What it does, as far as one line can tell.
    pub(crate) fn told(&self) -> String {
        match self {
            Self::Command { command } => command.join(" "),
            Self::Clone { url, .. } => format!("clone {}", without_credentials(url)),
            Self::Agent(agent) => first_line(&agent.prompt).to_owned(),
            Self::Land(land) => format!("land {}", land.task),
        }
    }

    /// Refuses what no attempt could ever do.
    pub(crate) fn check(&self) -> Result<(), WorkError> {
        match self {
            Self::Command { command } => {
                if command.first().is_none_or(String::is_empty) {
                    return Err(WorkError::EmptyCommand);
                }
                command.iter().try_for_each(|argument| without_nul("command", argument))
            }
            Self::Clone { url, dir } => {
                if url.trim().is_empty() {
                    return Err(WorkError::EmptyUrl);
                }
                if url.starts_with('-') {
                    return Err(WorkError::DashedUrl);
                }
                without_nul("url", url)?;
                absolute("dir", dir)
            }
            Self::Agent(agent) => {
                if agent.prompt.trim().is_empty() {
                    return Err(WorkError::EmptyPrompt);
                }
                let texts = [
                    ("agent", Some(&agent.agent)),
                    ("model", agent.model.as_ref()),
                    ("effort", agent.effort.as_ref()),
                    ("resume", agent.resume.as_ref()),
                    ("base", agent.review.as_ref().and_then(ReviewScope::base)),
                ];
                let mut given = texts.into_iter().filter_map(|(field, text)| Some((field, text?)));
                given.try_for_each(|(field, text)| without_nul(field, text))
            }
            Self::Land(_) => Ok(()),
        }
    }
}

/// The first line that is not blank.
fn first_line(text: &str) -> &str {
    text.lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or_default()
}

pub(crate) fn absolute(field: &'static str, path: &str) -> Result<(), WorkError> {
    without_nul(field, path)?;
    if path.starts_with('/') {
        Ok(())
    } else {
        Err(WorkError::RelativePath {
            field,
            path: path.to_owned(),
        })
    }
}

fn without_nul(field: &'static str, text: &str) -> Result<(), WorkError> {
    if text.contains('\0') {
        Err(WorkError::NulByte { field })
    } else {
        Ok(())
    }
}

/// A URL without the user and password it may carry.
pub fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let authority_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(authority_end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}
