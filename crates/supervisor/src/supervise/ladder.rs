//! The way from asking to killing: each rung a signal and a grace, after the last the kill.

use std::time::{Duration, Instant};

use crate::signal::Signal;
use crate::spec::Rung;

/// Where on the ladder we are.
#[derive(Debug)]
pub(super) struct Ladder {
    rungs: std::vec::IntoIter<Rung>,
    until: Option<Instant>,
}

/// What the ladder says now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escalation {
    /// Ask by this signal.
    Ask(Signal),
    /// The last grace is not over.
    Wait,
    /// It is: kill.
    Kill,
}

impl Ladder {
    pub(super) fn new(rungs: Vec<Rung>) -> Self {
        Self {
            rungs: rungs.into_iter(),
            until: None,
        }
    }

    /// When [`Ladder::escalate`] next has something to say; `None` before it was first asked.
    pub(super) fn until(&self) -> Option<Instant> {
        self.until
    }

    pub(super) fn escalate(&mut self, now: Instant) -> Escalation {
        if self.until.is_some_and(|until| now < until) {
            return Escalation::Wait;
        }
        match self.rungs.next() {
            Some(rung) => {
                self.until = Some(now + Duration::from_millis(rung.grace_ms));
                Escalation::Ask(rung.signal)
            }
            None => Escalation::Kill,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rung_has_its_grace_and_the_last_word_is_kill() {
        let mut ladder = Ladder::new(Rung::agent_ladder());
        let start = crate::clock::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(ladder.escalate(at(0)), Escalation::Ask(Signal::INT));
        assert_eq!(ladder.escalate(at(4)), Escalation::Wait);
        assert_eq!(ladder.escalate(at(5)), Escalation::Ask(Signal::TERM));
        assert_eq!(ladder.escalate(at(9)), Escalation::Wait);
        assert_eq!(ladder.escalate(at(10)), Escalation::Kill);
    }

    #[test]
    fn an_empty_ladder_kills_at_once() {
        assert_eq!(Ladder::new(Vec::new()).escalate(crate::clock::now()), Escalation::Kill);
    }
}
