//! Tasks inside tasks: whose process is asking, who cancels whom, and who lends a slot while it waits.

use std::sync::Arc;

use longhaul_model::{Actor, Event, Fence, Task, TaskId};
use longhaul_store::Apply;
use longhaul_supervisor::AttemptFolder;

use crate::dispatch::Input;
use crate::shared::{Shared, blocking, spawn};

/// The deepest chain of parents that is walked: longer ones belong to no program of a task.
const MOST_PARENTS: usize = 64;

/// The task whose supervisor is above this process; nothing if there is none.
pub(crate) fn task_of_process(shared: &Shared, pid: i32) -> Option<TaskId> {
    if shared.watched().is_empty() {
        return None;
    }
    let parent = |pid: &i32| longhaul_supervisor::machine::parent(*pid).filter(|parent| *parent > 1);
    let above: Vec<i32> = std::iter::successors(Some(pid), parent).take(MOST_PARENTS).collect();
    let watched = shared.watched();
    let watches = |pid: &i32| {
        watched
            .iter()
            .find(|(_, watched)| watched.pid == Some(*pid))
            .map(|(task, _)| *task)
    };
    above.iter().find_map(watches)
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
