//! The life of a task, as one function.
//!
//! `transition` is the only way a [`Life`] changes. It is pure: the same life, event and time give the same answer, on
//! every node and in every replay. What it returns is stored by compare-and-set on (task, state, fence) with a history
//! row in the same transaction; its effects happen after that commit.
//!
//! This is one long file on purpose: it is the table of everything that can happen, and it wants to be read in one go.

use std::time::Duration;

use jiff::Timestamp;

use crate::effect::Effect;
use crate::event::{Ending, Event, Probe, Verdict};
use crate::id::{AttemptNumber, Fence, TaskId};
use crate::life::Life;
use crate::origin::Actor;
use crate::outcome::{Outcome, Reason};
use crate::prerequisite::Prerequisite;
use crate::retry::backoff;
use crate::state::{Ended, Running, State, StateName, Stopping};
use crate::wait::{Waiting, Waits};

/// Why an event changes nothing. None of these is an error of the daemon: news may come late or twice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// The task is over, and what is over never changes.
    #[error("the task is already {0}")]
    Terminal(StateName),
    /// The event tells of an attempt that no longer owns the task.
    #[error("attempt with fence {told} is not the current one ({current})")]
    Stale {
        /// The fence in the event.
        told: Fence,
        /// The fence of the task.
        current: Fence,
    },
    /// The event cannot happen in this state.
    #[error("a {state} task cannot be {event}")]
    NotAllowed {
        /// The state it is in.
        state: StateName,
        /// The event's name.
        event: &'static str,
    },
    /// The event is true, and the task already knew.
    #[error("nothing to change")]
    NothingToDo,
}

const SHORTEST_PARKING: Duration = Duration::from_secs(1);
/// How often a task may begin anew because its session is gone.
const MOST_FRESH_STARTS: u32 = 1;

type Answer = Result<(Life, Vec<Effect>), Rejected>;

/// What `event` at `now` makes of `life`: the new life, and what must follow.
pub fn transition(life: &Life, event: &Event, now: Timestamp) -> Answer {
    let (next, effects) = decide(life, event, now)?;
    Ok((
        Life {
            step: life.step + 1,
            ..next
        },
        effects,
    ))
}

fn decide(life: &Life, event: &Event, now: Timestamp) -> Answer {
    match &life.state {
        State::Waiting(waiting) => while_waiting(life, waiting, event, now),
        State::Queued { .. } => while_queued(life, event, now),
        State::Running(running) => while_running(life, running, event, now),
        over @ (State::Completed(_) | State::Failed(_) | State::Canceled(_) | State::Interrupted(_)) => {
            Err(Rejected::Terminal(over.name()))
        }
    }
}

fn while_waiting(life: &Life, waiting: &Waiting, event: &Event, now: Timestamp) -> Answer {
    let waits = waiting.waits.clone();
    match event {
        Event::Held if waits.held => Err(Rejected::NothingToDo),
        Event::Held => wait_on(life, waiting.since, Waits { held: true, ..waits }, now),
        Event::Released if waits.held => wait_on(life, waiting.since, Waits { held: false, ..waits }, now),
        Event::Released => Err(Rejected::NothingToDo),
        // What ran once is not rewritten between its attempts.
        Event::Edited { .. } if life.attempt > AttemptNumber(0) => not_allowed(life, event),
        Event::Edited { waits: edited, policy } => {
            // A back-off or a usage limit is not the editor's to lift.
            let kept = Waits {
                backoff: waits.backoff,
                usage_limit: waits.usage_limit,
                ..edited.clone()
            };
            let life = Life {
                policy: policy.clone(),
                ..life.clone()
            };
            wait_on(&life, waiting.since, kept, now)
        }
        Event::TimeCame if waits.clone().at(now) == waits => Err(Rejected::NothingToDo),
        Event::TimeCame => wait_on(life, waiting.since, waits, now),
        Event::DependencyEnded { task, state } => after_dependency(life, waiting, *task, *state, now),
        Event::PrerequisiteProbed { prerequisite, probe } => after_probe(life, waiting, prerequisite, probe, now),
        Event::DeadlinePassed => match life.deadline() {
            Some(deadline) if deadline <= now => {
                let waited_for: Vec<_> = waits.list().iter().map(ToString::to_string).collect();
                let message = format!("waited past its deadline for {}", waited_for.join(", "));
                fail(life, now, Outcome::new(Reason::Deadline, message))
            }
            _ => Err(Rejected::NothingToDo),
        },
        Event::CancelRequested { by, reason } => cancel(life, now, by, reason.as_deref()),
        Event::Claimed { .. } => not_allowed(life, event),
        Event::AgentLimited { .. } => Err(Rejected::NothingToDo),
        Event::NeverStarted { fence } | Event::AttemptEnded { fence, .. } => late_news(life, *fence),
    }
}

