//! What is told: who, how it ended in words, how long it took, the first lines of the result, and where to see more.

use std::sync::Arc;

use jiff::Timestamp;
use longhaul_model::{Notification, Occasion, Secrets, State, StateName, Task, format_duration};
use longhaul_supervisor::output::{Body, Reader, Stream};
use serde::Serialize;

use crate::installation::Installation;

/// How much of the result is told.
const LINES: usize = 4;
/// And how long a line may be, in characters.
const LINE_LENGTH: usize = 200;
/// How much of the output is looked at for it, in bytes.
const LOOKED_AT_BYTES: u64 = 4_096;

/// What every message says of who sends it.
pub(super) struct Letterhead {
    pub(super) installation: Arc<Installation>,
    /// The name of the store, by which a receiver knows a message again.
    pub(super) store: String,
    /// Where the page is; nothing without one.
    pub(super) page: Option<String>,
}

/// One notification, ready to be told.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Message {
    /// The same each time it is told, so that a receiver knows it again.
    pub(super) id: String,
    /// What there is to tell.
    #[serde(serialize_with = "as_word")]
    pub(super) occasion: Occasion,
    /// When it came about.
    pub(super) at: Timestamp,
    /// When this is sent.
    pub(super) sent_at: Timestamp,
    /// The task's name and what became of it.
    pub(super) title: String,
    /// The outcome in words, how long it took, and the first lines of the result.
    pub(super) text: String,
    /// Where the page shows the task; nothing without a page.
    pub(super) link: Option<String>,
    task: TaskFacts,
}

#[derive(Debug, Clone, Serialize)]
struct TaskFacts {
    id: u64,
    name: String,
    kind: &'static str,
    agent: Option<String>,
    state: &'static str,
    workspace: String,
    duration_ms: Option<u64>,
    /// The outcome in words; nothing while it is not over.
    outcome: Option<String>,
    reason: Option<&'static str>,
    exit_code: Option<i32>,
    signal: Option<String>,
    hint: Option<String>,
    /// The first lines of the result; nothing if there is none.
    result: Option<String>,
    origin_session: Option<String>,
    origin_message: Option<String>,
    origin_url: Option<String>,
    labels: std::collections::BTreeMap<String, String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn as_word<S: serde::Serializer>(occasion: &Occasion, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(occasion.word())
}

impl Message {
    /// What there is to tell of the task now; `final_message` is an agent's, if it gave one. Reads some output; call it from
    /// a blocking thread.
    pub(super) fn of(
        letterhead: &Letterhead,
        notification: &Notification,
        task: &Task,
        final_message: Option<&str>,
    ) -> Self {
        let secrets = Secrets::of(&task.spec);
        let name = task.spec.shown_name();
        let ended = task.life.state.ended();
        let outcome = ended.map(|ended| &ended.outcome);
        let told = secrets.cut(&outcome_in_words(notification.occasion, task));
        let duration_ms = task.facts.duration_ms.filter(|_| ended.is_some());
        let result = first_lines(&letterhead.installation, task, final_message).map(|lines| secrets.cut(&lines));
        let mut text = told.clone();
        if let Some(duration_ms) = duration_ms {
            text = format!(
                "{text} · {}",
                format_duration(std::time::Duration::from_millis(duration_ms))
            );
        }
        for lines in result.iter().filter(|lines| **lines != told) {
            text = format!("{text}\n{lines}");
        }
        let base = letterhead.page.as_deref();
        Self {
            id: format!("{}:{}", letterhead.store, notification.id),
            occasion: notification.occasion,
            at: notification.at,
            sent_at: letterhead.installation.clock.now(),
            title: format!("{name} {}", became(notification.occasion)),
            text,
            link: base.map(|base| format!("{base}/#task={}", task.id)),
            task: TaskFacts {
                id: task.id.get(),
                name,
                kind: task.spec.work.kind().word(),
                agent: task.spec.work.agent().map(|agent| agent.agent.clone()),
                state: task.state().word(),
                workspace: task.workspace.clone(),
                duration_ms,
                outcome: outcome.map(|_| told),
                reason: outcome.map(|outcome| outcome.reason.word()),
                exit_code: outcome.and_then(|outcome| outcome.exit_code),
                signal: outcome.and_then(|outcome| outcome.signal.clone()),
                hint: outcome
                    .and_then(|outcome| outcome.hint.clone())
                    .map(|hint| secrets.cut(&hint)),
                result,
                origin_session: task.spec.origin.session.clone(),
                origin_message: task.spec.origin.message.clone(),
                origin_url: task.spec.origin.url.clone(),
                labels: task.spec.labels.clone(),
            },
        }
    }

