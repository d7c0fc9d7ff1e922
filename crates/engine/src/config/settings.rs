//! What can be set about the engine, with its defaults.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use longhaul_agents::{Agents, WriteMode};
use longhaul_model::Isolation;

use super::notify::NotifySettings;

/// What can be set.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// How long finished tasks are kept at least.
    pub history_kept: Duration,
    /// How many of the newest finished tasks are kept however old they are.
    pub finished_kept: u64,
    /// How much output of all finished attempts together is kept, in bytes.
    pub output_total_bytes: u64,
    /// How much of an attempt's first output is kept, in bytes.
    pub output_head_bytes: u64,
    /// How much of an attempt's last output is kept, in bytes.
    pub output_tail_bytes: u64,
    /// How long the worktree of a finished task is kept that nobody landed or discarded.
    pub worktrees_kept: Duration,
    /// Where writers work that do not say it, and whose project does not either.
    pub isolation: Isolation,
    /// How deep tasks may submit tasks.
    pub max_depth: u32,
    /// How many tasks may come from one.
    pub max_descendants: u32,
    /// How many read-only tasks may run at once in one workspace.
    pub readers_per_workspace: u32,
    /// Whether nobody reads a workspace while somebody writes it in place.
    pub exclusive_writes: bool,
    /// The idle timeout of commands that ask for none; nothing for ever.
    pub command_idle_timeout: Option<Duration>,
    /// The idle timeout of agents that are asked for none; nothing for ever.
    pub agent_idle_timeout: Option<Duration>,
    /// How often an agent's task may wait for its usage limit to be reset; 0 turns that off.
    pub max_parkings: u32,
    /// How far the guards of agents that may write are opened.
    pub write_mode: WriteMode,
    /// How long a read-only agent that was submitted from a task may run if nobody says; nothing for ever.
    pub helper_timeout: Option<Duration>,
    /// How many of these may run at once for one parent.
    pub max_helpers: u32,
    /// Whether trees are killed by the sweep alone, even where control groups could be used.
    pub sweep_only: bool,
    /// The agents there are, and what is set about them.
    pub agents: Agents,
    /// Whether a read-only task fails instead of running where the kernel does not keep it read-only by all its means.
    pub require_enforcement: bool,
    /// Unix sockets, or folders of such, that read-only tasks may reach.
    pub allowed_sockets: Vec<PathBuf>,
    /// Control groups, as `/proc/PID/cgroup` shows them, whose processes may ask as their user though they are in another
    /// user namespace: containers that the user made.
    pub trusted_containers: Vec<String>,
    /// Files and folders of ours beside the state folder that read-only tasks must not see.
    pub private_files: Vec<PathBuf>,
    /// Who is told of what.
    pub notify: NotifySettings,
    /// The environment of tasks that nobody's shell submitted; empty means the last one seen from a shell.
    pub environment: BTreeMap<String, String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            history_kept: Duration::from_secs(30 * 86_400),
            finished_kept: 1_000,
            output_total_bytes: 10 << 30,
            output_head_bytes: 16 << 20,
            output_tail_bytes: 48 << 20,
            worktrees_kept: Duration::from_secs(14 * 86_400),
            isolation: Isolation::InPlace,
            max_depth: 5,
            max_descendants: 100,
            readers_per_workspace: 3,
            exclusive_writes: false,
            command_idle_timeout: None,
            agent_idle_timeout: Some(Duration::from_secs(30 * 60)),
            max_parkings: 10,
            write_mode: WriteMode::default(),
            helper_timeout: Some(Duration::from_secs(5 * 60)),
            max_helpers: 3,
            sweep_only: false,
            agents: Agents::default(),
            require_enforcement: false,
            allowed_sockets: Vec::new(),
            trusted_containers: Vec::new(),
            private_files: Vec::new(),
            notify: NotifySettings::default(),
            environment: BTreeMap::new(),
        }
    }
}
