//! Whose process is asking that cannot be seen.

use std::sync::Arc;

use longhaul_model::{Fence, TaskId};
use longhaul_supervisor::AttemptFolder;
use longhaul_supervisor::machine::Restricted;

use super::process_owner::ProcessOwner;
use super::restricted::restricted_attempts;
use crate::installation::Installation;
use crate::ledger::Ledger;
use crate::runtime::blocking;

/// Where a process belongs that cannot be seen, by the control group in which its socket was made, if that is known.
pub(crate) async fn owner_of_unseen_process(
    installation: &Arc<Installation>,
    ledger: &Ledger,
    group: Option<u64>,
) -> ProcessOwner {
    let running: Vec<(TaskId, Fence)> = {
        let watched = ledger.supervision().attempts();
        watched.iter().map(|(task, watched)| (*task, watched.fence)).collect()
    };
    let installation = Arc::clone(installation);
    // It looks through all processes.
    match blocking(move || look(&installation, running, group)).await {
        Some(Seen::InGroupsOf(task)) => ProcessOwner::Task(task),
        Some(Seen::OutsideOfAll) => ProcessOwner::Nobody,
        Some(Seen::Nobody) if restricted_attempts(ledger).await.is_empty() => ProcessOwner::Nobody,
        // A look that broke off has seen nobody, and proves nothing.
        Some(Seen::Nobody | Seen::Somebody) | None => ProcessOwner::Unseen,
    }
}

/// What a look through all processes shows.
enum Seen {
    /// The socket was made in a control group of this running task.
    InGroupsOf(TaskId),
    /// It was made outside of all groups in which somebody restricted is.
    OutsideOfAll,
    /// There is no process of anybody restricted.
    Nobody,
    /// There is one, and it may be the one that asks.
    Somebody,
}

fn look(installation: &Installation, running: Vec<(TaskId, Fence)>, group: Option<u64>) -> Seen {
    let is_in_its_groups = |(task, fence): &(TaskId, Fence)| {
        let groups = AttemptFolder::at(installation.attempt_folder(*task, *fence)).control_groups();
        group.is_some_and(|group| groups.is_some_and(|groups| groups.ids.contains(&group)))
    };
    if let Some((task, _)) = running.into_iter().find(is_in_its_groups) {
        return Seen::InGroupsOf(task);
    }
    let restricted = Restricted::now();
    if group.is_some_and(|group| restricted.are_outside_of(group)) {
        Seen::OutsideOfAll
    } else if restricted.are_any {
        Seen::Somebody
    } else {
        Seen::Nobody
    }
}
