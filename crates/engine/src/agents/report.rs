//! What there is to tell about one agent.

use std::path::PathBuf;

use longhaul_agents::Capability;

use crate::finding::Level;

/// What there is to tell about one agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentReport {
    /// Its name.
    pub name: String,
    /// Its program; nothing if it is not installed.
    pub program: Option<PathBuf>,
    /// Its version; nothing if it is not installed or did not say.
    pub version: Option<String>,
    /// Whether it is signed in; nothing if that cannot be told.
    pub signed_in: Option<bool>,
    /// Where its sessions are; nothing if it keeps none that we know of.
    pub sessions: Option<PathBuf>,
    /// What it is able to do.
    pub capabilities: &'static [Capability],
    /// The command that installs it.
    pub install_command: String,
    /// What is not well with it, and what else a user should know.
    pub findings: Vec<AgentFinding>,
}

/// One thing about an agent that is not as it could be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentFinding {
    /// How bad it is.
    pub level: Level,
    /// What was found.
    pub message: String,
    /// What helps.
    pub cure: String,
}
