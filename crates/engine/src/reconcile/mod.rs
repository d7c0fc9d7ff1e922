//! What hunts for anything that was missed. There is no recovery mode: these run after every start, and then in every
//! periodic round. Each takes no input but the engine, defines what it hunts, and may run twice without harm.

mod board;
pub(crate) mod dependencies;
pub(crate) mod families;
mod orphans;
pub(crate) mod prerequisites;
pub(crate) mod retention;
mod schedules;
mod stops;

use std::sync::Arc;

use crate::dispatch::Input;
use crate::shared::Shared;

/// Compares the board with the store: rarer than a round, since it reads every active task.
pub(crate) async fn compare(shared: Arc<Shared>) {
    board::run(&shared).await;
    shared.tell(Input::Round);
}

/// Runs every reconciler of the round once.
pub(crate) async fn round(shared: Arc<Shared>) {
    orphans::run(&shared).await;
    stops::run(&shared).await;
    schedules::run(&shared).await;
    dependencies::run(&shared).await;
    families::run(&shared).await;
    shared.probe.notify_one();
    shared.tell(Input::Dispatch);
}
