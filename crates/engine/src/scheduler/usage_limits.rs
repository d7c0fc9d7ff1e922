//! Until when the usage limits of agents hold, as far as anybody found out.

use std::collections::HashMap;

use jiff::Timestamp;

/// The usage limits that were reached, by agent.
#[derive(Debug, Default)]
pub(crate) struct UsageLimits(HashMap<String, UsageLimit>);

#[derive(Debug, Clone, Copy)]
struct UsageLimit {
    until: Timestamp,
    found_at: Timestamp,
}

impl UsageLimits {
    /// Notes that the usage limit of an agent holds until then, as was found out at `found_at`.
    pub(crate) fn note(&mut self, agent: &str, until: Timestamp, found_at: Timestamp) {
        let found = UsageLimit { until, found_at };
        let known = self.0.entry(agent.to_owned()).or_insert(found);
        known.until = known.until.max(until);
        known.found_at = known.found_at.max(found_at);
    }

    /// Notes that an agent which was started then did its work: a limit that was found before does not hold any more.
    pub(crate) fn lift(&mut self, agent: &str, started_at: Timestamp) {
        let is_outdated = |limit: &UsageLimit| limit.found_at < started_at;
        if self.0.get(agent).is_some_and(is_outdated) {
            self.0.remove(agent);
        }
    }

    /// Drops those that hold no more.
    pub(super) fn drop_past(&mut self, now: Timestamp) {
        self.0.retain(|_, limit| limit.until > now);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Until when the limit of this agent holds; nothing if none is known.
    pub(super) fn until(&self, agent: &str) -> Option<Timestamp> {
        Some(self.0.get(agent)?.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    #[test]
    fn a_limit_is_lifted_by_a_run_that_began_after_it_was_found_and_by_no_other() {
        let mut limits = UsageLimits::default();
        limits.note("codex", at(100), at(10));
        limits.lift("codex", at(9));
        assert_eq!(limits.until("codex"), Some(at(100)));
        limits.lift("claude", at(50));
        limits.lift("codex", at(11));
        assert_eq!(limits.until("codex"), None);
    }

    #[test]
    fn the_later_of_two_resets_holds_until_its_time() {
        let mut limits = UsageLimits::default();
        limits.note("codex", at(100), at(10));
        limits.note("codex", at(50), at(20));
        limits.drop_past(at(99));
        assert_eq!(limits.until("codex"), Some(at(100)));
        limits.drop_past(at(100));
        assert!(limits.is_empty());
    }
}
