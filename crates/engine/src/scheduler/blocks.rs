//! What keeps a queued task from starting, for people.

use longhaul_model::{BlockKind, StateName, Task, TaskId};

use super::board::Board;
use super::lanes::{Lane, LaneUse, describe_holder};
use super::reader_limit::ReaderLimit;

/// What keeps a queued task from starting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What sort of thing it is.
    pub kind: BlockKind,
    /// What it is, for people.
    pub detail: String,
    /// The task that holds what this one needs; nothing if it is no single one.
    pub task: Option<TaskId>,
}

/// The board as it holds tasks up: what is counted over all of them is counted once, for however many tasks are asked
/// about.
pub(crate) struct Obstacles<'a> {
    board: &'a Board,
    lane_use: LaneUse<'a>,
    helpers: ReaderLimit,
}

/// What keeps this task from starting; empty unless it is queued.
#[cfg(test)]
pub(crate) fn blocked_by(board: &Board, task: &Task) -> Vec<Block> {
    Obstacles::of(board).to(task)
}

impl<'a> Obstacles<'a> {
    /// Counts what runs.
    pub(crate) fn of(board: &'a Board) -> Self {
        Self {
            board,
            lane_use: LaneUse::of(board),
            helpers: ReaderLimit::of(board),
        }
    }

    /// What keeps this task from starting; empty unless it is queued.
    pub(crate) fn to(&self, task: &Task) -> Vec<Block> {
        if task.state() != StateName::Queued {
            return Vec::new();
        }
        let mut blocks = self.pauses_and_limits(task);
        blocks.extend(self.helpers.in_the_way(task).map(|parent| Block {
            kind: BlockKind::HelperLimit,
            detail: format!(
                "task {parent} has {} read-only helpers at work, the most at once",
                self.helpers.most()
            ),
            task: Some(parent),
        }));
        blocks.extend(self.lane(task));
        blocks
    }

    fn pauses_and_limits(&self, task: &Task) -> Vec<Block> {
        let (board, name) = (self.board, &task.spec.queue);
        let queue = board.queue(name);
        let mut blocks = Vec::new();
        let mut block = |kind, detail| {
            blocks.push(Block {
                kind,
                detail,
                task: None,
            });
        };
        if board.limits.paused {
            block(BlockKind::Paused, "all queues are paused: `longhaul resume`".to_owned());
        }
        if queue.paused {
            block(
                BlockKind::Paused,
                format!("queue {name} is paused: `longhaul resume --queue {name}`"),
            );
        }
        let used = board.slots_used(name);
        if let Some(limit) = queue.limit.filter(|limit| used >= *limit) {
            block(
                BlockKind::QueueLimit,
                format!("queue {name} runs {used} of at most {limit}"),
            );
        }
        let used = board.slots_used_in_total();
        if let Some(limit) = board.limits.total.filter(|limit| used >= *limit) {
            block(
                BlockKind::TotalLimit,
                format!("{used} tasks run in all queues, of at most {limit}"),
            );
        }
        blocks
    }

    fn lane(&self, task: &Task) -> Option<Block> {
        let block = |task, detail| Block {
            kind: BlockKind::Lane,
            detail,
            task: Some(task),
        };
        if let Some(holder) = self.lane_use.holder(task, None) {
            return Some(block(holder, describe_holder(self.board, holder)));
        }
        let writer = self.waiting_writer(task)?;
        let detail = format!("behind {writer}, which is to write {} first", task.workspace);
        Some(block(writer, detail))
    }

    /// The writer that a reader may not overtake where writes are exclusive.
    fn waiting_writer(&self, task: &Task) -> Option<TaskId> {
        let board = self.board;
        let lane = Lane::of(task).filter(|lane| board.lanes.is_exclusive && matches!(lane, Lane::Reader(_)))?;
        let line = board.lines().get(&task.spec.queue)?;
        let own = line.iter().find(|place| place.2 == task.id)?;
        let earlier = board.lines().values().flatten().filter(|place| *place < own);
        let mut others = earlier.filter_map(|place| board.task(place.2));
        let writes_beside = |other: &Task| {
            Lane::of(other).is_some_and(|theirs| matches!(theirs, Lane::Writer(_)) && theirs.is_beside(lane))
        };
        let writer = others.find(|other| writes_beside(other) && self.lane_use.holder(other, None).is_some());
        writer.map(|writer| writer.id)
    }
}
