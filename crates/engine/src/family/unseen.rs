//! Whose process is asking that cannot be seen.

use longhaul_model::{Fence, TaskId};
use longhaul_supervisor::AttemptFolder;
use longhaul_supervisor::machine::Restricted;

use super::process_owner::ProcessOwner;
use super::restricted::restricted_attempts;
use crate::installation::Installation;
use crate::ledger::Ledger;

/// Where a process belongs that cannot be seen, by the control group in which its socket was made, if that is known.
/// Blocks: it looks through all processes.
pub(crate) fn owner_of_unseen_process(
    installation: &Installation,
    ledger: &Ledger,
    group: Option<u64>,
) -> ProcessOwner {
    let running: Vec<(TaskId, Fence)> = {
        let watched = ledger.supervision().attempts();
        watched.iter().map(|(task, watched)| (*task, watched.fence)).collect()
    };
    let is_in_its_groups = |(task, fence): &(TaskId, Fence)| {
        let groups = AttemptFolder::at(installation.attempt_folder(*task, *fence)).control_groups();
        group.is_some_and(|group| groups.is_some_and(|groups| groups.ids.contains(&group)))
    };
    if let Some((task, _)) = running.into_iter().find(is_in_its_groups) {
        return ProcessOwner::Task(task);
    }
    let restricted = Restricted::now();
    let is_outside = group.is_some_and(|group| restricted.are_outside_of(group));
    if is_outside || (!restricted.are_any && restricted_attempts(ledger).is_empty()) {
        ProcessOwner::Nobody
    } else {
        ProcessOwner::Unseen
    }
}
