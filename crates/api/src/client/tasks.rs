//! Submitting tasks and reading them.

use hyper::StatusCode;

use super::connection::{Ask, Client};
use super::error::ClientError;
use super::query::Query;
use crate::land::Changes;
use crate::overview::{HistoryPage, Stats, TaskPage, Workspaces};
use crate::submit::SubmitRequest;
use crate::task::{Task, TaskResult};

/// What became of a submit.
#[derive(Debug, Clone, PartialEq)]
pub struct Submitted {
    /// The task.
    pub task: Task,
    /// Whether the key had been used for the same request before: then nothing new was made.
    pub is_replay: bool,
}

/// Which tasks to list. What is empty does not restrict.
#[derive(Debug, Clone, Default)]
pub struct TaskQuery {
    /// In one of these states.
    pub states: Vec<String>,
    /// In this workspace: its canonical path.
    pub workspace: Option<String>,
    /// Of this agent.
    pub agent: Option<String>,
    /// Of this kind.
    pub kind: Option<String>,
    /// In this queue.
    pub queue: Option<String>,
    /// Children of this task.
    pub parent: Option<u64>,
    /// From this chat session.
    pub origin_session: Option<String>,
    /// With this label, as `KEY` or `KEY=VALUE`.
    pub label: Option<String>,
    /// With these words in name, prompt or result.
    pub search: Option<String>,
    /// Where the page begins: `next` of the one before.
    pub cursor: Option<String>,
    /// How many at most, 1–1,000; 50 if not given.
    pub limit: Option<u32>,
}

impl Client {
    /// Submits a task. With a key, the same request is never accepted twice.
    ///
    /// # Errors
    /// [`ClientError::Problem`] if it is refused; [`ClientError::Lost`] if it is not known whether it was accepted.
    pub async fn submit(&self, request: &SubmitRequest, key: Option<&str>) -> Result<Submitted, ClientError> {
        let answer = self
            .ask(Ask::post("/api/v1/tasks").header("idempotency-key", key).json(request))
            .await?;
        Ok(Submitted {
            task: answer.json()?,
            is_replay: answer.status == StatusCode::OK,
        })
    }

    /// One task.
    ///
    /// # Errors
    /// A `task-not-found` problem if there is none.
    pub async fn task(&self, id: u64) -> Result<Task, ClientError> {
        self.ask(Ask::get(format!("/api/v1/tasks/{id}"))).await?.json()
    }

    /// A page of tasks, newest first.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn tasks(&self, query: &TaskQuery) -> Result<TaskPage, ClientError> {
        let states = (!query.states.is_empty()).then(|| query.states.join(","));
        let address = Query::new("/api/v1/tasks")
            .with_some("state", states)
            .with_some("workspace", query.workspace.as_ref())
            .with_some("agent", query.agent.as_ref())
            .with_some("kind", query.kind.as_ref())
            .with_some("queue", query.queue.as_ref())
            .with_some("parent", query.parent)
            .with_some("origin_session", query.origin_session.as_ref())
            .with_some("label", query.label.as_ref())
            .with_some("q", query.search.as_ref())
            .with_some("cursor", query.cursor.as_ref())
            .with_some("limit", query.limit)
            .finish();
        self.ask(Ask::get(address)).await?.json()
    }

    /// What a finished task gave.
    ///
    /// # Errors
    /// A `state-forbids` problem while it is active.
    pub async fn result(&self, id: u64) -> Result<TaskResult, ClientError> {
        self.ask(Ask::get(format!("/api/v1/tasks/{id}/result"))).await?.json()
    }

    /// What a task changed; with or without the lines.
    ///
    /// # Errors
    /// A `task-not-found` problem if there is no such task, `not-found` if no changes are recorded of it.
    pub async fn changes(&self, id: u64, with_hunks: bool) -> Result<Changes, ClientError> {
        self.ask(Ask::get(format!("/api/v1/tasks/{id}/changes?hunks={with_hunks}")))
            .await?
            .json()
    }

    /// A task's history, oldest first.
    ///
    /// # Errors
    /// A `task-not-found` problem if there is no such task.
    pub async fn history(&self, id: u64) -> Result<HistoryPage, ClientError> {
        self.ask(Ask::get(format!("/api/v1/tasks/{id}/history"))).await?.json()
    }

    /// How many tasks are in each state.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn stats(&self) -> Result<Stats, ClientError> {
        self.ask(Ask::get("/api/v1/stats")).await?.json()
    }

    /// The workspaces with active tasks.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn workspaces(&self) -> Result<Workspaces, ClientError> {
        self.ask(Ask::get("/api/v1/workspaces")).await?.json()
    }
}
