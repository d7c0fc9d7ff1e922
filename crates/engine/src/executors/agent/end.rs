//! What the end of an agent's run means, from its exit and all that it said.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use longhaul_agents::{Conclusion, Exit, Reading, Trouble, conclude as conclude_run};
use longhaul_model::{AgentError, Facts, Outcome, Reason, TaskId, Verdict};
use longhaul_supervisor::{End, Receipt};

use super::super::executor::{Concluded, Over};
use super::super::heard::Heard;
use super::super::text::plain;
use super::super::verdict::program_verdict;
use super::asked::AgentRequest;
use super::known::{first_line, is_another, known_of};
use super::review;

/// How long a task waits for a reset that the agent did not tell, at first; then twice as long each time.
const FIRST_WAIT: SignedDuration = SignedDuration::from_mins(15);
/// And at most.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(6);
/// How long a message may be, in characters.
const MESSAGE: usize = 500;

/// Says what the end means.
pub(super) fn conclude(asked: &AgentRequest<'_>, over: &Over<'_>, facts: &mut Facts) -> Concluded {
    let nothing = Heard::default();
    let heard = over.heard.unwrap_or(&nothing);
    let reading = &heard.reading;
    let before = facts.clone();
    *facts = Facts {
        progress: None,
        activity: heard.last_line.clone().or(facts.activity.clone()),
        ..known_of(asked.adapter, reading, facts)
    };
    let verdict = match over.end {
        Ok(receipt) => verdict(asked, over, &before, heard, receipt),
        Err(verdict) => verdict.clone(),
    };
    note(reading, &before, &verdict, facts);
    facts.is_parked = matches!(verdict, Verdict::UsageLimitReached { .. });
    facts.summary = match &verdict {
        Verdict::Succeeded(_) => reading.message.as_deref().and_then(|message| summary(asked, message)),
        Verdict::Failed(outcome) => Some(shortened(&outcome.message)),
        _ => None,
    };
    let message = reading.message.clone().filter(|message| !message.is_empty());
    Concluded { verdict, message }
}

fn verdict(asked: &AgentRequest<'_>, over: &Over<'_>, before: &Facts, heard: &Heard, receipt: &Receipt) -> Verdict {
    let (exit, exit_code) = match &receipt.end {
        End::Exited { code } => (Exit::Code(*code), Some(*code)),
        End::Signaled { signal } => (Exit::Signal(signal.to_string()), None),
        // What it said before it was ended by us says nothing about how it would have ended.
        End::Timeout { .. } | End::IdleTimeout { .. } => {
            return at_its_limit(program_verdict(receipt, over.report), over.task.id, heard);
        }
        End::SetUpFailed { step, .. } if step == review::STEP => return nothing_to_review(heard),
        _ => return program_verdict(receipt, over.report),
    };
    let reading = &heard.reading;
    let ended = ended_at(over, receipt).to_zoned(zone(over));
    let conclusion = conclude_run(reading, &exit, &ended);
    if conclusion == Conclusion::Completed {
        return Verdict::Succeeded(Outcome::exited(0));
    }
    if before.resumed.is_some() && asked.adapter.says_session_is_gone(reading, &heard.stderr) {
        let message = "the session it was to go on with is gone";
        return Verdict::SessionGone {
            outcome: Outcome {
                exit_code,
                agent_error: Some(AgentError::Other),
                ..Outcome::new(Reason::AgentError, message)
            },
        };
    }
    match conclusion {
        Conclusion::Completed => Verdict::Succeeded(Outcome::exited(0)),
        Conclusion::NoFinalMessage => Verdict::Failed(Outcome {
            exit_code,
            ..Outcome::new(Reason::NoFinalMessage, "it exited 0 without a final message")
                .with_hint(format!("`longhaul activity {}` shows what it did", over.task.id))
        }),
        Conclusion::Failed(trouble) => Verdict::Failed(Outcome {
            exit_code,
            ..agent_error(asked, over.task.id, &trouble)
        }),
        Conclusion::UsageLimitReached { resets_at_s, message } => {
            let reset = resets_at_s.and_then(|at_s| Timestamp::from_second(at_s).ok());
            let told = match reset {
                Some(reset) => format!("{} (reset at {reset})", shortened(&message)),
                None => shortened(&message),
            };
            Verdict::UsageLimitReached {
                until: reset.unwrap_or_else(|| over.now + wait(over.task.life.parkings)),
                outcome: Outcome {
                    exit_code,
                    ..Outcome::new(Reason::UsageLimit, told).with_hint(format!(
                        "`longhaul redispatch {}` goes on with its session",
                        over.task.id
                    ))
                },
            }
        }
        Conclusion::AsExited => as_exited(program_verdict(receipt, over.report), heard),
    }
}

