//! Hunts waiting tasks whose time came or whose deadline passed without their being told.

use std::sync::Arc;

use longhaul_model::{Event, Task};

use crate::shared::Shared;

pub(crate) async fn run(shared: &Arc<Shared>) {
    let now = shared.clock.now();
    let due: Vec<Arc<Task>> = {
        let board = shared.board();
        board
            .tasks()
            .filter(|task| task.life.wake_at().is_some_and(|at| at <= now))
            .cloned()
            .collect()
    };
    for task in due {
        shared.happen(task.id, Event::TimeCame).await;
        if task.life.deadline().is_some_and(|deadline| deadline <= now) {
            shared.happen(task.id, Event::DeadlinePassed).await;
        }
    }
}
