//! Who asks, and what that one may.

use longhaul_model::TaskId;

use super::Handle;
use crate::family::{self, ProcessOwner};
use crate::submit::Rights;

impl Handle {
    /// The task whose program, or a process below it, this is.
    pub async fn process_owner(&self, pid: i32) -> ProcessOwner {
        family::process_owner(&self.rooms.installation, &self.rooms.ledger, pid).await
    }

    /// Where a process belongs that cannot be seen: all that is known is the control group in which its socket was made,
    /// or not even that. It looks through all processes.
    pub async fn owner_of_unseen_process(&self, group: Option<u64>) -> ProcessOwner {
        family::owner_of_unseen_process(&self.rooms.installation, &self.rooms.ledger, group).await
    }

    /// The running task whose own token this is: the one in its environment. Nothing for any other text. Blocks: it
    /// reads what was sealed for the attempts that run.
    pub fn task_of_token(&self, token: &str) -> Option<TaskId> {
        family::task_of_token(&self.rooms.installation, self.rooms.ledger.supervision(), token)
    }

    /// The rights of a task. One that is not known has none but those of its family, which is empty.
    pub async fn rights_of(&self, id: TaskId) -> Rights {
        self.rooms.submitter.rights_of(id).await
    }

    /// Whether `id` is `ancestor` or was submitted from it or from something below it.
    pub async fn is_in_family_of(&self, id: TaskId, ancestor: TaskId) -> bool {
        self.rooms.submitter.is_in_family_of(id, ancestor).await
    }
}
