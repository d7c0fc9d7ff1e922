//! The workspaces with active tasks as people look at them: who writes, who reads, who waits for whom.

use std::collections::BTreeMap;

use longhaul_model::{Access, Isolation, StateName, TaskId};

use super::board::Board;
use super::lanes::{Lane, LaneUse};
use super::place::place;

/// A workspace as people look at it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkspaceLanes {
    /// Its active tasks.
    pub tasks: Vec<TaskId>,
    /// The one on the writer's lane.
    pub writer: Option<TaskId>,
    /// Those on the readers' lanes.
    pub readers: Vec<TaskId>,
    /// How many may read at once.
    pub max_readers: u32,
    /// Those that wait for a lane, first in line first.
    pub waiting: Vec<LaneWaiter>,
}

/// A task that waits for a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LaneWaiter {
    /// The task.
    pub task: TaskId,
    /// The one in the way.
    pub behind: TaskId,
    /// Whether it wants to write.
    pub is_writer: bool,
}

/// Every workspace with an active task, by path.
pub(crate) fn workspaces(board: &Board) -> BTreeMap<String, WorkspaceLanes> {
    let lane_use = LaneUse::of(board);
    let mut workspaces: BTreeMap<String, WorkspaceLanes> = BTreeMap::new();
    let mut tasks: Vec<_> = board.tasks().collect();
    tasks.sort_by_key(|task| place(task));
    for task in tasks {
        let lanes = workspaces.entry(task.workspace.clone()).or_default();
        lanes.max_readers = board.lanes.readers;
        lanes.tasks.push(task.id);
        let in_place = (task.spec.access, task.spec.isolation) != (Access::Write, Isolation::Worktree);
        match (task.state(), Lane::of(task)) {
            (StateName::Running, Some(Lane::Writer(_))) if in_place => lanes.writer = Some(task.id),
            (StateName::Running, Some(Lane::Reader(_))) => lanes.readers.push(task.id),
            (StateName::Queued, Some(lane)) => {
                lanes
                    .waiting
                    .extend(lane_use.holder(task, None).map(|behind| LaneWaiter {
                        task: task.id,
                        behind,
                        is_writer: matches!(lane, Lane::Writer(_)),
                    }))
            }
            _ => {}
        }
    }
    for lanes in workspaces.values_mut() {
        lanes.tasks.sort_unstable();
        lanes.readers.sort_unstable();
    }
    workspaces
}
