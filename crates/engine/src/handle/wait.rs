//! Waiting for the end of a task: pushed, not polled.

use std::sync::Arc;
use std::time::Duration;

use longhaul_model::TaskId;
use longhaul_store::StoreFault;

use super::{Handle, View};

/// The task at the end of a wait.
#[derive(Debug, Clone)]
pub struct Waited {
    /// The task as it is now.
    pub view: View,
    /// Whether the time was up before the task was over.
    pub timed_out: bool,
}

/// Why a wait ended without an answer.
#[derive(Debug, thiserror::Error)]
pub enum WaitError {
    /// There is no such task.
    #[error("there is no task {0}")]
    Unknown(TaskId),
    /// The daemon stops; the task goes on.
    #[error("the daemon stops; the task goes on")]
    Stopping,
    /// The store could not be read.
    #[error(transparent)]
    Read(#[from] StoreFault),
}

impl Handle {
    /// Waits until a task is over, or for `timeout`. `waiter` is the task that waits: for a descendant of its own it
    /// lends its slot meanwhile.
    pub async fn wait_terminal(
        &self,
        id: TaskId,
        timeout: Option<Duration>,
        waiter: Option<TaskId>,
    ) -> Result<Waited, WaitError> {
        // Given up last, when nobody listens any more.
        let place = WaitingPlace { handle: self, id };
        // On the list first, then a look: an end in between is not missed.
        let told = self.rooms.ledger.waiters().register(id);
        let task = self.rooms.ledger.task(id).await?.ok_or(WaitError::Unknown(id))?;
        if task.life.state.is_terminal() || timeout == Some(Duration::ZERO) {
            let timed_out = !task.life.state.is_terminal();
            return Ok(Waited {
                view: self.view_of(task),
                timed_out,
            });
        }
        let _loan = match waiter {
            Some(waiter) if self.rooms.ledger.is_below(&task, waiter).await => Some(self.rooms.loans.lend(waiter, id)),
            _ => None,
        };
        if self.rooms.shutdown.has_begun() {
            return Err(WaitError::Stopping);
        }
        let answer = match timeout {
            None => told.await.ok(),
            Some(timeout) => match tokio::time::timeout(timeout, told).await {
                Ok(told) => told.ok(),
                Err(_) => {
                    let task = self.rooms.ledger.task(id).await?.ok_or(WaitError::Unknown(id))?;
                    let timed_out = !task.life.state.is_terminal();
                    return Ok(Waited {
                        view: self.view_of(task),
                        timed_out,
                    });
                }
            },
        };
        drop(place);
        let task = answer.ok_or(WaitError::Stopping)?;
        Ok(Waited {
            view: self.view_of(task),
            timed_out: false,
        })
    }
}

/// A place on the list of waiters, given up when the waiter goes away.
struct WaitingPlace<'a> {
    handle: &'a Handle,
    id: TaskId,
}

impl Drop for WaitingPlace<'_> {
    fn drop(&mut self) {
        self.handle.rooms.ledger.waiters().forget_gone(self.id);
    }
}

impl Handle {
    /// Returns when the output of a task's newest attempt is longer than `seen_bytes`, when the task is over, or after
    /// `timeout`.
    pub async fn output_changed(&self, id: TaskId, seen_bytes: u64, timeout: Duration) {
        let deadline = tokio::time::Instant::now() + timeout;
        let mut pause = Duration::from_millis(5);
        let told = self.rooms.ledger.waiters().register(id);
        let _place = WaitingPlace { handle: self, id };
        tokio::pin!(told);
        loop {
            let Ok(Some(task)) = self.rooms.ledger.task(id).await else {
                return;
            };
            if task.life.state.is_terminal() || self.rooms.shutdown.has_begun() {
                return;
            }
            if self.view_of(Arc::clone(&task)).output_bytes > seen_bytes {
                return;
            }
            // Output is looked at, not pushed: a supervisor speaks to nobody while its program runs. The pauses grow
            // with the silence, so that a quiet task costs its follower next to nothing.
            tokio::select! {
                _ = &mut told => return,
                () = tokio::time::sleep(pause) => {}
                () = tokio::time::sleep_until(deadline) => return,
            }
            pause = (pause * 2).min(Duration::from_millis(200));
        }
    }
}
