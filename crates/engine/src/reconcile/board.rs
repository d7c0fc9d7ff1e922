//! Hunts differences between the board and the store. There should be none: every answer of the store is taken in.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use longhaul_model::StateName;

use crate::shared::{Shared, blocking, chain};

/// How often it is asked whether the two agree before they are taken to differ, and how long after each other.
const LOOKS: u32 = 3;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// Whether store and board count differently, and not just because something is being taken in at this moment.
pub(crate) async fn is_suspect(shared: &Shared) -> bool {
    for _ in 0..LOOKS {
        if agree(shared) {
            return false;
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    true
}

fn agree(shared: &Shared) -> bool {
    // What cannot be read cannot be compared either; other reconcilers tell of it.
    let Ok(stored) = shared.store.counts() else { return true };
    let stored = [StateName::Waiting, StateName::Queued, StateName::Running].map(|state| stored.of(state));
    let board = shared.board();
    let known = board.counts().map(|count| count as u64);
    match board.unreadable {
        0 => stored == known,
        unreadable => stored.iter().sum::<u64>() == known.iter().sum::<u64>() + unreadable as u64,
    }
}

pub(crate) async fn run(shared: &Arc<Shared>) {
    let before = shared.board().snapshot();
    let held = Arc::clone(shared);
    let active = match blocking(move || held.store.active_tasks()).await {
        Some(Ok(active)) => active,
        Some(Err(fault)) => {
            tracing::warn!(error = %chain(&fault), "could not compare the board with the store");
            return;
        }
        None => return,
    };
    for damaged in &active.damaged {
        tracing::error!(%damaged, "a task cannot be read; it is left as it is");
    }
    let unreadable: HashSet<_> = active.damaged.iter().filter_map(|damaged| damaged.task).collect();
    let over = {
        let mut board = shared.board();
        board.unreadable = active.damaged.len();
        board.replace(active.tasks, &unreadable, &before)
    };
    // Whoever waits for one of these was not told.
    for id in over {
        if let Ok(Some(task)) = shared.store.task(id)
            && task.life.state.is_terminal()
        {
            shared.announce_end(&Arc::new(task));
        }
    }
    take_in_limits(shared);
}

/// Puts queues and limits on the board as they are stored. Read under its lock, so that what is put there last is what
/// was stored last.
pub(crate) fn take_in_limits(shared: &Shared) {
    let mut board = shared.board();
    match (shared.store.queues(), shared.store.limits()) {
        (Ok(queues), Ok(limits)) => {
            board.queues = queues.into_iter().map(|queue| (queue.name.clone(), queue)).collect();
            board.limits = limits;
        }
        (Err(fault), _) | (_, Err(fault)) => {
            tracing::warn!(error = %chain(&fault), "could not read the queues");
        }
    }
}
