//! Slots in use, and those that are lent: a task that waits for a descendant of its own needs none meanwhile, nor its
//! lane.
//!
//! A loan is a fact of this daemon, not of the store: it lives as long as the connection on which the task waits. What
//! borrows goes on if the loan ends before it does; then both need a slot, and nobody else starts until there is room.

use std::collections::HashSet;
use std::sync::Arc;

use longhaul_model::{QueueName, StateName, Task, TaskId};

use super::board::Board;
use super::lanes::Lane;
use super::place::place;

/// A slot that a queued task may use because its holder waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(crate) lender: TaskId,
    /// Whether they are of one queue. If not, what is lent is the lender's place under the limit over all queues.
    pub(crate) is_within_queue: bool,
    /// Whether a lane of the workspace comes with it.
    pub(crate) is_with_lane: bool,
}

impl Board {
    /// Slots of this queue in use.
    pub(crate) fn slots_used(&self, name: &QueueName) -> u32 {
        let running = self.running.get(name).into_iter().flatten();
        let running = running.filter(|id| !self.is_ending(**id)).count();
        let borrowed = self
            .loans()
            .filter(|(borrower, lender)| self.is_in(*borrower, name) && self.is_in(*lender, name));
        u32::try_from(running - borrowed.count()).unwrap_or(u32::MAX)
    }

    /// Slots of all queues in use.
    pub(crate) fn slots_used_in_total(&self) -> u32 {
        let running = self.running.values().flatten();
        let running = running.filter(|id| !self.is_ending(**id)).count();
        u32::try_from(running - self.loans().count()).unwrap_or(u32::MAX)
    }

    fn is_in(&self, id: TaskId, name: &QueueName) -> bool {
        self.task(id).is_some_and(|task| task.spec.queue == *name)
    }

    /// Whether both take a lane of one workspace.
    fn shares_its_workspace(&self, lender: TaskId, child: &Task) -> bool {
        let lanes = (self.task(lender).and_then(|task| Lane::of(task)), Lane::of(child));
        matches!(lanes, (Some(own), Some(wanted)) if own.is_beside(wanted))
    }

    fn holds_a_slot(&self, id: TaskId) -> bool {
        !self.is_ending(id) && self.task(id).is_some_and(|task| task.state() == StateName::Running)
    }

    /// Whether a task waits for a descendant that is not over, and so does without its slot.
    fn lends(&self, id: TaskId) -> bool {
        let is_awaited = |awaited: &TaskId| self.task(*awaited).is_some() && !self.is_ending(*awaited);
        self.holds_a_slot(id)
            && self
                .lenders
                .get(&id)
                .is_some_and(|awaited| awaited.iter().any(is_awaited))
    }

    /// The borrowers and their lenders, as long as the one runs and the other waits.
    pub(crate) fn loans(&self) -> impl Iterator<Item = (TaskId, TaskId)> + '_ {
        let holds = |(borrower, lender): &(TaskId, TaskId)| self.holds_a_slot(*borrower) && self.lends(*lender);
        self.borrowed
            .iter()
            .map(|(borrower, lender)| (*borrower, *lender))
            .filter(holds)
    }

    /// Those whose slot is in use by a descendant; each lends once.
    pub(crate) fn lenders_in_use(&self) -> HashSet<TaskId> {
        self.loans().map(|(_, lender)| lender).collect()
    }

    /// The queued tasks that may have somebody to borrow from: those that are waited for, then those that these may
    /// need; each by their place.
    pub(crate) fn may_borrow(&self) -> Vec<&Arc<Task>> {
        if self.lenders.is_empty() {
            return Vec::new();
        }
        let children = self.parents().into_iter().flat_map(|parent| self.children(parent));
        let mut queued: Vec<_> = children
            .filter_map(|id| self.task(id))
            .filter(|task| task.state() == StateName::Queued)
            .collect();
        let awaited: HashSet<TaskId> = self.lenders.values().flatten().copied().collect();
        queued.sort_by_key(|task| (!awaited.contains(&task.id), place(task)));
        queued
    }

    /// What a queued task may borrow, the best first.
    pub(crate) fn offers_to(&self, child: &Task) -> Vec<Offer> {
        // Whoever awaits this very task is above it, even if one between them is over and no way leads there any more.
        let waits_for_it = |(_, awaited): &(&TaskId, &Vec<TaskId>)| awaited.contains(&child.id);
        let waiting = self.lenders.iter().filter(waits_for_it).map(|(lender, _)| *lender);
        let lenders = self
            .ancestors(child)
            .chain(waiting)
            .filter(|lender| self.lends(*lender));
        let offers = lenders.map(|lender| Offer {
            lender,
            is_within_queue: self.is_in(lender, &child.spec.queue),
            is_with_lane: self.shares_its_workspace(lender, child),
        });
        let is_of_use = |offer: &Offer| offer.is_within_queue || offer.is_with_lane || self.limits.total.is_some();
        let mut offers: Vec<_> = offers.filter(is_of_use).collect();
        // A slot of its own queue with a lane first: that lends everything it needs.
        offers.sort_by_key(|offer| (!offer.is_within_queue, !offer.is_with_lane));
        offers
    }

    /// The active ancestors of a task, nearest first.
    fn ancestors<'a>(&'a self, task: &Task) -> impl Iterator<Item = TaskId> + 'a {
        std::iter::successors(task.parent, |id| self.task(*id).and_then(|task| task.parent))
    }

    /// Notes that a running task uses its ancestor's slot.
    pub(crate) fn borrow(&mut self, borrower: TaskId, lender: TaskId) {
        self.borrowed.insert(borrower, lender);
    }

    /// Notes that a task waits for a descendant of its own.
    pub(crate) fn lend(&mut self, lender: TaskId, descendant: TaskId) {
        self.lenders.entry(lender).or_default().push(descendant);
    }

    /// Notes that such a wait is over.
    pub(crate) fn end_loan(&mut self, lender: TaskId, descendant: TaskId) {
        let Some(awaited) = self.lenders.get_mut(&lender) else {
            return;
        };
        if let Some(position) = awaited.iter().position(|id| *id == descendant) {
            awaited.swap_remove(position);
        }
        if awaited.is_empty() {
            self.lenders.remove(&lender);
        }
    }

    /// Whether a task waits for a descendant of its own.
    pub(crate) fn is_waiting_inside(&self, id: TaskId) -> bool {
        self.lenders.contains_key(&id)
    }
}