/// The final message in one line.
fn summary(asked: &AgentRequest<'_>, message: &str) -> Option<String> {
    let found = asked.work.review.as_ref().and_then(|_| review::summary(message));
    found.as_deref().or_else(|| first_line(message)).map(shortened)
}

/// The changes that were to be reviewed could not be prepared; the step that does it says why.
fn nothing_to_review(heard: &Heard) -> Verdict {
    let said = heard.last_complaint();
    Verdict::Failed(
        Outcome::new(
            Reason::Setup,
            shortened(said.unwrap_or("the changes could not be found")),
        )
        .with_hint("`longhaul review --base REF` says what to compare with"),
    )
}

/// How long to wait before the next try, after so many.
fn wait(parkings: u32) -> SignedDuration {
    let doubled = 1_i32.checked_shl(parkings.min(16)).unwrap_or(i32::MAX);
    FIRST_WAIT
        .checked_mul(doubled)
        .unwrap_or(LONGEST_WAIT)
        .min(LONGEST_WAIT)
}

fn ended_at(over: &Over<'_>, receipt: &Receipt) -> Timestamp {
    let ended_at_us = receipt.program_ended_at_us.unwrap_or(receipt.ended_at_us);
    Timestamp::from_microsecond(ended_at_us).unwrap_or(over.now)
}

/// The time zone in which the agent told its times: its environment's, else the machine's.
fn zone(over: &Over<'_>) -> TimeZone {
    let named = over
        .zone
        .and_then(|name| TimeZone::get(name.trim_start_matches(':')).ok());
    named.unwrap_or_else(TimeZone::system)
}

/// What the exit says, with the last line of standard error, which often says why.
fn as_exited(verdict: Verdict, heard: &Heard) -> Verdict {
    match (verdict, heard.last_complaint()) {
        (Verdict::Failed(outcome), Some(last)) => Verdict::Failed(Outcome {
            message: format!("{}: {}", outcome.message, shortened(last)),
            ..outcome
        }),
        (verdict, _) => verdict,
    }
}

/// A session that was asked politely to stop can be gone on with.
fn at_its_limit(verdict: Verdict, task: TaskId, heard: &Heard) -> Verdict {
    match verdict {
        Verdict::Failed(outcome) if heard.reading.session.is_some() => {
            let hint = outcome.hint.clone().unwrap_or_default();
            let hint = format!("`longhaul redispatch {task}` goes on with its session; {hint}");
            Verdict::Failed(outcome.with_hint(hint))
        }
        verdict => verdict,
    }
}

fn agent_error(asked: &AgentRequest<'_>, task: TaskId, trouble: &Trouble) -> Outcome {
    let agent = &asked.work.agent;
    let hint = match trouble.class {
        AgentError::NotSignedIn => format!("sign in to {agent} in a terminal, then `longhaul redispatch {task}`"),
        AgentError::Overloaded => {
            format!("its service is busy: `longhaul redispatch {task}` later, or submit with `--retries`")
        }
        AgentError::ContextFull => {
            format!("the conversation is too long for the model: `longhaul retry {task}` begins a new one")
        }
        AgentError::Refused => "the model declined: ask otherwise".to_owned(),
        AgentError::Other => format!("`longhaul activity {task}` shows what happened before"),
    };
    Outcome {
        agent_error: Some(trouble.class),
        ..Outcome::new(Reason::AgentError, shortened(&trouble.message)).with_hint(hint)
    }
}

/// What its owner should know about the session although nothing failed.
fn note(reading: &Reading, before: &Facts, verdict: &Verdict, facts: &mut Facts) {
    let Some(asked_for) = &before.resumed else { return };
    if matches!(verdict, Verdict::SessionGone { .. }) {
        facts.note = Some(format!("session {asked_for} was gone; a new one was begun"));
        facts.session = None;
        facts.session_usage = None;
    } else if let Some(told) = reading.session.as_ref().filter(|_| is_another(reading, before)) {
        facts.note = Some(format!(
            "it was to go on with session {asked_for}, and began session {told} instead"
        ));
    }
}

/// One line without control characters, not too long.
fn shortened(text: &str) -> String {
    let line = plain(first_line(text).unwrap_or_default());
    if line.chars().count() <= MESSAGE {
        return line;
    }
    line.chars().take(MESSAGE - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_untold_reset_is_waited_for_longer_each_time() {
        let minutes: Vec<i64> = (0..7).map(|parkings| wait(parkings).as_mins()).collect();
        assert_eq!(minutes, [15, 30, 60, 120, 240, 360, 360]);
        assert_eq!(wait(u32::MAX), LONGEST_WAIT);
    }
}
