//! Hunts active children of canceled parents.

use std::sync::Arc;

use jiff::Timestamp;

use crate::family::cancel_children_of_canceled;
use crate::ledger::Ledger;

pub(super) async fn run(ledger: &Arc<Ledger>, now: Timestamp) {
    let parents = ledger.board().parents();
    for parent in parents {
        cancel_children_of_canceled(ledger, now, parent).await;
    }
}
