//! Who is canceled with whom.

use std::sync::Arc;

use jiff::Timestamp;
use longhaul_model::{Actor, Event, Task, TaskId};
use longhaul_store::Apply;

use crate::ledger::Ledger;

/// Cancels the active children of a canceled task; theirs follow from their own cancel. A child that was repeated by
/// somebody after the parent was gone is a new wish, and goes on.
pub(crate) async fn cancel_children(ledger: &Arc<Ledger>, now: Timestamp, parent: TaskId) {
    let gone_at = ledger
        .task(parent)
        .await
        .ok()
        .flatten()
        .and_then(|task| task.life.state.ended().map(|ended| ended.at));
    let children: Vec<Arc<Task>> = {
        let board = ledger.board();
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
        let apply = Apply::new(child.id, event, Actor::Task(parent), now);
        // Refused means over or stopping already; anything else the round finds again.
        let _ = ledger.apply(apply).await;
    }
}

/// The same if the parent is canceled, or will be as soon as its tree is gone.
pub(crate) async fn cancel_children_of_canceled(ledger: &Arc<Ledger>, now: Timestamp, parent: TaskId) {
    if ledger.is_canceled(parent).await {
        cancel_children(ledger, now, parent).await;
    }
}
