//! Completions that wait for whoever asked for them.

use std::sync::Arc;

use longhaul_model::TaskId;
use longhaul_store::{CompletionFilter, StoreFault};

use super::{Handle, View};

impl Handle {
    /// The completions of tasks with an origin session or a parent that nobody has taken yet, oldest first.
    pub async fn untaken_completions(&self, filter: &CompletionFilter) -> Result<Vec<View>, StoreFault> {
        let tasks = self.rooms.ledger.stored().untaken_completions(filter).await?;
        Ok(self.views_of(tasks.into_iter().map(Arc::new)))
    }

    /// Notes that somebody has these. Says how many of them nobody had before.
    pub async fn take_completions(&self, ids: Vec<TaskId>) -> Result<u64, StoreFault> {
        let taken = self.rooms.ledger.take_completions(ids, self.now()).await?;
        Ok(taken.len() as u64)
    }
}
