//! Read-only helpers: agents that only read, and that were submitted from inside a task. Short, and few at once for each
//! parent; a review is none of them.

use std::collections::HashMap;

use longhaul_model::{Access, Spec, Task, TaskId};

use super::board::Board;

/// Whether it is one.
pub(crate) fn is_helper(spec: &Spec, parent: Option<TaskId>) -> bool {
    let is_reader = spec.access == Access::ReadOnly;
    is_reader && parent.is_some() && spec.work.agent().is_some_and(|work| work.review.is_none())
}

/// The parent that a task helps; nothing for all others.
fn helped(task: &Task) -> Option<TaskId> {
    task.parent.filter(|_| is_helper(&task.spec, task.parent))
}

/// How many helpers run for each parent.
#[derive(Debug)]
pub(crate) struct ReaderLimit {
    most: u32,
    running: HashMap<TaskId, u32>,
}

impl ReaderLimit {
    /// Those that run now.
    pub(crate) fn of(board: &Board) -> Self {
        let mut limit = Self {
            most: board.max_helpers,
            running: HashMap::new(),
        };
        let running = board.running().filter(|task| !board.is_ending(task.id));
        running.for_each(|task| limit.enter(task));
        limit
    }

    /// The parent that has as many helpers as it may; nothing if there is room for this task, or if it is no helper.
    pub(crate) fn in_the_way(&self, task: &Task) -> Option<TaskId> {
        let running = |parent: &TaskId| self.running.get(parent).copied().unwrap_or(0);
        helped(task).filter(|parent| running(parent) >= self.most)
    }

    /// Notes that a task starts.
    pub(crate) fn enter(&mut self, task: &Task) {
        if let Some(parent) = helped(task) {
            *self.running.entry(parent).or_default() += 1;
        }
    }

    /// How many may run at once.
    pub(crate) fn most(&self) -> u32 {
        self.most
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use longhaul_model::{AgentWork, ReviewScope, Work};

    use super::*;
    use crate::samples::{admitted, board, child, end, id, limit, run};
    use crate::scheduler::blocked_by;

    fn helper(number: u64, is_review: bool) -> Arc<Task> {
        let mut task = child(number, "a", 1);
        task.spec.access = Access::ReadOnly;
        // Lanes are not what is looked at here.
        task.workspace = format!("/{number}");
        task.spec.work = Work::Agent(AgentWork {
            agent: "codex".to_owned(),
            prompt: "look".to_owned(),
            model: None,
            effort: None,
            resume: None,
            answer_schema: None,
            review: is_review.then_some(ReviewScope::Found),
            max_parkings: 0,
        });
        Arc::new(task)
    }

    #[test]
    fn a_parent_has_three_helpers_at_once_and_any_number_of_reviews() {
        let mut board = board(&[("a", 0)]);
        limit(&mut board, "a", 9);
        board.max_helpers = 3;
        run(&mut board, 1);
        for number in 2..=6 {
            board.update(helper(number, false));
        }
        board.update(helper(7, true));
        assert_eq!(admitted(&board), [2, 3, 4, 7]);
        for number in 2..=4 {
            run(&mut board, number);
        }
        let blocks = blocked_by(&board, board.task(id(5)).expect("queued"));
        assert_eq!((blocks[0].kind.word(), blocks[0].task), ("helper-limit", Some(id(1))));
        end(&mut board, 3);
        assert_eq!(admitted(&board), [5, 7]);
    }
}
