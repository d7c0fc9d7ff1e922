//! Hunts differences between the board and the store. There should be none: every answer of the store is taken in.

use std::sync::Arc;
use std::time::Duration;

use longhaul_model::{StateName, with_causes};

use crate::ledger::Ledger;
use crate::runtime::apart;

/// How often it is asked whether the two agree before they are taken to differ, and how long after each other.
const LOOKS: u32 = 3;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// Whether store and board count differently, and not just because something is being taken in at this moment.
pub(super) async fn is_suspect(ledger: &Ledger) -> bool {
    for _ in 0..LOOKS {
        if agree(ledger).await {
            return false;
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    true
}

async fn agree(ledger: &Ledger) -> bool {
    // What cannot be read cannot be compared either; other reconcilers tell of it.
    let Ok(stored) = ledger.stored().counts().await else {
        return true;
    };
    let stored = [StateName::Waiting, StateName::Queued, StateName::Running].map(|state| stored.of(state));
    let board = ledger.board();
    let known = board.counts().map(|count| count as u64);
    match board.unreadable {
        0 => stored == known,
        unreadable => stored.iter().sum::<u64>() == known.iter().sum::<u64>() + unreadable as u64,
    }
}

pub(super) async fn run(ledger: &Arc<Ledger>) {
    let before = ledger.board().snapshot();
    let stored = ledger.stored().clone();
    let active = match apart(async move { stored.active_tasks().await }).await {
        Some(Ok(active)) => active,
        Some(Err(fault)) => {
            tracing::warn!(error = %with_causes(&fault), "could not compare the board with the store");
            return;
        }
        None => return,
    };
    // Whoever waits for one of these was not told.
    for id in ledger.replace_board(active, &before) {
        if let Ok(Some(task)) = ledger.stored().task(id).await
            && task.life.state.is_terminal()
        {
            ledger.announce_end(&Arc::new(task));
        }
    }
    ledger.take_in_limits().await;
}
