//! Every exit code, in one place.
//!
//! `run`, `await` and `clone` speak for the task; all other commands speak for themselves.

use longhaul_api::{ErrorCode, Task};
use longhaul_model::StateName;

/// Done, or completed.
pub(crate) const DONE: u8 = 0;
/// Refused by the state of things.
pub(crate) const REFUSED: u8 = 1;
/// A usage error: nothing was submitted.
pub(crate) const USAGE: u8 = 2;
/// Not finished yet, or no daemon.
pub(crate) const NOT_YET: u8 = 3;
/// Both sides changed the same (`land`).
pub(crate) const CONFLICT: u8 = 4;
/// Nobody saw the end of the task.
pub(crate) const INTERRUPTED: u8 = 75;
/// The wait timed out; the task goes on.
pub(crate) const WAIT_TIMED_OUT: u8 = 124;
/// Longhaul itself could not.
pub(crate) const OURS: u8 = 125;
/// Canceled, or the waiter was interrupted.
pub(crate) const CANCELED: u8 = 130;
/// The waiter was ended by SIGTERM.
pub(crate) const TERMINATED: u8 = 143;
/// Between our own processes only: a detached daemon found that another one serves this folder.
pub(crate) const ANOTHER_DAEMON: u8 = 76;

/// The exit code of `run` and `await` for a task that is over.
pub(crate) fn of_task(task: &Task) -> u8 {
    match task.state_name() {
        Some(StateName::Completed) => DONE,
        Some(StateName::Failed) => {
            // 124 and 125 are ours, and a shell gives those above to signals: such a code would be mistaken for one.
            let code = task.outcome.as_ref().and_then(|outcome| outcome.exit_code);
            code.and_then(|code| u8::try_from(code).ok())
                .filter(|code| (1..=123).contains(code))
                .unwrap_or(1)
        }
        Some(StateName::Canceled) => CANCELED,
        Some(StateName::Interrupted) => INTERRUPTED,
        Some(StateName::Waiting | StateName::Queued | StateName::Running) => WAIT_TIMED_OUT,
        None => OURS,
    }
}

/// The exit code of several tasks: 0 if all completed, else that of the first that did not.
pub(crate) fn of_tasks<'a>(tasks: impl IntoIterator<Item = &'a Task>) -> u8 {
    tasks
        .into_iter()
        .map(of_task)
        .find(|code| *code != DONE)
        .unwrap_or(DONE)
}

/// The exit code of `run` and `await` when the daemon refuses: there, 1 would mean that the task failed.
pub(crate) fn of_refused_submit(code: ErrorCode) -> u8 {
    match code.exit_code() {
        USAGE => USAGE,
        _ => OURS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::sample::task;
    use longhaul_api::Outcome;

    fn ended(state: &str, exit_code: Option<i32>) -> Task {
        let outcome = Outcome {
            reason: longhaul_model::Reason::Exit.into(),
            exit_code,
            signal: None,
            agent_error: None,
            message: String::new(),
            hint: None,
        };
        Task {
            outcome: Some(outcome),
            ..task(1, state)
        }
    }

    #[test]
    fn the_table_of_exit_codes_holds() {
        for (state, exit_code, expected) in [
            ("completed", Some(0), 0),
            ("failed", Some(1), 1),
            ("failed", Some(7), 7),
            ("failed", Some(123), 123),
            ("failed", Some(124), 1),
            ("failed", Some(125), 1),
            ("failed", Some(255), 1),
            ("failed", Some(0), 1),
            ("failed", Some(-1), 1),
            ("failed", None, 1),
            ("interrupted", None, 75),
            ("canceled", None, 130),
            ("running", None, 124),
            ("sleeping", None, 125),
        ] {
            assert_eq!(of_task(&ended(state, exit_code)), expected, "{state} {exit_code:?}");
        }
    }

    #[test]
    fn of_several_tasks_the_first_that_did_not_complete_decides() {
        let (completed, failed, canceled) = (
            ended("completed", Some(0)),
            ended("failed", Some(7)),
            ended("canceled", None),
        );
        assert_eq!(of_tasks([&completed, &completed]), 0);
        assert_eq!(of_tasks([&completed, &canceled, &failed]), 130);
    }

    #[test]
    fn a_refused_submit_is_never_taken_for_a_failed_task() {
        assert_eq!(of_refused_submit(ErrorCode::BadSpec), 2);
        assert_eq!(of_refused_submit(ErrorCode::KeyReused), 125);
        assert!(ErrorCode::ALL.iter().all(|code| of_refused_submit(*code) != REFUSED));
    }
}
