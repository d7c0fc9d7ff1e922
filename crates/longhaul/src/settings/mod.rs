//! Settings: the one room that reads the environment and `config.toml`.
//!
//! What it hands out is resolved: absolute folders, typed values. Nobody else asks the environment.

mod config;
mod environment;
mod folders;
mod reference;
mod submitter;

pub(crate) use config::{ConfigFile, load as load_config};
pub(crate) use environment::{Environment, supervise_argument};
pub(crate) use folders::{FolderError, Folders, LONGEST_SOCKET_PATH};
pub(crate) use reference::reference_page;
pub(crate) use submitter::{Submitter, named_variable};

/// Everything a command may need to know about where it runs.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// What the environment says.
    pub(crate) environment: Environment,
    /// Where everything lies.
    pub(crate) folders: Folders,
}

impl Settings {
    /// Reads the environment. Nothing is created and no file is read.
    pub(crate) fn resolve() -> Result<Self, FolderError> {
        let environment = Environment::read();
        let folders = Folders::resolve(&environment)?;
        Ok(Self { environment, folders })
    }
}
