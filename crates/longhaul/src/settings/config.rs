//! `config.toml`: every key has a default; an unknown one is refused with its place and the nearest name.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use longhaul_model::{Isolation, Notify, parse_duration};
use serde::{Deserialize, Deserializer};

use super::agents::{AgentTable, AgentTableError, AgentWriteMode};

/// The configuration with defaults filled in. Keys and defaults are described in `reference.rs`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ConfigFile {
    pub(crate) default_agent: Option<String>,
    pub(crate) listen: String,
    pub(crate) isolation: Isolation,
    pub(crate) readers_per_workspace: u32,
    pub(crate) exclusive_writes: bool,
    pub(crate) require_enforcement: bool,
    pub(crate) allowed_sockets: Vec<PathBuf>,
    pub(crate) trusted_containers: Vec<String>,
    pub(crate) trusted_proxies: Vec<String>,
    pub(crate) allow_remote: bool,
    pub(crate) allowed_hosts: Vec<String>,
    pub(crate) page_url: Option<String>,
    pub(crate) notify: Notify,
    pub(crate) notify_desktop: bool,
    pub(crate) notify_command: Vec<String>,
    pub(crate) webhook: Vec<WebhookTable>,
    pub(crate) retention: Retention,
    pub(crate) output: Output,
    pub(crate) run: Run,
    pub(crate) park_on_usage_limit: bool,
    pub(crate) max_parkings: u32,
    #[serde(deserialize_with = "length_or_none")]
    pub(crate) agent_idle_timeout: Option<Duration>,
    pub(crate) write_mode: AgentWriteMode,
    pub(crate) children: Children,
    pub(crate) agents: BTreeMap<String, AgentTable>,
    pub(crate) environment: BTreeMap<String, String>,
}

/// `[[webhook]]`
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WebhookTable {
    pub(crate) name: Option<String>,
    pub(crate) url: String,
    pub(crate) secret: String,
}

impl fmt::Debug for WebhookTable {
    /// Neither the address nor the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookTable")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// `[retention]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Retention {
    #[serde(deserialize_with = "length")]
    pub(crate) worktrees: Duration,
    #[serde(deserialize_with = "length")]
    pub(crate) history: Duration,
    pub(crate) keep: u64,
    pub(crate) output_total_bytes: u64,
}

/// `[output]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Output {
    pub(crate) head_bytes: u64,
    pub(crate) tail_bytes: u64,
}

/// `[run]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Run {
    #[serde(deserialize_with = "some_length")]
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) sweep_only: bool,
}

/// `[children]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Children {
    pub(crate) max_depth: u32,
    pub(crate) max_descendants: u32,
    pub(crate) max_readers: u32,
    #[serde(deserialize_with = "length_or_none")]
    pub(crate) reader_timeout: Option<Duration>,
}

impl Default for ConfigFile {
    fn default() -> Self {
        Self {
            default_agent: None,
            listen: "127.0.0.1:7717".to_owned(),
            isolation: Isolation::InPlace,
            readers_per_workspace: 3,
            exclusive_writes: false,
            require_enforcement: false,
            allowed_sockets: Vec::new(),
            trusted_containers: Vec::new(),
            trusted_proxies: Vec::new(),
            allow_remote: false,
            allowed_hosts: Vec::new(),
            page_url: None,
            notify: Notify::Problems,
            notify_desktop: true,
            notify_command: Vec::new(),
            webhook: Vec::new(),
            retention: Retention::default(),
            output: Output::default(),
            run: Run::default(),
            park_on_usage_limit: true,
            max_parkings: 10,
            agent_idle_timeout: Some(Duration::from_secs(30 * 60)),
            write_mode: AgentWriteMode::Workspace,
            children: Children::default(),
            agents: BTreeMap::new(),
            environment: BTreeMap::new(),
        }
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            worktrees: Duration::from_secs(14 * 86_400),
            history: Duration::from_secs(30 * 86_400),
            keep: 1_000,
            output_total_bytes: 10 << 30,
        }
    }
}

impl Default for Output {
    fn default() -> Self {
        Self {
            head_bytes: 16 << 20,
            tail_bytes: 48 << 20,
        }
    }
}

impl Default for Children {
    fn default() -> Self {
        Self {
            max_depth: 5,
            max_descendants: 100,
            max_readers: 3,
            reader_timeout: Some(Duration::from_secs(300)),
        }
    }
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// The file is there but cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file says something that means nothing.
    #[error("{}, line {line}, column {column}: {message}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// Where, counted from 1.
        line: usize,
        /// Where in the line, counted from 1.
        column: usize,
        /// What is wrong.
        message: String,
        /// What the key may be instead; nothing if it is not the key that is wrong.
        instead: Option<String>,
    },
    /// What it says about an agent does not go together.
    #[error("{}, [agents.{agent}]", path.display())]
    Agent {
        /// The file.
        path: PathBuf,
        /// The agent's name.
        agent: String,
        /// What does not go together.
        #[source]
        problem: AgentTableError,
    },
}

