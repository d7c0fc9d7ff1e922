//! Changing a task that has not started.

use longhaul_model::{Actor, Spec, SpecError, State, TaskId, UnmetPrerequisite, Waits};
use longhaul_store::{Edit, StoreFault};

use super::{Handle, View};

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// No attempt could ever do what it would ask.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// The store did not take it.
    #[error(transparent)]
    Edit(#[from] longhaul_store::EditError),
    /// The store could not be read.
    #[error(transparent)]
    Read(#[from] StoreFault),
}

impl Handle {
    /// Applies `change` to a task's spec, if it has not started.
    pub async fn edit(
        &self,
        id: TaskId,
        change: impl FnOnce(&mut Spec) + Send,
        actor: Actor,
    ) -> Result<View, EditError> {
        let task = self
            .rooms
            .ledger
            .task(id)
            .await?
            .ok_or(longhaul_store::EditError::Unknown(id))?;
        let mut spec = task.spec.clone();
        change(&mut spec);
        spec.check()?;
        let current = match &task.life.state {
            State::Waiting(waiting) => waiting.waits.clone(),
            _ => Waits::default(),
        };
        let prerequisites = if spec.requires == task.spec.requires {
            // What was met before stays met.
            current.prerequisites
        } else {
            spec.requires
                .iter()
                .map(|prerequisite| UnmetPrerequisite {
                    prerequisite: prerequisite.clone(),
                    detail: None,
                })
                .collect()
        };
        let waits = Waits {
            held: current.held,
            prerequisites,
            not_before: spec.not_before,
            ..Waits::default()
        };
        let edit = Edit {
            task: id,
            spec,
            waits,
            actor,
            at: self.now(),
        };
        Ok(self.view_of(self.rooms.ledger.edit(edit).await?))
    }
}
