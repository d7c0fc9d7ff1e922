//! Acts on one task: cancel, hold, release, wake, move to the front, acknowledge.

use longhaul_model::{Actor, Event, Rejected, StateName, TaskId};
use longhaul_store::{AcknowledgeError, Apply, ApplyError, MoveToFrontError, StoreFault};

use super::{Handle, View};
use crate::dispatch::Input;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// There is no such task.
    #[error("there is no task {0}")]
    Unknown(TaskId),
    /// Its state forbids it.
    #[error("task {task} is {state}")]
    StateForbids {
        /// The task.
        task: TaskId,
        /// Its state.
        state: StateName,
    },
    /// The store could not.
    #[error(transparent)]
    Fault(#[from] StoreFault),
}

/// An acknowledged cancel.
#[derive(Debug, Clone)]
pub struct Canceling {
    /// The task after it.
    pub view: View,
    /// Whether it was over already, so that nothing changed.
    pub was_terminal: bool,
}

impl Handle {
    /// Cancels a task and its children. What runs is `running` until its tree is gone.
    pub async fn cancel(&self, id: TaskId, reason: Option<String>, actor: Actor) -> Result<Canceling, ActError> {
        let event = Event::CancelRequested {
            by: actor.clone(),
            reason: reason.clone(),
        };
        let apply = Apply {
            detail: reason,
            ..Apply::new(id, event, actor, self.now())
        };
        match self.rooms.ledger.apply(apply).await {
            Ok(task) => Ok(Canceling {
                view: self.view_of(task),
                was_terminal: false,
            }),
            Err(ApplyError::Rejected { rejected, task }) => {
                let was_terminal = matches!(rejected, Rejected::Terminal(_));
                Ok(Canceling {
                    view: self.view_of((*task).into()),
                    was_terminal,
                })
            }
            Err(error) => Err(act_error(error)),
        }
    }

    /// Holds a task back until it is released. One that is held already stays so.
    pub async fn hold(&self, id: TaskId, actor: Actor) -> Result<View, ActError> {
        self.change(id, Event::Held, actor).await
    }

    /// Releases a task. One that is not held stays as it is.
    pub async fn release(&self, id: TaskId, actor: Actor) -> Result<View, ActError> {
        self.change(id, Event::Released, actor).await
    }

    async fn change(&self, id: TaskId, event: Event, actor: Actor) -> Result<View, ActError> {
        match self.rooms.ledger.apply(Apply::new(id, event, actor, self.now())).await {
            Ok(task) => Ok(self.view_of(task)),
            Err(ApplyError::Rejected {
                rejected: Rejected::NothingToDo,
                task,
            }) if task.state() != StateName::Running => Ok(self.view_of((*task).into())),
            Err(error) => Err(act_error(error)),
        }
    }

    /// Probes a waiting task's prerequisites now. Any other active task stays as it is.
    pub async fn wake(&self, id: TaskId) -> Result<View, ActError> {
        let task = self.rooms.ledger.task(id).await?.ok_or(ActError::Unknown(id))?;
        if task.life.state.is_terminal() {
            return Err(ActError::StateForbids {
                task: id,
                state: task.state(),
            });
        }
        self.wake_all();
        Ok(self.view_of(task))
    }

    /// Probes all prerequisites now.
    pub fn wake_all(&self) {
        self.rooms.probe.wake();
        self.rooms.inbox.tell(Input::Round);
    }

    /// Moves a task ahead of all others of its priority in its queue.
    pub async fn move_to_front(&self, id: TaskId, actor: Actor) -> Result<View, ActError> {
        match self.rooms.ledger.move_to_front(id, self.now(), actor).await {
            Ok(task) => Ok(self.view_of(task)),
            Err(MoveToFrontError::Unknown(id)) => Err(ActError::Unknown(id)),
            Err(MoveToFrontError::NotInLine { task }) => Err(ActError::StateForbids {
                task: task.id,
                state: task.state(),
            }),
            Err(MoveToFrontError::Fault(fault)) => Err(fault.into()),
        }
    }

    /// Takes finished tasks off the list of those that need somebody.
    pub async fn acknowledge(&self, ids: Vec<TaskId>, actor: Actor) -> Result<(), ActError> {
        match self.rooms.ledger.acknowledge(ids, self.now(), actor).await {
            Ok(_) => Ok(()),
            Err(AcknowledgeError::Unknown(id)) => Err(ActError::Unknown(id)),
            Err(AcknowledgeError::Fault(fault)) => Err(fault.into()),
        }
    }
}

fn act_error(error: ApplyError) -> ActError {
    match error {
        ApplyError::Unknown(id) => ActError::Unknown(id),
        ApplyError::Rejected { task, .. } => ActError::StateForbids {
            task: task.id,
            state: task.state(),
        },
        // Another change came between; to the caller that is a busy store: trying again helps.
        // Only claims name a boot, and none of these acts is one.
        ApplyError::Stale(_) | ApplyError::BootMissing(_) => ActError::Fault(StoreFault::Busy),
        ApplyError::Fault(fault) => ActError::Fault(fault),
    }
}
