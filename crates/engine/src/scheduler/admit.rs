//! Who may start now. A plain function of the board: it changes nothing and starts nobody.
//!
//! A blocked task never blocks the one behind it: each queue gives its slots to the first tasks of its line, and the
//! limit over all queues gives its slots to the first of all lines, by priority and then age. One whose workspace has no
//! lane free is passed over.

use std::collections::{BTreeMap, BTreeSet};

use longhaul_model::{Fence, QueueName, Task, TaskId};

use super::board::Board;
use super::lanes::LaneUse;
use super::place::LinePlace;
use super::reader_limit::ReaderLimit;
use super::slots::Offer;

/// A task that may start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Admission {
    pub(crate) task: TaskId,
    /// The fence of its next attempt.
    pub(crate) fence: Fence,
    /// The waiting ancestor whose slot it uses; nothing if it takes one of its own.
    pub(crate) lender: Option<TaskId>,
}

/// At most `most` tasks that may start now, in the order in which they should.
pub(crate) fn admit(board: &Board, most: usize) -> Vec<Admission> {
    if board.limits.paused {
        return Vec::new();
    }
    let mut slots = Slots::free(board);
    let mut lane_use = LaneUse::of(board);
    let mut helpers = ReaderLimit::of(board);
    let mut admitted = borrowers(board, &mut slots, &mut lane_use, &mut helpers);
    let borrowers: BTreeSet<TaskId> = admitted.iter().map(|admission| admission.task).collect();
    let mut lines: BTreeMap<&QueueName, _> = BTreeMap::new();
    for (name, line) in board.lines() {
        lines.insert(name, line.iter().filter(|place| !borrowers.contains(&place.2)));
    }
    // The head of each line that still has a slot; the best of them goes first.
    let mut heads: BTreeSet<(LinePlace, &QueueName)> = BTreeSet::new();
    let mut next_head = |heads: &mut BTreeSet<_>, slots: &Slots<'_>, name| {
        let line = lines.get_mut(name).filter(|_| slots.of(name) > 0);
        heads.extend(line.and_then(Iterator::next).map(|place| (*place, name)));
    };
    for name in board.lines().keys() {
        next_head(&mut heads, &slots, name);
    }
    while admitted.len() < most
        && slots.total > 0
        && let Some((place, name)) = heads.pop_first()
    {
        let task = board.task(place.2);
        if task.is_some_and(|task| helpers.in_the_way(task).is_some()) {
            // It waits for one of its own kind alone, and keeps nobody else waiting.
        } else if let Some(task) = task.filter(|task| lane_use.holder(task, None).is_none()) {
            slots.total -= 1;
            slots.take(name);
            lane_use.enter(task);
            helpers.enter(task);
            admitted.push(admission(task, None));
        } else if let Some(task) = task {
            lane_use.wait(task);
        }
        next_head(&mut heads, &slots, name);
    }
    admitted.truncate(most);
    admitted
}

/// Those that run in the slot of an ancestor which waits.
fn borrowers<'a>(
    board: &'a Board,
    slots: &mut Slots<'a>,
    lane_use: &mut LaneUse<'a>,
    helpers: &mut ReaderLimit,
) -> Vec<Admission> {
    let mut taken = board.lenders_in_use();
    let mut admitted = Vec::new();
    for task in board.may_borrow() {
        let name = &task.spec.queue;
        if board.queue(name).paused || helpers.in_the_way(task).is_some() {
            continue;
        }
        let is_usable = |offer: &Offer| {
            !taken.contains(&offer.lender)
                && (offer.is_within_queue || slots.of(name) > 0)
                && lane_use.holder(task, Some(offer.lender)).is_none()
        };
        let Some(offer) = board.offers_to(task).into_iter().find(is_usable) else {
            continue;
        };
        taken.insert(offer.lender);
        if !offer.is_within_queue {
            slots.take(name);
        }
        lane_use.enter(task);
        helpers.enter(task);
        admitted.push(admission(task, Some(offer.lender)));
    }
    admitted
}

