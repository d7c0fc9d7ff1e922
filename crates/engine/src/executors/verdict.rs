//! What a receipt means for any program, and what its steps say about it.

use longhaul_model::{Outcome, Reason, Verdict};
use longhaul_supervisor::{End, Receipt, StepEnd};
use longhaul_worktrees::Report;

use crate::workspace::{WORKTREE_LEFT_STEP, WORKTREE_STEP};

/// What a receipt means for any program: exit 0 is success, everything else is told as it was seen.
pub(crate) fn program_verdict(receipt: &Receipt, report: &Report) -> Verdict {
    match &receipt.end {
        End::Exited { code: 0 } => Verdict::Succeeded(Outcome::exited(0)),
        End::Exited { code } => Verdict::Failed(Outcome::exited(*code)),
        End::Signaled { signal } => Verdict::Failed(Outcome::signaled(signal.to_string())),
        End::SpawnFailed { message } => Verdict::Failed(
            Outcome::new(Reason::SpawnError, message.clone())
                .with_hint("check the program's name, its mode and the folder"),
        ),
        End::Unenforced { message } => Verdict::Failed(
            Outcome::new(Reason::Enforcement, format!("not started: {message}")).with_hint(
                "`longhaul doctor` names what is missing; `require_enforcement = false` lets it run with less",
            ),
        ),
        End::SetUpFailed { step, message } | End::StepFailed { step, message } => {
            Verdict::Failed(of_failed_step(step, message, report))
        }
        End::Timeout { after_ms } => Verdict::Failed(
            Outcome::new(
                Reason::Timeout,
                format!("stopped at its run timeout of {}", length(*after_ms)),
            )
            .with_hint("give it longer with `--timeout`"),
        ),
        End::IdleTimeout { after_ms } => Verdict::Failed(
            Outcome::new(
                Reason::IdleTimeout,
                format!("no sign of life for {}", length(*after_ms)),
            )
            .with_hint("give it longer with `--idle-timeout`"),
        ),
        End::OutputOverflow { message } => Verdict::Failed(Outcome::new(
            Reason::Setup,
            format!("its output could not be kept: {message}"),
        )),
        End::Stopped { .. } => Verdict::Stopped,
        End::Lost { cause } => Verdict::Lost { detail: cause.clone() },
    }
}

/// A step of ours knows better than its exit why it failed; of the project's own steps that is all there is.
fn of_failed_step(step: &str, message: &str, report: &Report) -> Outcome {
    let is_ours = [WORKTREE_STEP, WORKTREE_LEFT_STEP].contains(&step);
    match report.error.as_ref().filter(|_| is_ours) {
        Some(error) => explained(Outcome::new(Reason::Setup, error.clone()), report),
        None => Outcome::new(Reason::Setup, format!("step {step}: {message}")),
    }
}

/// The same with what a step of ours said about it, if it said anything.
pub(super) fn explained(outcome: Outcome, report: &Report) -> Outcome {
    match &report.error {
        Some(error) => Outcome {
            message: error.clone(),
            hint: report.hint.clone(),
            ..outcome
        },
        None => outcome,
    }
}

/// The exit code of a step; nothing if it did not end by itself.
pub(super) fn exit_of(receipt: &Receipt, step: &str) -> Option<i32> {
    let report = receipt.steps.iter().rfind(|report| report.name == step)?;
    match report.end {
        StepEnd::Exited { code } => Some(code),
        _ => None,
    }
}

fn length(ms: u64) -> String {
    longhaul_model::format_duration(std::time::Duration::from_millis(ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt(end: &str) -> Receipt {
        let text = format!(
            r#"{{"version":1,"task":7,"attempt":1,"fence":1,"end":{end},"stop":null,"started_at_us":0,
            "program_started_at_us":null,"program_ended_at_us":null,"ended_at_us":0,"program_duration_us":null,
            "total_duration_us":0,"steps":[],"leftovers":[],
            "output":{{"produced_bytes":0,"dropped_bytes":0,"error":null}},
            "resources":{{"peak_memory_bytes":0,"cpu_ms":0}}}}"#
        );
        serde_json::from_str(&text).expect("a receipt")
    }

    fn message(end: &str, report: &Report) -> (String, Option<String>) {
        match program_verdict(&receipt(end), report) {
            Verdict::Failed(outcome) => (outcome.message, outcome.hint),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_step_of_ours_that_failed_says_itself_why_and_what_to_do() {
        let report = Report {
            error: Some("the branch is gone".to_owned()),
            hint: Some("make it again".to_owned()),
            ..Report::default()
        };
        let of = |step: &str| {
            let end = format!(r#"{{"kind":"set-up-failed","step":"{step}","message":"it exited with code 1"}}"#);
            message(&end, &report)
        };
        assert_eq!(
            of("worktree"),
            ("the branch is gone".to_owned(), Some("make it again".to_owned()))
        );
        assert_eq!(of("set-up"), ("step set-up: it exited with code 1".to_owned(), None));
        let exited = message(r#"{"kind":"exited","code":3}"#, &report);
        assert_eq!(
            exited,
            ("exited with code 3".to_owned(), None),
            "the program's own end is its own"
        );
    }
}
