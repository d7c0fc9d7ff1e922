//! Who may start now. A plain function of the board: it changes nothing and starts nobody.
//!
//! A blocked task never blocks the one behind it: each queue gives its slots to the first tasks of its line, and the
//! limit over all queues gives its slots to the first of all lines, by priority and then age. One whose workspace has no
//! lane free is passed over.

use std::collections::{BTreeMap, BTreeSet};

use longhaul_model::{BlockKind, Fence, QueueName, StateName, Task, TaskId};

use crate::board::{Board, Place};
use crate::helpers::Helpers;
use crate::lanes::{self, Lane, Traffic};
use crate::lending::Offer;

/// A task that may start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Admission {
    pub(crate) task: TaskId,
    /// The fence of its next attempt.
    pub(crate) fence: Fence,
    /// The waiting ancestor whose slot it uses; nothing if it takes one of its own.
    pub(crate) lender: Option<TaskId>,
}

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

/// At most `most` tasks that may start now, in the order in which they should.
pub(crate) fn admit(board: &Board, most: usize) -> Vec<Admission> {
    if board.limits.paused {
        return Vec::new();
    }
    let mut slots = Slots::free(board);
    let mut traffic = Traffic::of(board);
    let mut helpers = Helpers::of(board);
    let mut admitted = borrowers(board, &mut slots, &mut traffic, &mut helpers);
    let borrowers: BTreeSet<TaskId> = admitted.iter().map(|admission| admission.task).collect();
    let mut lines: BTreeMap<&QueueName, _> = BTreeMap::new();
    for (name, line) in board.lines() {
        lines.insert(name, line.iter().filter(|place| !borrowers.contains(&place.2)));
    }
    // The head of each line that still has a slot; the best of them goes first.
    let mut heads: BTreeSet<(Place, &QueueName)> = BTreeSet::new();
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
        } else if let Some(task) = task.filter(|task| traffic.holder(task, None).is_none()) {
            slots.total -= 1;
            slots.take(name);
            traffic.enter(task);
            helpers.enter(task);
            admitted.push(admission(task, None));
        } else if let Some(task) = task {
            traffic.wait(task);
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
    traffic: &mut Traffic<'a>,
    helpers: &mut Helpers,
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
                && traffic.holder(task, Some(offer.lender)).is_none()
        };
        let Some(offer) = board.offers_to(task).into_iter().find(is_usable) else {
            continue;
        };
        taken.insert(offer.lender);
        if !offer.is_within_queue {
            slots.take(name);
        }
        traffic.enter(task);
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

/// What keeps this task from starting; empty unless it is queued.
pub(crate) fn blocked_by(board: &Board, task: &Task) -> Vec<Block> {
    let mut blocks = Vec::new();
    if task.state() != StateName::Queued {
        return blocks;
    }
    let name = &task.spec.queue;
    let queue = board.queue(name);
    let mut block = |kind, detail| {
        blocks.push(Block {
            kind,
            detail,
            task: None,
        })
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
    let helpers = Helpers::of(board);
    blocks.extend(helpers.in_the_way(task).map(|parent| Block {
        kind: BlockKind::HelperLimit,
        detail: format!(
            "task {parent} has {} read-only helpers at work, the most at once",
            helpers.most()
        ),
        task: Some(parent),
    }));
    let traffic = Traffic::of(board);
    let holder = traffic.holder(task, None);
    blocks.extend(holder.map(|holder| Block {
        kind: BlockKind::Lane,
        detail: lanes::told(board, holder),
        task: Some(holder),
    }));
    let waiting = waiting_writer(board, &traffic, task).filter(|_| holder.is_none());
    blocks.extend(waiting.map(|writer| Block {
        kind: BlockKind::Lane,
        detail: format!("behind {writer}, which is to write {} first", task.workspace),
        task: Some(writer),
    }));
    blocks
}

/// The writer that a reader may not overtake where writes are exclusive.
fn waiting_writer(board: &Board, traffic: &Traffic<'_>, task: &Task) -> Option<TaskId> {
    let lane = Lane::of(task).filter(|lane| board.lanes.is_exclusive && matches!(lane, Lane::Reader(_)))?;
    let line = board.lines().get(&task.spec.queue)?;
    let own = line.iter().find(|place| place.2 == task.id)?;
    let earlier = board.lines().values().flatten().filter(|place| *place < own);
    let mut others = earlier.filter_map(|place| board.task(place.2));
    let writes_beside = |other: &Task| {
        Lane::of(other).is_some_and(|theirs| matches!(theirs, Lane::Writer(_)) && theirs.is_beside(lane))
    };
    let writer = others.find(|other| writes_beside(other) && traffic.holder(other, None).is_some());
    writer.map(|writer| writer.id)
}

#[cfg(test)]
mod tests {
    use longhaul_model::Queue;

    use super::*;
    use crate::samples::{admitted, board, id, limit, run};

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
