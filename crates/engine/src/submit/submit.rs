//! Submitting a task: session, defaults, rights, environment, isolation, refusals, and into the store.

use std::sync::Arc;

use longhaul_model::Task;
use longhaul_store::{InsertError, Key, NewTask};

use super::draft::{Draft, Submission};
use super::error::SubmitError;
use super::refusals::refuse_impossible_worktree;
use super::submitter::Submitter;
use crate::family::cancel_children_of_canceled;
use crate::runtime::spawn;

impl Submitter {
    /// Stores a task; says whether it was there already under its key. When this returns it is on disk.
    pub(crate) async fn submit(&self, submission: Submission) -> Result<(Arc<Task>, bool), SubmitError> {
        let is_known = match &submission.key {
            Some((key, _)) => self
                .ledger
                .stored()
                .is_key_known(key)
                .await
                .map_err(InsertError::from)?,
            None => false,
        };
        let mut draft = Draft::of(submission, is_known);
        self.resolve_session(&mut draft.spec, !is_known).await?;
        draft.spec.check()?;
        self.fill_in_defaults(&mut draft)?;
        self.restrict_to_rights(&draft.actor, &mut draft.spec, draft.parent, &mut draft.environment)
            .await?;
        self.settle_environment(&mut draft)?;
        let workspace = draft.workspace();
        self.settle_isolation(&mut draft, &workspace).await?;
        refuse_impossible_worktree(&draft.spec, &workspace)?;
        self.refuse_deadlock(&draft.spec, &workspace, draft.parent).await?;
        self.refuse_canceled_parent(draft.parent).await?;
        self.insert(draft, workspace).await
    }

    async fn insert(&self, draft: Draft, workspace: String) -> Result<(Arc<Task>, bool), SubmitError> {
        let new = NewTask {
            environment: draft.environment,
            parent: draft.parent,
            key: draft.key.map(|(key, body_hash)| Key { key, body_hash }),
            ..self.new_task(draft.spec, workspace, draft.actor)
        };
        let (task, is_replay) = self.ledger.insert(new).await?;
        if let Some(parent) = task.parent {
            // A parent that is being canceled takes along what it submits in its last moments.
            let (ledger, now) = (Arc::clone(&self.ledger), self.installation.clock.now());
            spawn(async move { cancel_children_of_canceled(&ledger, now, parent).await });
        }
        Ok((task, is_replay))
    }
}
