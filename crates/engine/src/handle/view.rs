//! A task as it is shown: what is stored of it, and what only the engine knows.

use std::sync::Arc;

use longhaul_model::{BlockKind, StateName, Task};

use super::Handle;
use crate::scheduler::{Block, Obstacles};

/// A task, with what only the engine knows about it.
#[derive(Debug, Clone)]
pub struct View {
    /// The task.
    pub task: Arc<Task>,
    /// What keeps it from starting; empty unless it is queued.
    pub blocked_by: Vec<Block>,
    /// Bytes of output its newest attempt has produced until now.
    pub output_bytes: u64,
}

impl Handle {
    pub(super) fn view_of(&self, task: Arc<Task>) -> View {
        let mut views = self.views_of([task]);
        views.pop().expect("invariant: one task gives one view")
    }

    /// What holds them up is counted once for all of them.
    pub(super) fn views_of(&self, tasks: impl IntoIterator<Item = Arc<Task>>) -> Vec<View> {
        let tasks: Vec<Arc<Task>> = tasks.into_iter().collect();
        let launch_trouble = self.rooms.launches.complaint();
        let mut blocks = self.blocks_of(&tasks);
        let view = |(task, blocked_by): (Arc<Task>, &mut Vec<Block>)| {
            let mut blocked_by = std::mem::take(blocked_by);
            let trouble = launch_trouble.clone().filter(|_| task.state() == StateName::Queued);
            blocked_by.extend(trouble.map(|detail| Block {
                kind: BlockKind::Launch,
                detail,
                task: None,
            }));
            View {
                output_bytes: self.output_bytes(&task),
                blocked_by,
                task,
            }
        };
        tasks.into_iter().zip(&mut blocks).map(view).collect()
    }

    fn blocks_of(&self, tasks: &[Arc<Task>]) -> Vec<Vec<Block>> {
        if tasks.iter().all(|task| task.state() != StateName::Queued) {
            return vec![Vec::new(); tasks.len()];
        }
        let board = self.rooms.ledger.board();
        let obstacles = Obstacles::of(&board);
        tasks.iter().map(|task| obstacles.to(task)).collect()
    }

    fn output_bytes(&self, task: &Task) -> u64 {
        if task.state() != StateName::Running {
            return task.facts.output_bytes;
        }
        let folder = self.rooms.installation.attempt_folder(task.id, task.life.fence);
        longhaul_supervisor::output::produced(&folder).unwrap_or(task.facts.output_bytes)
    }
}
