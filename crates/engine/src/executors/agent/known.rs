//! The few facts that lists need, out of what is known of a run so far.

use longhaul_agents::{Adapter, Kind, PlanStep, Reading, UsageScope};
use longhaul_model::{Facts, Progress, Session};

use super::super::text::plain;
use super::usage;

/// How long a line of activity may be, in characters.
const LINE: usize = 200;

/// What was known, with what is known now.
pub(crate) fn known_of(adapter: &dyn Adapter, reading: &Reading, facts: &Facts) -> Facts {
    let session = reading.session.as_ref().map(|id| Session {
        id: id.clone(),
        resume_command: adapter.resume_command(id),
    });
    let scope = adapter.usage_scope();
    let is_resumed = facts.resumed.is_some() && !is_another(reading, facts);
    let earlier = facts.earlier_session_usage.as_ref().filter(|_| is_resumed);
    let spent = reading
        .usage
        .as_ref()
        .map(|told| usage::of_attempt(told, scope, earlier, is_resumed));
    let session_usage = match scope {
        UsageScope::Run => None,
        UsageScope::Session | UsageScope::RunWithSessionCost => reading.usage.clone().or(earlier.cloned()),
    };
    Facts {
        session: session.or(facts.session.clone()),
        usage: usage::sum(facts.earlier_usage.as_ref(), spent.as_ref()),
        session_usage,
        progress: reading.phase.as_ref().map(|phase| Progress {
            phase: phase.clone(),
            percent: None,
        }),
        ..facts.clone()
    }
}

/// Whether the agent began another session than the one it was to go on with.
pub(super) fn is_another(reading: &Reading, facts: &Facts) -> bool {
    match (&reading.session, &facts.resumed) {
        (Some(told), Some(asked)) => told != asked,
        _ => false,
    }
}

/// What an agent did, in one line; nothing for what says nothing by itself.
pub(crate) fn activity_line(kind: &Kind) -> Option<String> {
    let line = match kind {
        Kind::Message { text } | Kind::Reasoning { text } | Kind::Notice { text } | Kind::Error { text } => {
            first_line(text)?.to_owned()
        }
        Kind::ToolCall { tool, title, .. } if title.trim().is_empty() => tool.clone(),
        Kind::ToolCall { tool, title, .. } => format!("{tool}: {}", first_line(title)?),
        Kind::FileChanges { changes } => {
            let paths: Vec<_> = changes.iter().map(|change| change.path.as_str()).collect();
            format!("changed {}", paths.join(", "))
        }
        Kind::Plan { steps } => plan_line(steps),
        Kind::Session { .. } | Kind::ToolResult { .. } | Kind::Unknown { .. } => return None,
    };
    Some(plain(&line).chars().take(LINE).collect())
}

fn plan_line(steps: &[PlanStep]) -> String {
    let done = steps.iter().filter(|step| step.is_done).count();
    match steps.iter().find(|step| !step.is_done) {
        Some(next) => format!("plan, {done} of {} done: {}", steps.len(), next.text),
        None => format!("plan, all {done} steps done"),
    }
}

/// The first line that is not blank; nothing if all are.
pub(super) fn first_line(text: &str) -> Option<&str> {
    text.lines().map(str::trim).find(|line| !line.is_empty())
}