fn while_queued(life: &Life, event: &Event, now: Timestamp) -> Answer {
    match event {
        Event::Held => wait_on(
            life,
            now,
            Waits {
                held: true,
                ..Waits::default()
            },
            now,
        ),
        Event::Edited { .. } if life.attempt > AttemptNumber(0) => not_allowed(life, event),
        Event::Edited { waits, policy } => {
            let edited = Life {
                policy: policy.clone(),
                ..life.clone()
            };
            if waits.clone().at(now).is_clear() {
                // It keeps its place in the line.
                return if edited == *life {
                    Err(Rejected::NothingToDo)
                } else {
                    Ok((edited, vec![Effect::Dispatch]))
                };
            }
            wait_on(&edited, now, waits.clone(), now)
        }
        Event::Claimed { fence } if *fence <= life.fence => Err(Rejected::Stale {
            told: *fence,
            current: life.fence,
        }),
        Event::Claimed { fence } => {
            let claimed = Life {
                state: State::Running(Running {
                    since: now,
                    stopping: None,
                }),
                fence: *fence,
                attempt: AttemptNumber(life.attempt.0 + 1),
                ..life.clone()
            };
            Ok((claimed, vec![Effect::StartAttempt(*fence)]))
        }
        Event::AgentLimited { until } if *until <= now => Err(Rejected::NothingToDo),
        Event::AgentLimited { until } => wait_on(
            life,
            now,
            Waits {
                usage_limit: Some(*until),
                ..Waits::default()
            },
            now,
        ),
        Event::CancelRequested { by, reason } => cancel(life, now, by, reason.as_deref()),
        Event::Released
        | Event::TimeCame
        | Event::DependencyEnded { .. }
        | Event::PrerequisiteProbed { .. }
        | Event::DeadlinePassed => Err(Rejected::NothingToDo),
        Event::NeverStarted { fence } | Event::AttemptEnded { fence, .. } => late_news(life, *fence),
    }
}

fn while_running(life: &Life, running: &Running, event: &Event, now: Timestamp) -> Answer {
    match event {
        Event::CancelRequested { .. } if running.stopping.is_some() => Err(Rejected::NothingToDo),
        Event::CancelRequested { by, reason } => {
            let stopping = Stopping {
                by: by.clone(),
                since: now,
                reason: reason.clone(),
            };
            let state = State::Running(Running {
                since: running.since,
                stopping: Some(stopping),
            });
            let effects = vec![Effect::StopAttempt(life.fence), Effect::CancelChildren];
            Ok((Life { state, ..life.clone() }, effects))
        }
        Event::NeverStarted { fence } | Event::AttemptEnded { fence, .. } if *fence != life.fence => {
            late_news(life, *fence)
        }
        Event::NeverStarted { .. } => {
            if let Some(stopping) = &running.stopping {
                return cancel(life, now, &stopping.by, stopping.reason.as_deref());
            }
            // The attempt does not count, but its fence is used up: a supervisor of it that wakes late is stale.
            let attempt = AttemptNumber(life.attempt.0.saturating_sub(1));
            let queued = Life {
                state: State::Queued { since: now },
                attempt,
                ..life.clone()
            };
            Ok((queued, vec![Effect::Dispatch]))
        }
        Event::AttemptEnded {
            ending,
            jitter_permille,
            ..
        } => after_attempt(life, running, ending, *jitter_permille, now),
        Event::TimeCame
        | Event::DeadlinePassed
        | Event::DependencyEnded { .. }
        | Event::PrerequisiteProbed { .. }
        | Event::AgentLimited { .. }
        | Event::Released => Err(Rejected::NothingToDo),
        Event::Held | Event::Edited { .. } | Event::Claimed { .. } => not_allowed(life, event),
    }
}

fn after_attempt(life: &Life, running: &Running, ending: &Ending, jitter_permille: u16, now: Timestamp) -> Answer {
    // A clock that was set back must not let a task end before it began.
    let at = ending.at.max(running.since);
    if let Some(stopping) = &running.stopping {
        // An acknowledged cancel wins unless the program had already ended, for good, by then.
        let would_go_on = matches!(
            ending.verdict,
            Verdict::UsageLimitReached { .. } | Verdict::SessionGone { .. }
        );
        if ending.verdict == Verdict::Stopped || would_go_on || ending.at > stopping.since {
            return cancel(life, at, &stopping.by, stopping.reason.as_deref());
        }
    }
    match &ending.verdict {
        Verdict::Succeeded(outcome) => end(
            life,
            State::Completed(Ended {
                at,
                outcome: outcome.clone(),
            }),
        ),
        Verdict::Failed(outcome) if outcome.is_retried() && may_retry(life, running) => {
            back_off(life, jitter_permille, now)
        }
        Verdict::Failed(outcome) => fail(life, at, outcome.clone()),
        Verdict::Stopped => cancel(life, at, &Actor::User, None),
        Verdict::Lost { .. } if life.policy.retry_lost && may_retry(life, running) => {
            back_off(life, jitter_permille, now)
        }
        Verdict::Lost { detail } => {
            let outcome = Outcome::new(Reason::Lost, format!("nobody saw the end: {detail}"))
                .with_hint("check what it left behind, then `longhaul retry` it");
            end(life, State::Interrupted(Ended { at, outcome }))
        }
        Verdict::UsageLimitReached { until, .. } if life.parkings < life.policy.max_parkings => {
            let parked = Life {
                parkings: life.parkings + 1,
                ..life.clone()
            };
            // A reset that is past already still gives slot and lane up for a moment.
            let until = (*until).max(now + SHORTEST_PARKING);
            wait_on(
                &parked,
                now,
                Waits {
                    usage_limit: Some(until),
                    ..Waits::default()
                },
                now,
            )
        }
        Verdict::UsageLimitReached { outcome, .. } => fail(life, at, outcome.clone()),
        Verdict::SessionGone { .. } if life.fresh_starts < MOST_FRESH_STARTS => {
            let again = Life {
                state: State::Queued { since: now },
                fresh_starts: life.fresh_starts + 1,
                ..life.clone()
            };
            Ok((again, vec![Effect::Dispatch]))
        }
        Verdict::SessionGone { outcome } => fail(life, at, outcome.clone()),
    }
}

