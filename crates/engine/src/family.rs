//! Tasks inside tasks: whose process is asking, who cancels whom, and who lends a slot while it waits.

use std::sync::Arc;

use longhaul_model::{Actor, Event, Task, TaskId};
use longhaul_store::Apply;

use crate::dispatch::Input;
use crate::shared::{Shared, spawn};

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

/// Cancels the active children of a canceled task; theirs follow from their own cancel. A child that was repeated by
/// somebody after the parent was gone is a new wish, and goes on.
pub(crate) async fn cancel_children(shared: Arc<Shared>, parent: TaskId) {
    let gone_at = shared
        .task(parent)
        .ok()
        .flatten()
        .and_then(|task| task.life.state.ended().map(|ended| ended.at));
    let is_taken_along =
        |task: &Task| task.parent == Some(parent) && gone_at.is_none_or(|gone_at| task.created_at <= gone_at);
    let children: Vec<TaskId> = {
        let board = shared.board();
        board
            .tasks()
            .filter(|task| is_taken_along(task))
            .map(|task| task.id)
            .collect()
    };
    for child in children {
        let event = Event::CancelRequested {
            by: Actor::Task(parent),
            reason: Some("its parent was canceled".to_owned()),
        };
        let apply = Apply::new(child, event, Actor::Task(parent), shared.clock.now());
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
        mark_busy(shared, lender, true);
        Self {
            shared: Arc::clone(shared),
            lender,
            descendant,
        }
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        let is_last = self.shared.board().end_loan(self.lender, self.descendant);
        if is_last {
            mark_busy(&self.shared, self.lender, false);
        }
        self.shared.tell(Input::Dispatch);
    }
}

/// The supervisor sees by a file that the task waits through us, and does not take it for idle.
fn mark_busy(shared: &Arc<Shared>, task: TaskId, is_busy: bool) {
    let Some(fence) = shared.board().task(task).map(|task| task.life.fence) else {
        return;
    };
    let path = longhaul_supervisor::AttemptFolder::at(shared.attempt_folder(task, fence)).busy_path();
    spawn(async move {
        crate::shared::blocking(move || {
            let _ = if is_busy {
                std::fs::write(&path, "")
            } else {
                std::fs::remove_file(&path)
            };
        })
        .await;
    });
}
