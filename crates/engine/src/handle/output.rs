//! Reading a task's output.

use longhaul_model::TaskId;
use longhaul_store::StoreFault;
use longhaul_supervisor::output::Reader;

use super::Handle;

/// The output of one attempt.
#[derive(Debug)]
pub struct OutputOf {
    /// Which attempt; 0 if none was made yet.
    pub attempt: u32,
    /// Reads it; empty if there is none.
    pub reader: Reader,
    /// Whether nothing more will come.
    pub is_over: bool,
}

impl Handle {
    /// The output of a task's newest attempt, or of the one asked for; nothing if there is no such task or attempt.
    pub async fn output(&self, id: TaskId, attempt: Option<u32>) -> Result<Option<OutputOf>, StoreFault> {
        let Some(task) = self.rooms.ledger.task(id).await? else {
            return Ok(None);
        };
        let newest = task.life.attempt.0;
        let is_terminal = task.life.state.is_terminal();
        let is_running = task.state() == longhaul_model::StateName::Running;
        let Some(wanted) = attempt.filter(|wanted| *wanted != newest) else {
            let reader = Reader::open(self.rooms.installation.attempt_folder(id, task.life.fence));
            // Between two attempts nothing more comes of the last one; before the first everything does.
            let is_over = is_terminal || (!is_running && newest > 0 && attempt.is_some());
            return Ok(Some(OutputOf {
                attempt: newest,
                reader,
                is_over,
            }));
        };
        let attempts = self.rooms.ledger.stored().attempts(id).await?;
        let found = attempts.iter().rev().find(|attempt| attempt.number.0 == wanted);
        Ok(found.map(|attempt| OutputOf {
            attempt: wanted,
            reader: Reader::open(self.rooms.installation.attempt_folder(id, attempt.fence)),
            is_over: true,
        }))
    }
}
