//! Who is canceled with whom, and who is below whom.

use std::sync::Arc;

use longhaul_model::{Actor, Event, Task, TaskId};
use longhaul_store::Apply;

use crate::shared::Shared;

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
