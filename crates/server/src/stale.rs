//! Which parts of a task an event makes stale: one table, by the event's name.
//!
//! Whoever listens reads only these again. Most events by far are progress, twice a second while an agent works, and
//! that is told with the event itself.

use longhaul_api::TaskPart::{self, Changes, History, Result, Task};

/// The parts that are another than before this event. All of them for an event that is not known here: to read
/// too much is slow, to read too little is wrong.
pub(crate) fn parts(event: &str) -> &'static [TaskPart] {
    match event {
        // What leaves no line in the history.
        "progressed" | "taken" | "repeated" => &[Task],
        "submitted" | "held" | "released" | "edited" | "time-came" | "moved-to-front" | "acknowledged"
        | "agent-limited" | "claimed" => &[Task, History],
        // What may end a task before an attempt.
        "dependency-ended" | "prerequisite-probed" | "deadline-passed" | "cancel-requested" => &[Task, History, Result],
        "never-started" | "attempt-ended" => &[Task, History, Result, Changes],
        _ => &TaskPart::ALL,
    }
}

#[cfg(test)]
mod tests {
    use longhaul_model::{StateName, TABLE};

    use super::*;

    #[test]
    fn progress_touches_nothing_but_the_task() {
        assert_eq!(parts("progressed"), [Task]);
    }

    #[test]
    fn every_transition_touches_the_history() {
        for row in TABLE {
            assert!(parts(row.event).starts_with(&[Task, History]), "{}", row.event);
        }
    }

    #[test]
    fn what_may_end_a_task_touches_its_result() {
        for row in TABLE {
            if row.to.iter().any(|state| state.is_terminal()) {
                assert!(parts(row.event).contains(&Result), "{}", row.event);
            }
        }
    }

    #[test]
    fn what_ends_an_attempt_touches_the_changes_and_nothing_else_does() {
        for row in TABLE {
            let ends = row.from == StateName::Running && row.to.iter().any(|state| *state != StateName::Running);
            assert_eq!(
                parts(row.event).contains(&Changes),
                ends,
                "{} in {}",
                row.event,
                row.from
            );
        }
    }

    #[test]
    fn an_event_that_is_not_known_touches_everything() {
        assert_eq!(parts("of-tomorrow"), TaskPart::ALL);
    }
}
