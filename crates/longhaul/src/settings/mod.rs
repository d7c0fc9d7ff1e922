//! Settings: the one room that reads the environment and `config.toml`.
//!
//! What it hands out is resolved: absolute folders, typed values. Nobody else asks the environment.

mod agents;
mod config;
mod environment;
mod folders;
mod listen;
mod reference;
mod resolved;
mod submitter;

pub(crate) use agents::{AgentOutput, AgentTable, AgentWriteMode};
pub(crate) use config::{ConfigFile, WebhookTable, load as load_config};
pub(crate) use environment::{Environment, supervise_argument, worktree_step_argument};
pub(crate) use folders::{Folders, LONGEST_SOCKET_PATH};
pub(crate) use listen::{ListenError, address as listen_address, host_names, networks};
pub(crate) use reference::reference_page;
pub(crate) use resolved::Settings;
pub(crate) use submitter::{OwnRights, Submitter, named_variable};