impl ConfigError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Wrong {
                instead: Some(instead), ..
            } => instead.clone(),
            Self::Wrong { .. } | Self::Agent { .. } => {
                "every key is listed in docs/reference/configuration.md".to_owned()
            }
            Self::Unreadable { source, .. } if source.kind() == io::ErrorKind::InvalidData => {
                "write it as UTF-8, or remove it".to_owned()
            }
            Self::Unreadable { .. } => "make the file readable, or remove it".to_owned(),
        }
    }
}

/// Reads the file; without one everything has its default.
pub(crate) fn load(path: &Path) -> Result<ConfigFile, ConfigError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        // Where there is no folder, there is no file in it; who needs the folder will say so.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(ConfigFile::default());
        }
        Err(source) => {
            return Err(ConfigError::Unreadable {
                path: path.to_owned(),
                source,
            });
        }
    };
    parse(path, &text)
}

fn parse(path: &Path, text: &str) -> Result<ConfigFile, ConfigError> {
    let file: ConfigFile = read(path, text)?;
    for (agent, table) in &file.agents {
        table.check().map_err(|problem| ConfigError::Agent {
            path: path.to_owned(),
            agent: agent.clone(),
            problem,
        })?;
    }
    Ok(file)
}

fn read(path: &Path, text: &str) -> Result<ConfigFile, ConfigError> {
    toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        let before = text.get(..at).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let (message, instead) = understood(error.message());
        ConfigError::Wrong {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message,
            instead,
        }
    })
}

/// Turns serde's sentence about an unknown field into ours, and says which known key is nearest, or which there are.
fn understood(message: &str) -> (String, Option<String>) {
    let Some(rest) = message.strip_prefix("unknown field ") else {
        return (message.trim().to_owned(), None);
    };
    let mut quoted = rest.split('`').skip(1).step_by(2);
    let unknown = quoted.next().unwrap_or_default();
    let known: Vec<&str> = quoted.collect();
    let nearest = known
        .iter()
        .map(|known| (distance(unknown, known), *known))
        .filter(|(distance, known)| *distance <= known.len().max(unknown.len()) / 2)
        .min();
    let instead = match nearest {
        Some((_, nearest)) => format!("did you mean `{nearest}`?"),
        None => format!("the keys here are {}", known.join(", ")),
    };
    (format!("unknown key `{unknown}`"), Some(instead))
}

/// How many letters must change to make one word of the other (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, l) in left.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, r) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(l != *r);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[right.len()]
}

fn length<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let typed = String::deserialize(deserializer)?;
    parse_duration(&typed).map_err(serde::de::Error::custom)
}

fn length_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let typed = String::deserialize(deserializer)?;
    if typed == "none" {
        return Ok(None);
    }
    parse_duration(&typed).map(Some).map_err(serde::de::Error::custom)
}

fn some_length<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    length(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use longhaul_model::with_causes;

    use super::*;

    fn refusal(text: &str) -> (String, String) {
        let error = parse(Path::new("config.toml"), text).expect_err("it is wrong");
        (with_causes(&error), error.hint())
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_place_and_the_nearest_name() {
        let (message, hint) = refusal("listen = \"x\"\n\n[retention]\nhystory = \"30d\"\n");
        assert_eq!(message, "config.toml, line 4, column 1: unknown key `hystory`");
        assert_eq!(hint, "did you mean `history`?");
    }

    #[test]
    fn a_key_that_is_like_no_other_gets_no_guess() {
        let (message, hint) = refusal("zzzzzzzzzz = 1\n");
        assert_eq!(message, "config.toml, line 1, column 1: unknown key `zzzzzzzzzz`");
        assert!(hint.starts_with("the keys here are default_agent, listen, "), "{hint}");
    }

    #[test]
    fn a_value_that_means_nothing_is_refused_with_its_place() {
        let (message, _) = refusal("[retention]\nhistory = \"thirty\"\n");
        assert!(
            message.starts_with("config.toml, line 2, column 11: `thirty` is not a length of time"),
            "{message}"
        );
        assert!(refusal("listen = \n").0.starts_with("config.toml, line 1, column "));
        assert!(
            refusal("[retention]\nkeep = -1\n")
                .0
                .starts_with("config.toml, line 2, column 8")
        );
    }

    #[test]
    fn an_empty_file_and_no_file_give_the_defaults() {
        assert_eq!(
            parse(Path::new("c"), "").expect("nothing is wrong"),
            ConfigFile::default()
        );
        assert_eq!(
            load(Path::new("/nonexistent/config.toml")).expect("nothing is wrong"),
            ConfigFile::default()
        );
    }
}
