//! What the dispatcher asks the store for: ends to be recorded, and claims with what is known before the attempt begins.

use jiff::Timestamp;
use longhaul_model::{Actor, Event, Facts, TaskId};
use longhaul_store::Apply;

use super::inbox::EndedAttempt;
use crate::executors::{agent, executor};
use crate::installation::Installation;
use crate::ledger::Ledger;
use crate::scheduler::Admission;

pub(super) fn end_of(attempt: &EndedAttempt, now: Timestamp) -> Apply {
    let event = Event::AttemptEnded {
        fence: attempt.fence,
        ending: attempt.ending.clone(),
        jitter_permille: fastrand::u16(0..=1000),
    };
    Apply {
        detail: attempt.ending.verdict.told(),
        facts: Some(attempt.facts.clone()),
        message: attempt.message.clone(),
        ..Apply::new(attempt.task, event, Actor::Daemon, now)
    }
}

pub(super) async fn claim_of(
    installation: &Installation,
    ledger: &Ledger,
    admission: &Admission,
    now: Timestamp,
) -> Apply {
    let claimed = Event::Claimed { fence: admission.fence };
    Apply {
        boot: Some(installation.boot.clone()),
        facts: carried(installation, ledger, admission.task).await,
        ..Apply::new(admission.task, claimed, Actor::Daemon, now)
    }
}

/// What is known of an attempt before it begins.
async fn carried(installation: &Installation, ledger: &Ledger, id: TaskId) -> Option<Facts> {
    let (task, config) = (ledger.active(id)?, &installation.config);
    let mut facts = executor(&task.spec.work).carried(&task, config);
    if let Some(session) = facts.resumed.as_ref().filter(|_| facts.earlier_session_usage.is_none()) {
        let other = ledger.stored().task_of_session(session, Some(id)).await.ok().flatten();
        facts.earlier_session_usage = other.and_then(|other| agent::earlier_session_usage(&task, &other, config));
    }
    Some(facts)
}
