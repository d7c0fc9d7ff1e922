//! Who may start now. A plain function of the board: it changes nothing and starts nobody.
//!
//! A blocked task never blocks the one behind it: each queue gives its slots to the first tasks of its line, and the
//! limit over all queues gives its slots to the first of all lines, by priority and then age.

use std::collections::BTreeMap;

use longhaul_model::{QueueName, StateName, Task, TaskId};

use crate::board::{Board, Place};

/// A task that may start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Admission {
    pub(crate) task: TaskId,
    /// The waiting ancestor whose slot it uses; nothing if it takes one of its own.
    pub(crate) lender: Option<TaskId>,
}

/// What keeps a queued task from starting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// `paused`, `queue-limit`, `total-limit` or `launch`.
    pub kind: &'static str,
    /// What it is, for people.
    pub detail: String,
    /// The task that holds what this one needs; nothing if it is no single one.
    pub task: Option<TaskId>,
}

/// The tasks that may start now, in the order in which they should.
pub(crate) fn admit(board: &Board) -> Vec<Admission> {
    let mut admitted = Vec::new();
    if board.limits.paused {
        return admitted;
    }
    for (task, lender) in board.loans() {
        let is_paused = board
            .task(task)
            .is_some_and(|task| board.queue(&task.spec.queue).paused);
        if !is_paused {
            admitted.push(Admission {
                task,
                lender: Some(lender),
            });
        }
    }
    let borrowers: Vec<TaskId> = admitted.iter().map(|admission| admission.task).collect();
    let mut total_left = free(board.limits.total, board.slots_used_in_total());
    let mut lines: BTreeMap<&QueueName, (u32, std::collections::btree_set::Iter<'_, Place>)> = BTreeMap::new();
    for (name, line) in board.lines() {
        let queue = board.queue(name);
        let left = if queue.paused {
            0
        } else {
            free(queue.limit, board.slots_used(name))
        };
        if left > 0 {
            lines.insert(name, (left, line.iter()));
        }
    }
    // The head of each line that still has a slot; the best of them goes first.
    let mut heads: Vec<(Place, &QueueName)> = Vec::new();
    for (name, (_, line)) in &mut lines {
        heads.extend(
            line.find(|place| !borrowers.contains(&place.2))
                .map(|place| (*place, *name)),
        );
    }
    while total_left > 0 && !heads.is_empty() {
        let best = heads
            .iter()
            .enumerate()
            .min_by_key(|(_, (place, _))| *place)
            .map_or(0, |(index, _)| index);
        let (place, name) = heads.swap_remove(best);
        admitted.push(Admission {
            task: place.2,
            lender: None,
        });
        total_left -= 1;
        if let Some((left, line)) = lines.get_mut(name) {
            *left -= 1;
            if *left > 0 {
                heads.extend(
                    line.find(|place| !borrowers.contains(&place.2))
                        .map(|place| (*place, name)),
                );
            }
        }
    }
    admitted
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
        block("paused", "all queues are paused: `longhaul resume`".to_owned());
    }
    if queue.paused {
        block(
            "paused",
            format!("queue {name} is paused: `longhaul resume --queue {name}`"),
        );
    }
    let used = board.slots_used(name);
    if let Some(limit) = queue.limit.filter(|limit| used >= *limit) {
        block("queue-limit", format!("queue {name} runs {used} of at most {limit}"));
    }
    let used = board.slots_used_in_total();
    if let Some(limit) = board.limits.total.filter(|limit| used >= *limit) {
        block(
            "total-limit",
            format!("{used} tasks run in all queues, of at most {limit}"),
        );
    }
    blocks
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::Timestamp;
    use longhaul_model::{Facts, Fence, Life, Policy, Queue, Running, Spec, State, Waits, Work};

    use super::*;

    fn id(number: u64) -> TaskId {
        TaskId::new(number).expect("not zero")
    }

    /// A board of queued tasks: queue and priority of each, numbered from 1.
    fn board(lines: &[(&str, i32)]) -> Board {
        let mut board = Board::default();
        for (index, (queue, priority)) in lines.iter().enumerate() {
            board.update(Arc::new(task(index as u64 + 1, queue, *priority)));
        }
        board
    }

    fn task(number: u64, queue: &str, priority: i32) -> Task {
        let mut spec = Spec::new(
            Work::Command {
                command: vec!["true".to_owned()],
            },
            "/",
        );
        spec.queue = queue.parse().expect("a queue");
        spec.priority = priority;
        Task {
            id: id(number),
            spec,
            life: Life::submitted(Timestamp::UNIX_EPOCH, Waits::default(), Policy::default()),
            created_at: Timestamp::UNIX_EPOCH,
            workspace: "/".to_owned(),
            parent: None,
            retry_of: None,
            retried_by: None,
            chain: id(number),
            started_at: None,
            queue_ms: 0,
            facts: Facts::default(),
            enforcement: None,
            acknowledged_at: None,
            rank: i64::try_from(number).expect("small"),
        }
    }

    fn run(board: &mut Board, number: u64) {
        let mut task = (**board.task(id(number)).expect("it is active")).clone();
        task.life.state = State::Running(Running {
            since: Timestamp::UNIX_EPOCH,
            stopping: None,
        });
        task.life.fence = Fence(1);
        task.life.step += 1;
        board.update(Arc::new(task));
    }

    fn limit(board: &mut Board, queue: &str, limit: u32) {
        let name: QueueName = queue.parse().expect("a queue");
        board.queues.insert(
            name.clone(),
            Queue {
                limit: Some(limit),
                ..Queue::new(name)
            },
        );
    }

    fn admitted(board: &Board) -> Vec<u64> {
        admit(board).iter().map(|admission| admission.task.get()).collect()
    }

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
            blocked_by(&board, board.task(id(2)).expect("queued"))[0].kind,
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
    fn a_parent_that_waits_lends_its_slot_to_one_of_its_children() {
        let mut board = board(&[("a", 0)]);
        limit(&mut board, "a", 1);
        run(&mut board, 1);
        for number in [2, 3] {
            board.update(Arc::new(Task {
                parent: Some(id(1)),
                ..task(number, "a", 0)
            }));
        }
        board.update(Arc::new(task(4, "a", 9)));
        assert!(admitted(&board).is_empty(), "nobody waits yet");
        board.lend(id(1), id(2));
        assert_eq!(
            admit(&board),
            [Admission {
                task: id(2),
                lender: Some(id(1))
            }]
        );
        board.borrow(id(2), id(1));
        run(&mut board, 2);
        assert!(admitted(&board).is_empty(), "a slot is lent once");
        assert!(board.end_loan(id(1), id(2)));
    }
}
