//! Lanes: in each workspace one that writes, and a few that read.
//!
//! Readers and the writer do not block each other unless the rules say so. A task that waits for a descendant lends it
//! its lane together with its slot (`lending`). What this is not: it does not decide who goes first; `admit` asks it
//! whether a lane is free.

use std::collections::{BTreeMap, HashMap};

use longhaul_model::{Access, Isolation, StateName, Task, TaskId};

use crate::board::{Board, place};

/// What the lanes of every workspace have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rules {
    /// How many may read a workspace at once.
    pub(crate) readers: u32,
    /// Whether nobody reads while somebody writes.
    pub(crate) is_exclusive: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            readers: 3,
            is_exclusive: false,
        }
    }
}

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
struct Occupied {
    writer: Option<TaskId>,
    /// In order of their ids.
    readers: Vec<TaskId>,
    /// A writer that waits for the readers to leave: no further one enters before it, or it would wait for ever.
    has_waiting_writer: bool,
}

/// Who is on the lanes of all workspaces.
#[derive(Debug)]
pub(crate) struct Traffic<'a> {
    rules: Rules,
    roads: HashMap<&'a str, Occupied>,
}

impl<'a> Traffic<'a> {
    /// The traffic of the tasks that run. A reader that lends its lane to another reader counts once with it.
    pub(crate) fn of(board: &'a Board) -> Self {
        let mut traffic = Self {
            rules: board.lanes,
            roads: HashMap::new(),
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
                traffic.enter(task);
            }
        }
        traffic.roads.values_mut().for_each(|road| road.readers.sort_unstable());
        traffic
    }

    /// The task that is in the way; nothing if there is room, or if this task takes no lane. `lender` is one that
    /// waits for it and is not in its way.
    pub(crate) fn holder(&self, task: &Task, lender: Option<TaskId>) -> Option<TaskId> {
        let lane = Lane::of(task)?;
        let road = self.roads.get(lane.workspace())?;
        let writer = road.writer.filter(|writer| Some(*writer) != lender);
        let mut readers = road.readers.iter().copied().filter(|reader| Some(*reader) != lender);
        match lane {
            Lane::Writer(_) => writer.or_else(|| readers.next().filter(|_| self.rules.is_exclusive)),
            Lane::Reader(_) => {
                let writer = writer.filter(|_| self.rules.is_exclusive);
                let most = usize::try_from(self.rules.readers).unwrap_or(usize::MAX);
                let first = readers.next();
                let count = readers.count() + usize::from(first.is_some());
                let must_wait = count >= most || (road.has_waiting_writer && lender.is_none());
                writer.or_else(|| first.filter(|_| must_wait))
            }
        }
    }

    /// Notes that a task starts.
    pub(crate) fn enter(&mut self, task: &'a Task) {
        match Lane::of(task) {
            Some(Lane::Writer(workspace)) => self.roads.entry(workspace).or_default().writer = Some(task.id),
            Some(Lane::Reader(workspace)) => self.roads.entry(workspace).or_default().readers.push(task.id),
            None => {}
        }
    }

    /// Notes that a task which is before the others in its line cannot start.
    pub(crate) fn wait(&mut self, task: &'a Task) {
        if let Some(Lane::Writer(workspace)) = Lane::of(task).filter(|_| self.rules.is_exclusive) {
            self.roads.entry(workspace).or_default().has_waiting_writer = true;
        }
    }
}

/// A workspace as people look at it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Road {
    /// Its active tasks.
    pub tasks: Vec<TaskId>,
    /// The one on the writer's lane.
    pub writer: Option<TaskId>,
    /// Those on the readers' lanes.
    pub readers: Vec<TaskId>,
    /// How many may read at once.
    pub max_readers: u32,
    /// Those that wait for a lane, first in line first.
    pub waiting: Vec<Waiting>,
}

/// A task that waits for a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// The task.
    pub task: TaskId,
    /// The one in the way.
    pub behind: TaskId,
    /// Whether it wants to write.
    pub is_writer: bool,
}

/// Every workspace with an active task, by path.
pub(crate) fn roads(board: &Board) -> BTreeMap<String, Road> {
    let traffic = Traffic::of(board);
    let mut roads: BTreeMap<String, Road> = BTreeMap::new();
    let mut tasks: Vec<_> = board.tasks().collect();
    tasks.sort_by_key(|task| place(task));
    for task in tasks {
        let road = roads.entry(task.workspace.clone()).or_default();
        road.max_readers = board.lanes.readers;
        road.tasks.push(task.id);
        let in_place = (task.spec.access, task.spec.isolation) != (Access::Write, Isolation::Worktree);
        match (task.state(), Lane::of(task)) {
            (StateName::Running, Some(Lane::Writer(_))) if in_place => road.writer = Some(task.id),
            (StateName::Running, Some(Lane::Reader(_))) => road.readers.push(task.id),
            (StateName::Queued, Some(lane)) => road.waiting.extend(traffic.holder(task, None).map(|behind| Waiting {
                task: task.id,
                behind,
                is_writer: matches!(lane, Lane::Writer(_)),
            })),
            _ => {}
        }
    }
    for road in roads.values_mut() {
        road.tasks.sort_unstable();
        road.readers.sort_unstable();
    }
    roads
}

/// What somebody in the way is told as: who, and what it does there.
pub(crate) fn told(board: &Board, holder: TaskId) -> String {
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
    use crate::admit::blocked_by;
    use crate::samples::{admitted, child, end, id, run, task};

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
