//! Where a task stands in its line.

use std::cmp::Reverse;

use longhaul_model::{Task, TaskId};

/// A task's place in its line: what was moved to the front first, the newest of it foremost; then higher priority, then
/// lower id.
pub(crate) type LinePlace = (i64, Reverse<i32>, TaskId);

/// The place of a queued task.
pub(crate) fn place(task: &Task) -> LinePlace {
    // A task's rank is its id until it is moved to the front.
    let is_moved = i64::try_from(task.id.get()).is_ok_and(|id| task.rank < id);
    let front = if is_moved { task.rank } else { i64::MAX };
    (front, Reverse(task.spec.priority), task.id)
}
