//! Whose process is asking: the task that it belongs to, if any.

use longhaul_model::{Fence, TaskId};
use longhaul_supervisor::AttemptFolder;

use crate::installation::Installation;
use crate::ledger::Supervision;

/// The deepest chain of parents that is walked. Of a longer one nobody says where it ends.
const MOST_PARENTS: usize = 1_024;

/// Where a process belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Belonging {
    /// To this running task: its supervisor is above it.
    Task(TaskId),
    /// To none.
    None,
    /// Nobody can tell: it is gone, one above it ended just now, or a supervisor is not known yet. Whoever wants to pass
    /// for somebody else can bring that about, so it counts for nothing but to ask again.
    Unclear,
}

/// Where this process belongs.
pub(crate) fn belonging(installation: &Installation, supervision: &Supervision, pid: i32) -> Belonging {
    let is_ready = supervision.is_complete();
    // One of another pid namespace than ours, or of ours from above: no program of a task.
    if pid <= 0 || (is_ready && supervision.attempts().is_empty()) {
        return Belonging::None;
    }
    let mut above = vec![pid];
    let mut last = pid;
    let is_whole = loop {
        match longhaul_supervisor::machine::parent(last) {
            Some(parent) if parent <= 1 => break true,
            Some(parent) if above.len() < MOST_PARENTS => above.push(parent),
            Some(_) | None => break false,
        }
        last = *above.last().expect("invariant: it has the process itself");
    };
    let mut are_all_known = is_ready;
    {
        let watched = supervision.attempts();
        for pid in &above {
            let found = watched.iter().find(|(_, watched)| watched.pid == Some(*pid));
            if let Some((task, _)) = found {
                return Belonging::Task(*task);
            }
        }
        are_all_known &= watched.values().all(|watched| watched.pid.is_some());
    }
    let is_unknown_supervisor = |pid: &i32| longhaul_supervisor::machine::is_told_of(*pid, &installation.attempts());
    if !is_whole || (!are_all_known && above.iter().any(is_unknown_supervisor)) {
        return Belonging::Unclear;
    }
    Belonging::None
}

/// The running task in whose environment this token is; nothing if there is none.
pub(crate) fn task_of_token(installation: &Installation, supervision: &Supervision, token: &str) -> Option<TaskId> {
    let marker = format!("LONGHAUL_TOKEN={token}");
    let running: Vec<_> = supervision
        .attempts()
        .iter()
        .map(|(task, watched)| (*task, watched.fence))
        .collect();
    let is_its_own = |(task, fence): &(TaskId, Fence)| {
        let sealed = AttemptFolder::at(installation.attempt_folder(*task, *fence)).spec();
        matches!(sealed, Ok(Some(spec)) if are_equal(spec.marker.as_bytes(), marker.as_bytes()))
    };
    running.into_iter().find(is_its_own).map(|(task, _)| task)
}

/// Whether two secrets are equal, in a time that does not tell how far they are.
fn are_equal(left: &[u8], right: &[u8]) -> bool {
    let differences = left
        .iter()
        .zip(right)
        .fold(0, |seen, (left, right)| seen | (left ^ right));
    left.len() == right.len() && differences == 0
}
