//! Settings as they hold for one command.

use std::path::PathBuf;

use super::environment::Environment;
use super::folders::{FolderError, Folders, absolute};

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

    /// The socket of the daemon to talk to: inside a task it is the one that started the task, whatever the folders say.
    pub(crate) fn client_socket(&self) -> Result<PathBuf, FolderError> {
        match &self.environment.socket {
            Some(socket) => absolute(socket),
            None => Ok(self.folders.socket.clone()),
        }
    }
}
