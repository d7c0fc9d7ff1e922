//! A task in one line.

use longhaul_api::Task;
use longhaul_model::{StateName, WaitKind};

use super::plain::plain;
use super::times::{length, local_time};

/// Why it is where it is: what it waits for, what blocks it, how it ended. Nothing if the state says all. Of a state that
/// this program does not know, whatever of it there is.
pub(crate) fn why_it_stands(task: &Task) -> Option<String> {
    let said = match task.state_name() {
        Some(StateName::Waiting) => waits(task),
        Some(StateName::Queued) => blocks(task),
        Some(StateName::Running) => doing(task),
        Some(StateName::Completed) => task.summary.clone(),
        Some(StateName::Failed | StateName::Canceled | StateName::Interrupted) => ending(task),
        None => ending(task).or_else(|| waits(task)).or_else(|| blocks(task)),
    };
    said.map(|text| plain(&text)).filter(|text| !text.is_empty())
}

fn waits(task: &Task) -> Option<String> {
    joined(task.waiting_for.iter().map(|wait| match (&wait.detail, wait.until) {
        (Some(detail), _) => detail.clone(),
        (None, Some(until)) if wait.kind == WaitKind::NotBefore => format!("not before {}", local_time(until)),
        (None, Some(until)) => format!("{} until {}", wait.kind, local_time(until)),
        (None, None) => wait.kind.to_string(),
    }))
}

fn blocks(task: &Task) -> Option<String> {
    joined(task.blocked_by.iter().map(|block| match (&block.detail, block.task) {
        (Some(detail), _) => detail.clone(),
        (None, Some(holder)) => format!("{} (task {holder})", block.kind),
        (None, None) => block.kind.to_string(),
    }))
}

fn doing(task: &Task) -> Option<String> {
    match (&task.stopping, &task.progress) {
        (Some(stopping), _) if stopping.unkillable => Some("stopping, but its processes refuse to die".to_owned()),
        (Some(_), _) => Some("stopping".to_owned()),
        (None, Some(progress)) => Some(match progress.percent {
            Some(percent) => format!("{} {percent} %", progress.phase),
            None => progress.phase.clone(),
        }),
        (None, None) => None,
    }
}

fn ending(task: &Task) -> Option<String> {
    task.outcome.as_ref().map(|outcome| outcome.message.clone())
}

/// Id, state, how long, name, and why: `12 failed 3.2s make test: exited with code 2`.
pub(crate) fn task_line(task: &Task) -> String {
    let mut line = format!("{} {}", task.id, plain(task.state.as_str()));
    if let Some(duration_ms) = task.duration_ms {
        line = format!("{line} {}", length(duration_ms));
    }
    line = format!("{line} {}", plain(&task.name));
    match why_it_stands(task) {
        Some(why) => format!("{line}: {why}"),
        None => line,
    }
}

/// What a waiter shows meanwhile: `task 12 (make test) running 2m 05s`.
pub(crate) fn progress_line(task: &Task) -> String {
    let length = task
        .duration_ms
        .map(|ms| format!(" {}", length(ms)))
        .unwrap_or_default();
    let why = why_it_stands(task).map(|why| format!(": {why}")).unwrap_or_default();
    let (name, state) = (plain(&task.name), plain(task.state.as_str()));
    format!("task {} ({name}) {state}{length}{why}", task.id)
}

/// `task 12`, or `tasks 12, 13 and 14`.
pub(crate) fn tasks_as_words(ids: &[u64]) -> String {
    match ids {
        [] => "no task".to_owned(),
        [id] => format!("task {id}"),
        [first @ .., last] => {
            let first: Vec<_> = first.iter().map(u64::to_string).collect();
            format!("tasks {} and {last}", first.join(", "))
        }
    }
}

fn joined(parts: impl Iterator<Item = String>) -> Option<String> {
    let parts: Vec<_> = parts.collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::sample::task;
    use longhaul_api::{BlockedBy, Outcome, Progress, WaitingFor, Word};

    #[test]
    fn a_line_tells_the_state_and_why() {
        let outcome = Outcome {
            reason: Word::read("exit"),
            exit_code: Some(2),
            signal: None,
            agent_error: None,
            message: "exited with code 2".into(),
            hint: None,
        };
        let failed = Task {
            outcome: Some(outcome),
            duration_ms: Some(3_200),
            ..task(12, "failed")
        };
        let wait = |kind: &str, detail: Option<&str>| WaitingFor {
            kind: Word::read(kind),
            detail: detail.map(Into::into),
            task: None,
            until: None,
        };
        let waiting = Task {
            waiting_for: vec![
                wait("held", None),
                wait("dependency", Some("task 3 must complete first")),
            ],
            ..task(13, "waiting")
        };
        let block = BlockedBy {
            kind: Word::read("queue-limit"),
            detail: None,
            task: Some(4),
            until: None,
        };
        let queued = Task {
            blocked_by: vec![block],
            ..task(14, "queued")
        };
        let progress = Progress {
            phase: "receiving".into(),
            percent: Some(40),
        };
        let running = Task {
            progress: Some(progress),
            duration_ms: Some(65_000),
            ..task(15, "running")
        };
        let newer = Task {
            waiting_for: vec![wait("full-moon", None)],
            ..task(16, "dreaming")
        };
        let lines: Vec<_> = [&failed, &waiting, &queued, &running, &newer].map(task_line).into();
        insta::assert_snapshot!(lines.join("\n"), @r"
        12 failed 3.2s make test: exited with code 2
        13 waiting make test: held; task 3 must complete first
        14 queued make test: queue-limit (task 4)
        15 running 1m 05s make test: receiving 40 %
        16 dreaming make test: full-moon
        ");
        assert_eq!(
            progress_line(&running),
            "task 15 (make test) running 1m 05s: receiving 40 %"
        );
    }

    #[test]
    fn ids_are_listed_as_one_says_them() {
        assert_eq!(tasks_as_words(&[1]), "task 1");
        assert_eq!(tasks_as_words(&[1, 2, 3]), "tasks 1, 2 and 3");
    }
}
