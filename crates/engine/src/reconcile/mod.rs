//! What hunts for anything that was missed. There is no recovery mode: these run after every start, and then in every
//! periodic round. Each takes no input but the engine, defines what it hunts, and may run twice without harm.

pub(crate) mod board;
pub(crate) mod dependencies;
mod due;
pub(crate) mod families;
mod loans;
pub(crate) mod orphans;
pub(crate) mod prerequisites;
pub(crate) mod retention;
mod stops;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::dispatch::Input;
use crate::shared::{Shared, blocking};
use crate::workspace;

/// How many rounds lie between two comparisons of the board with the store, if nothing asks for one.
const ROUNDS_BETWEEN_COMPARISONS: u32 = 30;

/// Makes rounds whenever one is asked for, never two at once, until the daemon stops. The first makes the engine ready.
pub(crate) async fn run(shared: Arc<Shared>) {
    let mut stopping = shared.stopping.subscribe();
    for round in 0_u32.. {
        let is_thorough = round % ROUNDS_BETWEEN_COMPARISONS == ROUNDS_BETWEEN_COMPARISONS - 1;
        // What a daemon before may have left is looked for at once.
        make_round(&shared, is_thorough, is_thorough || round == 0).await;
        shared.is_ready.store(true, Ordering::SeqCst);
        tokio::select! {
            () = shared.round.notified() => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
    }
}

async fn make_round(shared: &Arc<Shared>, is_thorough: bool, looks_at_trees: bool) {
    if is_thorough || board::is_suspect(shared).await {
        board::run(shared).await;
    }
    orphans::run(shared).await;
    stops::run(shared).await;
    loans::run(shared).await;
    due::run(shared).await;
    dependencies::run(shared).await;
    families::run(shared).await;
    let held = Arc::clone(shared);
    blocking(move || workspace::look_after(&held, looks_at_trees)).await;
    shared.probe.notify_one();
    shared.tell(Input::Dispatch);
}
