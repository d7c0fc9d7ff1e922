//! Lanes: in each workspace one that writes, and a few that read.
//!
//! Readers and the writer do not block each other unless the rules say so. A task that waits for a descendant lends it
//! its lane together with its slot (`slots`). What this is not: it does not decide who goes first; `admit` asks it
//! whether a lane is free.

use std::collections::HashMap;

use longhaul_model::{Access, Isolation, Task, TaskId};

use super::board::Board;
use super::lane_rules::LaneRules;

/// The lane a task takes while it runs, with the folder it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane<'a> {
    Reader(&'a str),
    Writer(&'a str),
}

impl<'a> Lane<'a> {
    /// The lane of this task; nothing for one that takes none.
    pub(crate) fn of(task: &'a Task) -> Option<Self> {
        match (task.spec.access, task.spec.isolation) {
            (Access::Unmanaged, _) => None,
            (Access::ReadOnly, _) => Some(Self::Reader(&task.workspace)),
            (Access::Write, Isolation::InPlace) => Some(Self::Writer(&task.workspace)),
            // Nobody else is meant to be in its worktree; what it submits there would be.
            (Access::Write, Isolation::Worktree) => task
                .facts
                .worktree
                .as_ref()
                .map(|worktree| Self::Writer(&worktree.path)),
        }
    }

    fn workspace(self) -> &'a str {
        match self {
            Self::Reader(workspace) | Self::Writer(workspace) => workspace,
        }
    }

    /// Whether it is one of the same folder.
    pub(crate) fn is_beside(self, other: Self) -> bool {
        self.workspace() == other.workspace()
    }
}

/// Who is in whose way in one workspace.
#[derive(Debug, Default)]
struct WorkspaceUse {
    writer: Option<TaskId>,
    /// In order of their ids.
    readers: Vec<TaskId>,
    /// A writer that waits for the readers to leave: no further one enters before it, or it would wait for ever.
    has_waiting_writer: bool,
}

/// Who uses the lanes of all workspaces.
#[derive(Debug)]
pub(crate) struct LaneUse<'a> {
    rules: LaneRules,
    by_workspace: HashMap<&'a str, WorkspaceUse>,
}

impl<'a> LaneUse<'a> {
    /// The lanes that the running tasks use. A reader that lends its lane to another reader counts once with it.
    pub(crate) fn of(board: &'a Board) -> Self {
        let mut lane_use = Self {
            rules: board.lanes,
            by_workspace: HashMap::new(),
        };
        let lent: HashMap<TaskId, TaskId> = board.loans().map(|(borrower, lender)| (lender, borrower)).collect();
        for task in board.running().filter(|task| !board.is_ending(task.id)) {
            let Some(lane) = Lane::of(task) else { continue };
            let borrower = lent.get(&task.id).and_then(|borrower| board.task(*borrower));
            let is_lent = match (lane, borrower.and_then(|borrower| Lane::of(borrower))) {
                (Lane::Reader(own), Some(Lane::Reader(borrowed))) => own == borrowed,
                _ => false,
            };
            if !is_lent {
                lane_use.enter(task);
            }
        }
        lane_use
            .by_workspace
            .values_mut()
            .for_each(|workspace| workspace.readers.sort_unstable());
        lane_use
    }

    /// The task that is in the way; nothing if there is room, or if this task takes no lane. `lender` is one that
    /// waits for it and is not in its way.
    pub(crate) fn holder(&self, task: &Task, lender: Option<TaskId>) -> Option<TaskId> {
        let lane = Lane::of(task)?;
        let there = self.by_workspace.get(lane.workspace())?;
        let writer = there.writer.filter(|writer| Some(*writer) != lender);
        let mut readers = there.readers.iter().copied().filter(|reader| Some(*reader) != lender);
        match lane {
            Lane::Writer(_) => writer.or_else(|| readers.next().filter(|_| self.rules.is_exclusive)),
            Lane::Reader(_) => {
                let writer = writer.filter(|_| self.rules.is_exclusive);
                let most = usize::try_from(self.rules.readers).unwrap_or(usize::MAX);
                let first = readers.next();
                let count = readers.count() + usize::from(first.is_some());
                let must_wait = count >= most || (there.has_waiting_writer && lender.is_none());
                writer.or_else(|| first.filter(|_| must_wait))
            }
        }
    }

    /// Notes that a task starts.
    pub(crate) fn enter(&mut self, task: &'a Task) {
        match Lane::of(task) {
            Some(Lane::Writer(workspace)) => self.by_workspace.entry(workspace).or_default().writer = Some(task.id),
            Some(Lane::Reader(workspace)) => self.by_workspace.entry(workspace).or_default().readers.push(task.id),
            None => {}
        }
    }