fn admission(task: &Task, lender: Option<TaskId>) -> Admission {
    Admission {
        task: task.id,
        fence: task.life.fence.next(),
        lender,
    }
}

/// How many slots are left, in all and of each queue with tasks in its line.
struct Slots<'a> {
    total: u32,
    queues: BTreeMap<&'a QueueName, u32>,
}

impl<'a> Slots<'a> {
    fn free(board: &'a Board) -> Self {
        let of = |name| match board.queue(name) {
            queue if queue.paused => 0,
            queue => free(queue.limit, board.slots_used(name)),
        };
        Self {
            total: free(board.limits.total, board.slots_used_in_total()),
            queues: board.lines().keys().map(|name| (name, of(name))).collect(),
        }
    }

    fn of(&self, name: &QueueName) -> u32 {
        self.queues.get(name).copied().unwrap_or(0)
    }

    fn take(&mut self, name: &QueueName) {
        if let Some(left) = self.queues.get_mut(name) {
            *left = left.saturating_sub(1);
        }
    }
}

fn free(limit: Option<u32>, used: u32) -> u32 {
    limit.map_or(u32::MAX, |limit| limit.saturating_sub(used))
}

#[cfg(test)]
mod tests {
    use longhaul_model::Queue;

    use super::*;
    use crate::samples::{admitted, board, id, limit, run};
    use crate::scheduler::blocked_by;

    #[test]
    fn priority_goes_before_age_and_age_before_nothing() {
        let board = board(&[
            ("default", 0),
            ("default", 5),
            ("default", 0),
            ("default", -1),
            ("default", 5),
        ]);
        assert_eq!(admitted(&board), [2, 5, 1, 3]);
    }

    #[test]
    fn a_full_queue_does_not_block_another() {
        let mut board = board(&[("a", 9), ("a", 9), ("b", 0)]);
        limit(&mut board, "a", 1);
        run(&mut board, 1);
        assert_eq!(admitted(&board), [3]);
        assert_eq!(
            blocked_by(&board, board.task(id(2)).expect("queued"))[0].kind.word(),
            "queue-limit"
        );
    }

    #[test]
    fn the_limit_over_all_queues_takes_the_first_of_all_lines() {
        let mut board = board(&[("a", 0), ("b", 1), ("a", 2), ("b", 0)]);
        board.limits.total = Some(2);
        assert_eq!(admitted(&board), [3, 2]);
        run(&mut board, 3);
        assert_eq!(admitted(&board), [2]);
    }

    #[test]
    fn nothing_starts_from_a_paused_queue_or_when_all_are_paused() {
        let mut board = board(&[("a", 0), ("b", 0)]);
        let name: QueueName = "a".parse().expect("a queue");
        board.queues.insert(
            name.clone(),
            Queue {
                paused: true,
                ..Queue::new(name)
            },
        );
        assert_eq!(admitted(&board), [2]);
        board.limits.paused = true;
        assert!(admitted(&board).is_empty());
    }

    #[test]
    fn a_limit_that_was_lowered_starts_nothing_until_enough_have_ended() {
        let mut board = board(&[("a", 0), ("a", 0), ("a", 0), ("a", 0)]);
        for number in 1..=3 {
            run(&mut board, number);
        }
        limit(&mut board, "a", 2);
        assert!(admitted(&board).is_empty());
        board.note_ending(id(1));
        assert!(admitted(&board).is_empty());
        board.note_ending(id(2));
        assert_eq!(admitted(&board), [4]);
    }

    #[test]
    fn no_more_are_admitted_than_are_asked_for() {
        let mut board = board(&[("a", 0), ("b", 9), ("a", 5)]);
        limit(&mut board, "a", 9);
        let first: Vec<u64> = admit(&board, 2).iter().map(|admission| admission.task.get()).collect();
        assert_eq!(first, [2, 3]);
        assert!(admit(&board, 0).is_empty());
    }
}
