//! Rounds over all that may have been missed, whenever one is asked for.

use std::sync::Arc;

use super::worktrees::Worktrees;
use super::{board, dependencies, due, families, loans, orphans, stops};
use crate::attempts::Attempts;
use crate::dispatch::Input;
use crate::family::Loans;
use crate::runtime::Wake;

/// How many rounds lie between two comparisons of the board with the store, if nothing asks for one.
const ROUNDS_BETWEEN_COMPARISONS: u32 = 30;

/// Makes rounds.
pub(crate) struct Rounds {
    pub(crate) attempts: Arc<Attempts>,
    pub(crate) loans: Arc<Loans>,
    pub(crate) worktrees: Worktrees,
    /// Woken when a round is asked for.
    pub(crate) round: Wake,
    /// Wakes whoever probes prerequisites.
    pub(crate) probe: Wake,
}

impl Rounds {
    /// Makes rounds whenever one is asked for, never two at once, until the daemon stops. The first makes the engine
    /// ready.
    pub(crate) async fn run(self) {
        for round in 0_u32.. {
            let is_thorough = round % ROUNDS_BETWEEN_COMPARISONS == ROUNDS_BETWEEN_COMPARISONS - 1;
            // What a daemon before may have left is looked for at once.
            self.make_round(is_thorough, is_thorough || round == 0).await;
            self.attempts.ledger.supervision().note_complete();
            tokio::select! {
                () = self.round.woken() => {}
                () = self.attempts.shutdown.begun() => return,
            }
        }
    }

    async fn make_round(&self, is_thorough: bool, looks_at_trees: bool) {
        let (ledger, clock) = (&self.attempts.ledger, &self.attempts.installation.clock);
        if is_thorough || board::is_suspect(ledger).await {
            board::run(ledger).await;
        }
        orphans::run(&self.attempts).await;
        stops::run(&self.attempts).await;
        loans::run(ledger, &self.loans).await;
        due::run(ledger, clock.now()).await;
        dependencies::run(ledger).await;
        families::run(ledger, clock.now()).await;
        self.worktrees.run(looks_at_trees).await;
        self.probe.wake();
        self.attempts.inbox.tell(Input::Dispatch);
    }
}