fn after_dependency(life: &Life, waiting: &Waiting, task: TaskId, state: StateName, now: Timestamp) -> Answer {
    if !waiting.waits.dependencies.contains(&task) || !state.is_terminal() {
        return Err(Rejected::NothingToDo);
    }
    if state != StateName::Completed {
        let outcome = Outcome::new(
            Reason::Dependency,
            format!("task {task}, which must complete first, is {state}"),
        )
        .with_hint(format!("mend and retry task {task}, then retry this one"));
        return fail(life, now, outcome);
    }
    let mut waits = waiting.waits.clone();
    waits.dependencies.remove(&task);
    wait_on(life, waiting.since, waits, now)
}

fn after_probe(life: &Life, waiting: &Waiting, prerequisite: &Prerequisite, probe: &Probe, now: Timestamp) -> Answer {
    let mut waits = waiting.waits.clone();
    let Some(position) = waits
        .prerequisites
        .iter()
        .position(|unmet| unmet.prerequisite == *prerequisite)
    else {
        return Err(Rejected::NothingToDo);
    };
    match probe {
        Probe::Never { detail } => {
            let message = format!("{prerequisite} can never be met: {detail}");
            fail(life, now, Outcome::new(Reason::Prerequisite, message))
        }
        Probe::Unmet { detail } if waits.prerequisites[position].detail.as_ref() == Some(detail) => {
            Err(Rejected::NothingToDo)
        }
        Probe::Unmet { detail } => {
            waits.prerequisites[position].detail = Some(detail.clone());
            wait_on(life, waiting.since, waits, now)
        }
        Probe::Met => {
            waits.prerequisites.remove(position);
            wait_on(life, waiting.since, waits, now)
        }
    }
}

/// Whether another attempt may follow the running one.
fn may_retry(life: &Life, running: &Running) -> bool {
    running.stopping.is_none() && life.counted_attempts() < life.policy.max_attempts
}

fn back_off(life: &Life, jitter_permille: u16, now: Timestamp) -> Answer {
    let until = now + backoff(life.counted_attempts(), jitter_permille);
    wait_on(
        life,
        now,
        Waits {
            backoff: Some(until),
            ..Waits::default()
        },
        now,
    )
}

/// Waiting for what is left of `waits`, or queued if that is nothing.
fn wait_on(life: &Life, since: Timestamp, waits: Waits, now: Timestamp) -> Answer {
    let waits = waits.at(now);
    if waits.is_clear() {
        return Ok((
            Life {
                state: State::Queued { since: now },
                ..life.clone()
            },
            vec![Effect::Dispatch],
        ));
    }
    let waiting = Life {
        state: State::Waiting(Waiting { since, waits }),
        ..life.clone()
    };
    let mut effects: Vec<_> = waiting.wake_at().map(Effect::WakeAt).into_iter().collect();
    if matches!(life.state, State::Running(_)) {
        // Slot and lane are given up while it waits.
        effects.push(Effect::Dispatch);
    }
    Ok((waiting, effects))
}

fn cancel(life: &Life, at: Timestamp, by: &Actor, reason: Option<&str>) -> Answer {
    let message = match reason {
        Some(reason) => format!("canceled by {by}: {reason}"),
        None => format!("canceled by {by}"),
    };
    let canceled = State::Canceled(Ended {
        at,
        outcome: Outcome::new(Reason::Canceled, message),
    });
    let (life, mut effects) = end(life, canceled)?;
    effects.push(Effect::CancelChildren);
    Ok((life, effects))
}

fn fail(life: &Life, at: Timestamp, outcome: Outcome) -> Answer {
    end(life, State::Failed(Ended { at, outcome }))
}

fn end(life: &Life, state: State) -> Answer {
    Ok((
        Life { state, ..life.clone() },
        vec![Effect::AnnounceEnd, Effect::Dispatch],
    ))
}

/// News about an attempt that does not own the task now.
fn late_news(life: &Life, told: Fence) -> Answer {
    Err(Rejected::Stale {
        told,
        current: life.fence,
    })
}

fn not_allowed(life: &Life, event: &Event) -> Answer {
    Err(Rejected::NotAllowed {
        state: life.state.name(),
        event: event.name(),
    })
}
