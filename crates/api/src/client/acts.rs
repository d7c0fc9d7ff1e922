//! Changing tasks.

use hyper::StatusCode;

use super::connection::{Ask, Client};
use super::error::ClientError;
use crate::edit::{CancelRequest, EditRequest, RepeatRequest};
use crate::land::{Discarded, LandRequest, TrustRequest, Trusted};
use crate::overview::{PruneRequest, Pruned};
use crate::task::{Repeated, Task};

impl Client {
    /// Asks a task to end. Also tells whether it was over already: then nothing changed.
    ///
    /// # Errors
    /// A `task-not-found` problem if there is no such task.
    pub async fn cancel(&self, id: u64, request: &CancelRequest) -> Result<(Task, bool), ClientError> {
        let answer = self
            .ask(Ask::post(format!("/api/v1/tasks/{id}/cancel")).json(request))
            .await?;
        Ok((answer.json()?, answer.status == StatusCode::OK))
    }

    /// Makes a new task of the same spec, with a fresh session.
    ///
    /// # Errors
    /// A `state-forbids`, `chain-active` or `source-gone` problem.
    pub async fn retry(&self, id: u64, request: &RepeatRequest) -> Result<Repeated, ClientError> {
        self.ask(Ask::post(format!("/api/v1/tasks/{id}/retry")).json(request))
            .await?
            .json()
    }

    /// Makes a new task of the same spec that resumes the session, if one is stored.
    ///
    /// # Errors
    /// A `state-forbids`, `chain-active` or `source-gone` problem.
    pub async fn redispatch(&self, id: u64, request: &RepeatRequest) -> Result<Repeated, ClientError> {
        self.ask(Ask::post(format!("/api/v1/tasks/{id}/redispatch")).json(request))
            .await?
            .json()
    }

    /// Changes a task that has not started.
    ///
    /// # Errors
    /// A `state-forbids` problem once it has.
    pub async fn edit(&self, id: u64, request: &EditRequest) -> Result<Task, ClientError> {
        self.ask(Ask::patch(format!("/api/v1/tasks/{id}")).json(request))
            .await?
            .json()
    }

    /// Keeps a task from starting until it is released.
    ///
    /// # Errors
    /// A `state-forbids` problem once it has started.
    pub async fn hold(&self, id: u64) -> Result<Task, ClientError> {
        self.act(id, "hold").await
    }

    /// Takes a hold away.
    ///
    /// # Errors
    /// A `state-forbids` problem if it is not held.
    pub async fn release(&self, id: u64) -> Result<Task, ClientError> {
        self.act(id, "release").await
    }

    /// Probes a task's prerequisites now.
    ///
    /// # Errors
    /// A `state-forbids` problem if it does not wait.
    pub async fn wake(&self, id: u64) -> Result<Task, ClientError> {
        self.act(id, "wake").await
    }

    /// Probes all prerequisites now.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn wake_all(&self) -> Result<(), ClientError> {
        self.ask(Ask::post("/api/v1/wake")).await.map(drop)
    }

    /// Moves a task to the front of its queue.
    ///
    /// # Errors
    /// A `state-forbids` problem once it has started.
    pub async fn top(&self, id: u64) -> Result<Task, ClientError> {
        self.act(id, "top").await
    }

    /// Takes a task off the list of those that need somebody.
    ///
    /// # Errors
    /// A `task-not-found` problem if there is no such task.
    pub async fn acknowledge(&self, id: u64) -> Result<Task, ClientError> {
        self.act(id, "ack").await
    }

    /// Removes old finished tasks.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn prune(&self, request: &PruneRequest) -> Result<Pruned, ClientError> {
        self.ask(Ask::post("/api/v1/prune").json(request)).await?.json()
    }

    /// Submits the landing of a task's worktree.
    ///
    /// # Errors
    /// A `state-forbids` or `not-landable` problem.
    pub async fn land(&self, id: u64, request: &LandRequest) -> Result<Repeated, ClientError> {
        self.ask(Ask::post(format!("/api/v1/tasks/{id}/land")).json(request))
            .await?
            .json()
    }

    /// Gives a task's worktree up, after what only it has was saved.
    ///
    /// # Errors
    /// A `state-forbids` or `not-landable` problem.
    pub async fn discard(&self, id: u64) -> Result<Discarded, ClientError> {
        self.ask(Ask::post(format!("/api/v1/tasks/{id}/discard"))).await?.json()
    }

    /// Trusts the project file of a repository as it is now.
    ///
    /// # Errors
    /// A `source-gone` or `bad-spec` problem.
    pub async fn trust(&self, request: &TrustRequest) -> Result<Trusted, ClientError> {
        self.ask(Ask::post("/api/v1/trust").json(request)).await?.json()
    }

    async fn act(&self, id: u64, act: &str) -> Result<Task, ClientError> {
        self.ask(Ask::post(format!("/api/v1/tasks/{id}/{act}"))).await?.json()
    }
}
