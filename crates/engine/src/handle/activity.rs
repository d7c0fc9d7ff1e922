//! Reading what an agent did.

use std::path::PathBuf;

use longhaul_agents::Adapter;
use longhaul_model::{Fence, StateName, TaskId};
use longhaul_store::StoreFault;

use super::Handle;
use crate::runtime::blocking;
use crate::transcripts::{ActivityPage, PageRequest, TranscriptError};

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum ActivityError {
    /// There is no such task.
    #[error("there is no task {0}")]
    Unknown(TaskId),
    /// It has no such attempt.
    #[error("task {task} has no attempt {attempt}")]
    NoAttempt {
        /// The task.
        task: TaskId,
        /// The attempt.
        attempt: u32,
    },
    /// Only agents tell what they do.
    #[error("task {0} is no agent's")]
    NoAgent(TaskId),
    /// The transcript could not be read.
    #[error(transparent)]
    Transcript(#[from] TranscriptError),
    /// The store could not be read.
    #[error(transparent)]
    Read(#[from] StoreFault),
}

/// The attempt whose transcript is read.
struct AttemptToRead {
    attempt: u32,
    fence: Fence,
    folder: PathBuf,
    adapter: &'static dyn Adapter,
    is_over: bool,
}

impl Handle {
    /// What a task's newest attempt, or the one asked for, did after the entry with the number `after`; at most `limit`
    /// entries. The number of the attempt comes with it, 0 before the first.
    pub async fn activity(
        &self,
        id: TaskId,
        attempt: Option<u32>,
        after: u64,
        limit: usize,
    ) -> Result<(u32, ActivityPage), ActivityError> {
        let Some(attempt) = self.attempt_to_read(id, attempt).await? else {
            let is_over = self
                .rooms
                .ledger
                .task(id)
                .await?
                .is_none_or(|task| task.life.state.is_terminal());
            let page = ActivityPage {
                next: after,
                is_final: is_over,
                ..ActivityPage::default()
            };
            return Ok((0, page));
        };
        let transcripts = std::sync::Arc::clone(&self.rooms.transcripts);
        let asked = PageRequest {
            after,
            limit,
            is_over: attempt.is_over,
        };
        let read = move || {
            let key = (id, attempt.fence);
            let page = transcripts.page(key, attempt.folder, attempt.adapter, asked)?;
            Ok((attempt.attempt, page))
        };
        blocking(read)
            .await
            .unwrap_or(Err(ActivityError::Read(StoreFault::Closed)))
    }

    /// Nothing if the task has no attempt yet.
    async fn attempt_to_read(&self, id: TaskId, attempt: Option<u32>) -> Result<Option<AttemptToRead>, ActivityError> {
        let task = self
            .rooms
            .ledger
            .stored()
            .task(id)
            .await?
            .ok_or(ActivityError::Unknown(id))?;
        let work = task.spec.work.agent().ok_or(ActivityError::NoAgent(id))?;
        let adapter = self.rooms.installation.config.agents.adapter(&work.agent);
        let adapter = adapter.ok_or(ActivityError::NoAgent(id))?;
        let newest = task.life.attempt.0;
        let wanted = attempt.unwrap_or(newest);
        if wanted == newest && newest == 0 {
            return Ok(None);
        }
        let no_attempt = || ActivityError::NoAttempt {
            task: id,
            attempt: wanted,
        };
        let attempts = self.rooms.ledger.stored().attempts(id).await?;
        let found = attempts.iter().rev().find(|attempt| attempt.number.0 == wanted);
        let fence = found.ok_or_else(no_attempt)?.fence;
        Ok(Some(AttemptToRead {
            attempt: wanted,
            fence,
            folder: self.rooms.installation.attempt_folder(id, fence),
            adapter,
            is_over: task.state() != StateName::Running || fence != task.life.fence,
        }))
    }
}