    /// The message as JSON, in one line.
    pub(super) fn json(&self) -> String {
        serde_json::to_string(self).expect("invariant: a message has text keys and no failing serializer")
    }
}

fn became(occasion: Occasion) -> &'static str {
    match occasion {
        Occasion::Completed => "completed",
        Occasion::Failed => "failed",
        Occasion::Canceled => "was canceled",
        Occasion::Interrupted => "was interrupted",
        Occasion::UsageLimit => "waits for its usage limit",
        Occasion::Conflict => "could not be landed",
    }
}

fn outcome_in_words(occasion: Occasion, task: &Task) -> String {
    match (&task.life.state, task.life.state.ended()) {
        (_, Some(_)) if task.state() == StateName::Completed => "completed".to_owned(),
        (_, Some(ended)) => ended.outcome.message.clone(),
        (State::Waiting(waiting), None) if waiting.waits.usage_limit.is_some() => {
            let until = waiting.waits.usage_limit.unwrap_or_default();
            format!(
                "goes on when the usage limit is reset, at {}",
                until.strftime("%Y-%m-%d %H:%M UTC")
            )
        }
        _ => became(occasion).to_owned(),
    }
}

/// The beginning of what the task has to say: an agent's summary, a command's output, or the end of what it complained of.
fn first_lines(installation: &Installation, task: &Task, final_message: Option<&str>) -> Option<String> {
    let summary = || shortened(task.facts.summary.iter().flat_map(|summary| summary.lines()));
    if task.spec.work.agent().is_some() {
        return final_message
            .and_then(|message| shortened(message.lines()))
            .or_else(summary);
    }
    if !task.life.state.is_terminal() || task.life.attempt.0 == 0 {
        return None;
    }
    let reader = Reader::open(installation.attempt_folder(task.id, task.life.fence));
    let has_failed = task.state() != StateName::Completed;
    let complaint = || {
        let pieces = reader.tail_lines(LINES, Some(Stream::Stderr)).ok()?;
        shortened(text_of(&pieces).lines())
    };
    let beginning = || {
        let pieces = reader.read_stream(Stream::Stdout, 0, LOOKED_AT_BYTES).ok()?;
        shortened(text_of(&pieces).lines())
    };
    if has_failed {
        complaint().or_else(beginning)
    } else {
        beginning()
    }
}

fn text_of(pieces: &[longhaul_supervisor::output::Piece]) -> String {
    let bodies = pieces.iter().filter_map(|piece| match &piece.body {
        Body::Bytes(bytes) => Some(bytes.as_slice()),
        Body::Gap(_) => None,
    });
    String::from_utf8_lossy(&bodies.collect::<Vec<_>>().concat()).into_owned()
}

/// A few lines without what only a terminal understands; nothing if nothing is left.
fn shortened<'a>(lines: impl Iterator<Item = &'a str>) -> Option<String> {
    let lines = lines.map(|line| {
        let shown: String = plain(line).chars().take(LINE_LENGTH + 1).collect();
        match shown.char_indices().nth(LINE_LENGTH) {
            Some((end, _)) => format!("{}…", &shown[..end]),
            None => shown,
        }
    });
    let kept: Vec<_> = lines.filter(|line| !line.trim().is_empty()).take(LINES).collect();
    (!kept.is_empty()).then(|| kept.join("\n"))
}

/// The line without escape sequences and control characters.
fn plain(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\u{1b}' => {
                // A sequence ends with its first letter; those that set colours are what output is full of.
                if letters.next() == Some('[') {
                    letters.by_ref().find(|end| ('@'..='~').contains(end));
                }
            }
            '\t' => shown.push(' '),
            letter if letter.is_control() => {}
            letter => shown.push(letter),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_short_lines_are_told_without_colours() {
        let text = "\u{1b}[31mred\u{1b}[0m\tend\n\n  \n2\n3\n4\n5";
        assert_eq!(shortened(text.lines()).as_deref(), Some("red end\n2\n3\n4"));
        assert_eq!(shortened("\n \n".lines()), None);
        let long = "é".repeat(300);
        assert_eq!(shortened(long.lines()), Some(format!("{}…", "é".repeat(200))));
    }
}