    /// Notes that a task which is before the others in its line cannot start.
    pub(crate) fn wait(&mut self, task: &'a Task) {
        if let Some(Lane::Writer(workspace)) = Lane::of(task).filter(|_| self.rules.is_exclusive) {
            self.by_workspace.entry(workspace).or_default().has_waiting_writer = true;
        }
    }
}

/// Somebody in the way, for people: who, and what it does there.
pub(super) fn describe_holder(board: &Board, holder: TaskId) -> String {
    let does = match board.task(holder).and_then(|task| Lane::of(task)) {
        Some(Lane::Writer(workspace)) => format!(", which writes {workspace}"),
        Some(Lane::Reader(workspace)) => format!(", which reads {workspace}"),
        None => String::new(),
    };
    format!("behind {holder}{does}")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::samples::{admitted, child, end, id, run, task};
    use crate::scheduler::blocked_by;

    fn with(mut task: Task, access: Access, workspace: &str) -> Arc<Task> {
        task.spec.access = access;
        task.workspace = workspace.to_owned();
        Arc::new(task)
    }

    fn writer(number: u64, workspace: &str) -> Arc<Task> {
        with(task(number, "a", 0), Access::Write, workspace)
    }

    fn reader(number: u64, workspace: &str) -> Arc<Task> {
        with(task(number, "a", 0), Access::ReadOnly, workspace)
    }

    fn board(tasks: impl IntoIterator<Item = Arc<Task>>) -> Board {
        let mut board = Board::default();
        for task in tasks {
            board.update(task);
        }
        board
    }

    #[test]
    fn one_writes_a_workspace_and_whoever_is_behind_it_for_another_goes_on() {
        let mut board = board([writer(1, "/w"), writer(2, "/w"), writer(3, "/x")]);
        assert_eq!(admitted(&board), [1, 3]);
        run(&mut board, 1);
        let blocks = blocked_by(&board, board.task(id(2)).expect("queued"));
        assert_eq!(
            (blocks[0].kind.word(), blocks[0].task, blocks[0].detail.as_str()),
            ("lane", Some(id(1)), "behind 1, which writes /w")
        );
        end(&mut board, 1);
        assert_eq!(admitted(&board), [2, 3]);
    }

    #[test]
    fn three_read_beside_the_writer() {
        let board = board((1..=5).map(|number| reader(number, "/w")).chain([writer(6, "/w")]));
        assert_eq!(admitted(&board), [1, 2, 3, 6]);
    }

    #[test]
    fn where_writes_are_exclusive_a_waiting_writer_is_not_overtaken_by_ever_new_readers() {
        let mut board = board([reader(1, "/w"), writer(2, "/w"), reader(3, "/w")]);
        board.lanes.is_exclusive = true;
        assert_eq!(admitted(&board), [1]);
        run(&mut board, 1);
        assert!(admitted(&board).is_empty());
        let blocks = blocked_by(&board, board.task(id(3)).expect("queued"));
        assert_eq!(
            (blocks[0].kind.word(), blocks[0].task, blocks[0].detail.as_str()),
            ("lane", Some(id(2)), "behind 2, which is to write /w first")
        );
        end(&mut board, 1);
        assert_eq!(admitted(&board), [2]);
        run(&mut board, 2);
        assert!(admitted(&board).is_empty());
        end(&mut board, 2);
        assert_eq!(admitted(&board), [3]);
    }

    #[test]
    fn readers_that_wait_for_their_children_lend_them_their_lanes() {
        let mut board = board((1..=3).map(|number| reader(number, "/w")));
        for number in 1..=3 {
            run(&mut board, number);
            board.update(with(child(number + 3, "a", number), Access::ReadOnly, "/w"));
        }
        assert!(admitted(&board).is_empty());
        board.lend(id(2), id(5));
        assert_eq!(admitted(&board), [5]);
        board.borrow(id(5), id(2));
        run(&mut board, 5);
        assert!(admitted(&board).is_empty(), "a lane is lent once");
        end(&mut board, 1);
        assert_eq!(admitted(&board), [4]);
    }

    #[test]
    fn a_lane_is_lent_over_queues_too() {
        let mut board = board((1..=3).map(|number| reader(number, "/w")));
        for number in 1..=3 {
            run(&mut board, number);
        }
        board.update(with(child(4, "b", 1), Access::ReadOnly, "/w"));
        assert!(admitted(&board).is_empty());
        board.lend(id(1), id(4));
        assert_eq!(admitted(&board), [4]);
    }

    #[test]
    fn commands_in_nobodys_care_take_no_lane() {
        let board = board((1..=4).map(|number| with(task(number, "a", 0), Access::Unmanaged, "/w")));
        assert_eq!(admitted(&board).len(), 4);
    }
}
