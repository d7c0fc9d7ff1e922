//! Where a writer works that does not say it.

use std::path::PathBuf;

use longhaul_model::{Access, Isolation, with_causes};

use super::draft::Draft;
use super::error::SubmitError;
use super::submitter::Submitter;
use crate::runtime::blocking;

impl Submitter {
    /// What the project or the configuration says, if the submission does not. Who goes on with a session works in the
    /// worktree it began in, whatever is usual.
    pub(super) async fn settle_isolation(&self, draft: &mut Draft, workspace: &str) -> Result<(), SubmitError> {
        let spec = &draft.spec;
        if spec.access == Access::Write && !draft.says_isolation && spec.worktree_of.is_none() {
            draft.spec.isolation = self.usual_isolation(workspace).await?;
        }
        Ok(())
    }

    /// Where writers work in this workspace that do not say it.
    async fn usual_isolation(&self, workspace: &str) -> Result<Isolation, SubmitError> {
        let (places, root) = (self.installation.places(), PathBuf::from(workspace));
        let found = blocking(move || longhaul_worktrees::find(&places, &root)).await;
        let said = match found {
            Some(Ok(found)) => found.and_then(|found| found.project.isolation),
            Some(Err(error)) => {
                // Guessed wrong, it would write in place where the project wants no such thing.
                return Err(SubmitError::NoWorktree {
                    detail: format!("where a writer works cannot be told: {}", with_causes(&error)),
                    hint: "mend .longhaul.toml, or say it: --isolation in-place or --isolation worktree",
                });
            }
            None => None,
        };
        Ok(said.unwrap_or(self.installation.config.isolation))
    }
}
