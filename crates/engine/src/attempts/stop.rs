//! Asking the supervisor of an attempt to end it.

use std::io;

use longhaul_failpoint::failpoint;
use longhaul_model::{Fence, State, TaskId, with_causes};
use longhaul_supervisor::StopRequest;
use longhaul_supervisor::stop::StopError;

use super::owned::Attempts;
use crate::runtime::blocking;

impl Attempts {
    /// Passes on the wish that is recorded with the task. Asking twice changes nothing.
    pub(crate) async fn stop(&self, id: TaskId, fence: Fence) {
        failpoint!("engine.cancel-recorded");
        let Some(task) = self.ledger.active(id) else { return };
        let State::Running(running) = &task.life.state else {
            return;
        };
        let Some(stopping) = running.stopping.clone() else {
            return;
        };
        let folder = self.installation.attempt_folder(id, fence);
        let request = StopRequest::new(
            stopping.by.to_string(),
            stopping.reason,
            stopping.since.as_microsecond(),
        );
        match blocking(move || longhaul_supervisor::stop::request(&folder, &request)).await {
            // No folder yet: whoever starts it asks again once there is one.
            Some(Err(StopError::Write(error))) if error.kind() == io::ErrorKind::NotFound => {}
            Some(Err(error)) => {
                tracing::warn!(task = %id, error = %with_causes(&error), "could not ask an attempt to stop; trying again");
            }
            Some(Ok(_)) | None => {}
        }
    }
}
