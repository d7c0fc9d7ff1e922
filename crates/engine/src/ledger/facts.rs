//! What comes to be known of running attempts.
//!
//! The store merges it with what is stored. Two who look at one attempt may be answered in another order than the store
//! did it in; the board then merges in the same way, so that it does not fall back to the older of two answers.

use std::sync::Arc;

use longhaul_model::Task;
use longhaul_store::{Fact, FactsAmend, FactsError};

use super::ledger::Ledger;
use crate::runtime::run_to_completion;

impl Ledger {
    /// Adds to what is known of a running attempt. It is news, not truth: what cannot be kept now, the next look tells.
    pub(crate) async fn amend(self: &Arc<Self>, amend: FactsAmend) -> Result<Arc<Task>, FactsError> {
        let ledger = Arc::clone(self);
        run_to_completion(async move {
            let (before, facts) = (ledger.active(amend.task), amend.facts.clone());
            let task = Arc::new(ledger.store.facts_amend(amend).await?);
            ledger.take_in_facts(before.as_ref(), facts, &task);
            Ok(task)
        })
        .await
    }

    /// Puts an answer on the board; `before` is what stood there when it was asked for.
    pub(super) fn take_in_facts(&self, before: Option<&Arc<Task>>, facts: Vec<Fact>, answered: &Arc<Task>) {
        let mut board = self.board_to_change();
        let was_changed = |now: &&Arc<Task>| before.is_none_or(|before| !Arc::ptr_eq(now, before));
        let now = board.task(answered.id).filter(was_changed);
        match now.filter(|now| now.life.step == answered.life.step).cloned() {
            Some(now) => {
                let mut both = Arc::unwrap_or_clone(now);
                facts.into_iter().for_each(|fact| fact.amend(&mut both.facts));
                board.update(Arc::new(both));
            }
            None => {
                board.update(Arc::clone(answered));
            }
        }
    }
}
