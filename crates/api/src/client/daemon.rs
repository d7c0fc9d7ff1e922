//! The daemon itself: what it is, what it found, stop and restart.

use super::connection::{Ask, Client};
use super::error::ClientError;
use crate::overview::{Agents, DaemonStatus, Doctor};

impl Client {
    /// What the daemon says about itself.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`] if there is none.
    pub async fn daemon_status(&self) -> Result<DaemonStatus, ClientError> {
        self.ask(Ask::get("/api/v1/daemon")).await?.json()
    }

    /// Asks the daemon to stop. Tasks go on without it.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn daemon_stop(&self) -> Result<(), ClientError> {
        self.ask(Ask::post("/api/v1/daemon/stop")).await.map(drop)
    }

    /// Asks the daemon to make way for a new one of its kind.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn daemon_restart(&self) -> Result<(), ClientError> {
        self.ask(Ask::post("/api/v1/daemon/restart")).await.map(drop)
    }

    /// The agents of this machine.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn agents(&self) -> Result<Agents, ClientError> {
        self.ask(Ask::get("/api/v1/agents")).await?.json()
    }

    /// What the daemon found about this machine and itself.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn doctor(&self) -> Result<Doctor, ClientError> {
        self.ask(Ask::get("/api/v1/doctor")).await?.json()
    }
}