#[cfg(test)]
mod tests {
    use longhaul_model::{State, Waiting, Waits};

    use super::*;
    use crate::samples::{FIRST, admitted, board, change, child, end, id, limit, run, task};
    use crate::scheduler::{Admission, admit};

    /// Task 1 runs in the only slot of queue `a`; 2 and 3 are its children in the line.
    fn family() -> Board {
        let mut board = board(&[("a", 0)]);
        limit(&mut board, "a", 1);
        run(&mut board, 1);
        for number in [2, 3] {
            board.update(Arc::new(child(number, "a", 1)));
        }
        board
    }

    fn claim(board: &mut Board, borrower: u64, lender: u64) {
        board.borrow(id(borrower), id(lender));
        run(board, borrower);
    }

    #[test]
    fn a_parent_that_waits_lends_its_slot_to_one_of_its_children() {
        let mut board = family();
        board.update(Arc::new(task(4, "a", 9)));
        assert!(admitted(&board).is_empty(), "nobody waits yet");
        board.lend(id(1), id(2));
        assert_eq!(
            admit(&board, 64),
            [Admission {
                task: id(2),
                fence: FIRST,
                lender: Some(id(1))
            }]
        );
        claim(&mut board, 2, 1);
        assert!(admitted(&board).is_empty(), "a slot is lent once");
    }

    #[test]
    fn a_wait_is_over_as_soon_as_the_end_of_what_it_waits_for_is_known() {
        let mut board = family();
        board.lend(id(1), id(2));
        claim(&mut board, 2, 1);
        board.note_ending(id(2));
        assert!(admitted(&board).is_empty(), "its parent goes on in its slot");
        end(&mut board, 2);
        board.end_loan(id(1), id(2));
        assert!(admitted(&board).is_empty());
        board.lend(id(1), id(3));
        assert_eq!(admitted(&board), [3]);
    }

    #[test]
    fn both_need_a_slot_when_the_wait_ends_before_the_borrower() {
        let mut board = family();
        limit(&mut board, "a", 2);
        board.lend(id(1), id(2));
        claim(&mut board, 2, 1);
        assert_eq!(board.slots_used(&task(1, "a", 0).spec.queue), 1);
        assert_eq!(admitted(&board), [3]);
        board.end_loan(id(1), id(2));
        assert_eq!(board.slots_used(&task(1, "a", 0).spec.queue), 2);
        assert!(admitted(&board).is_empty());
        end(&mut board, 1);
        assert_eq!(admitted(&board), [3], "the borrower keeps the slot, once");
    }

    #[test]
    fn who_does_not_run_has_no_slot_to_lend() {
        let mut board = family();
        board.lend(id(1), id(2));
        let until = Some(jiff::Timestamp::MAX);
        let waiting = Waiting {
            since: jiff::Timestamp::UNIX_EPOCH,
            waits: Waits {
                backoff: until,
                ..Waits::default()
            },
        };
        change(&mut board, 1, State::Waiting(waiting));
        let borrowing: Vec<_> = admit(&board, 64)
            .iter()
            .filter_map(|admission| admission.lender)
            .collect();
        assert_eq!(borrowing, []);
        assert_eq!(
            admitted(&board),
            [2],
            "the free slot is given to the first in line, and no other"
        );
    }

    #[test]
    fn a_slot_is_lent_past_one_between_that_is_over() {
        let mut board = family();
        board.lend(id(1), id(2));
        claim(&mut board, 2, 1);
        board.update(Arc::new(child(4, "a", 2)));
        end(&mut board, 2);
        board.end_loan(id(1), id(2));
        board.lend(id(1), id(4));
        assert_eq!(admitted(&board), [4]);
    }

    #[test]
    fn a_place_under_the_total_limit_is_lent_to_another_queue_if_that_has_a_slot() {
        let mut board = family();
        board.limits.total = Some(1);
        board.update(Arc::new(child(4, "b", 1)));
        board.lend(id(1), id(4));
        limit(&mut board, "b", 0);
        assert_eq!(admitted(&board), [2], "what cannot start does not use the loan up");
        limit(&mut board, "b", 1);
        assert_eq!(admitted(&board), [4]);
        claim(&mut board, 4, 1);
        assert_eq!(board.slots_used_in_total(), 1);
        assert_eq!(
            board.slots_used(&task(1, "a", 0).spec.queue),
            1,
            "its own queue's slot is not lent"
        );
        assert!(admitted(&board).is_empty());
    }
}
