//! The board held against the store's list of active tasks.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use longhaul_model::{Task, TaskId};

use super::board::Board;

/// How many ids of ended tasks are remembered.
const MOST_OVER: usize = 100_000;

impl Board {
    /// What is known now, to be compared with the store's list.
    pub(crate) fn snapshot(&self) -> HashMap<TaskId, Arc<Task>> {
        self.tasks.clone()
    }

    /// Takes the store's list of active tasks as complete but for those in `unreadable`. `before` is what was known when
    /// the list was asked for: what changed on the board since then is newer than the list. Gives the tasks that were
    /// thought active and are not.
    pub(crate) fn replace(
        &mut self,
        active: Vec<Task>,
        unreadable: &HashSet<TaskId>,
        before: &HashMap<TaskId, Arc<Task>>,
    ) -> Vec<TaskId> {
        let is_untouched = |board: &Self, id: &TaskId| match (board.tasks.get(id), before.get(id)) {
            (Some(now), Some(before)) => Arc::ptr_eq(now, before),
            (now, before) => now.is_none() && before.is_none(),
        };
        let listed: HashSet<TaskId> = active.iter().map(|task| task.id).collect();
        let gone = |id: &&TaskId| !listed.contains(*id) && !unreadable.contains(*id);
        let over: Vec<TaskId> = before.keys().filter(gone).copied().collect();
        for id in &over {
            self.remove(*id);
            self.ending.remove(id);
            self.borrowed.remove(id);
        }
        for task in active {
            let is_news = before.get(&task.id).is_none_or(|before| **before != task);
            if is_news && is_untouched(self, &task.id) {
                self.update(Arc::new(task));
            }
        }
        // Late news can only be about tasks of the recent past; the set must not grow for ever.
        if self.over.len() > MOST_OVER {
            self.over.clear();
        }
        self.over.extend(&over);
        over
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{board, id, ids, task};

    #[test]
    fn what_changed_since_the_list_was_asked_for_is_newer_than_the_list() {
        let mut board = board(&[("a", 0), ("a", 0)]);
        let before = board.snapshot();
        let listed: Vec<Task> = before.values().map(|task| (**task).clone()).collect();
        let mut moved = (**board.task(id(2)).expect("it is there")).clone();
        moved.rank = -1;
        board.update(Arc::new(moved));
        board.update(Arc::new(task(3, "a", 0)));
        assert_eq!(board.replace(listed, &HashSet::new(), &before), []);
        assert_eq!(ids(&board), [1, 2, 3]);
        assert_eq!(board.task(id(2)).expect("it is there").rank, -1);
    }

    #[test]
    fn what_the_list_lacks_is_over_unless_it_cannot_be_read() {
        let mut board = board(&[("a", 0), ("a", 0)]);
        let before = board.snapshot();
        let over = board.replace(vec![task(4, "a", 0)], &HashSet::from([id(2)]), &before);
        assert_eq!(over, [id(1)]);
        assert_eq!(ids(&board), [2, 4]);
    }
}
