//! Tasks inside tasks: whose process is asking, who cancels whom, and who lends a slot while it waits.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use longhaul_model::{Actor, Event, Fence, Task, TaskId};
use longhaul_store::Apply;
use longhaul_supervisor::AttemptFolder;

use crate::dispatch::Input;
use crate::shared::{Shared, blocking, spawn};

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
pub(crate) fn belonging(shared: &Shared, pid: i32) -> Belonging {
    let is_ready = shared.is_ready.load(Ordering::SeqCst);
    // One of another pid namespace than ours, or of ours from above: no program of a task.
    if pid <= 0 || (is_ready && shared.watched().is_empty()) {
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
        let watched = shared.watched();
        for pid in &above {
            let found = watched.iter().find(|(_, watched)| watched.pid == Some(*pid));
            if let Some((task, _)) = found {
                return Belonging::Task(*task);
            }
        }
        are_all_known &= watched.values().all(|watched| watched.pid.is_some());
    }
    let is_unknown_supervisor = |pid: &i32| longhaul_supervisor::machine::is_told_of(*pid, &shared.attempts);
    if !is_whole || (!are_all_known && above.iter().any(is_unknown_supervisor)) {
        return Belonging::Unclear;
    }
    Belonging::None
}

/// The running task in whose environment this token is; nothing if there is none.
pub(crate) fn task_of_token(shared: &Shared, token: &str) -> Option<TaskId> {
    let marker = format!("LONGHAUL_TOKEN={token}");
    let running: Vec<_> = shared
        .watched()
        .iter()
        .map(|(task, watched)| (*task, watched.fence))
        .collect();
    let is_its_own = |(task, fence): &(TaskId, Fence)| {
        let sealed = AttemptFolder::at(shared.attempt_folder(*task, *fence)).spec();
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

/// Cancels the active children of a canceled task; theirs follow from their own cancel. A child that was repeated by
/// somebody after the parent was gone is a new wish, and goes on.
pub(crate) async fn cancel_children(shared: Arc<Shared>, parent: TaskId) {
    let gone_at = shared
        .task(parent)
        .ok()
        .flatten()
        .and_then(|task| task.life.state.ended().map(|ended| ended.at));
    let children: Vec<Arc<Task>> = {
        let board = shared.board();
        let children = board.children(parent).into_iter();
        children.filter_map(|id| board.task(id).cloned()).collect()
    };
    for child in children {
        if gone_at.is_some_and(|gone_at| child.created_at > gone_at) {
            continue;
        }
        let event = Event::CancelRequested {
            by: Actor::Task(parent),
            reason: Some("its parent was canceled".to_owned()),
        };
        let apply = Apply::new(child.id, event, Actor::Task(parent), shared.clock.now());
        // Refused means over or stopping already; anything else the round finds again.
        let _ = shared.apply(apply).await;
    }
}

/// Whether `task` was submitted by `ancestor` or by something below it.
pub(crate) fn is_below(shared: &Shared, task: &Task, ancestor: TaskId) -> bool {
    let mut parent = task.parent;
    while let Some(id) = parent {
        if id == ancestor {
            return true;
        }
        parent = shared.task(id).ok().flatten().and_then(|task| task.parent);
    }
    false
}

/// A slot lent to a descendant for as long as this lives.
pub(crate) struct Loan {
    shared: Arc<Shared>,
    lender: TaskId,
    descendant: TaskId,
}

impl Loan {
    /// Lends the slot of `lender`, which waits for `descendant`, and notes that it is not idle.
    pub(crate) fn begin(shared: &Arc<Shared>, lender: TaskId, descendant: TaskId) -> Self {
        shared.board().lend(lender, descendant);
        shared.tell(Input::Dispatch);
        spawn(tell_busy(Arc::clone(shared), lender));
        Self {
            shared: Arc::clone(shared),
            lender,
            descendant,
        }
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        self.shared.board().end_loan(self.lender, self.descendant);
        spawn(tell_busy(Arc::clone(&self.shared), self.lender));
        self.shared.tell(Input::Dispatch);
    }
}

/// Tells the supervisor, by a file, whether its task waits through us: then it is not idle.
pub(crate) async fn tell_busy(shared: Arc<Shared>, task: TaskId) {
    let Some(fence) = shared.board().task(task).map(|task| task.life.fence) else {
        return;
    };
    let path = AttemptFolder::at(shared.attempt_folder(task, fence)).busy_path();
    let tell = move || {
        let _one_at_a_time = shared.busy_files.lock();
        let is_waiting = shared.board().is_waiting_inside(task);
        // A file that cannot be changed now is looked at again in the next round.
        let _ = match (is_waiting, path.exists()) {
            (true, false) => std::fs::write(&path, ""),
            (false, true) => std::fs::remove_file(&path),
            (true, true) | (false, false) => Ok(()),
        };
    };
    blocking(tell).await;
}
