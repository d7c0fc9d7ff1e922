//! A task as the engine knows it, into a task as JSON. Nothing secret passes: credentials in URLs are cut out of
//! every text that may repeat them.

use jiff::Timestamp;
use longhaul_api as api;
use longhaul_engine::View;
use longhaul_model::{Access, AttemptNumber, HistoryEntry, Secrets, Spec, State, Task, Trigger, Wait, Worktree};

use crate::kinds;

/// The task as JSON, at `now`.
pub(crate) fn task(view: &View, now: Timestamp) -> api::Task {
    let task = &view.task;
    let spec = &task.spec;
    let secrets = Secrets::of(spec);
    let facts = &task.facts;
    let outcome = task
        .life
        .state
        .ended()
        .map(|ended| cut_outcome(&secrets, (&ended.outcome).into()));
    let mut shown = api::Task {
        id: task.id.get(),
        name: spec.shown_name(),
        kind: spec.work.kind().into(),
        state: task.state().into(),
        waiting_for: waiting_for(task, &secrets),
        blocked_by: view.blocked_by.iter().map(blocked_by).collect(),
        command: None,
        prompt: None,
        agent: None,
        model: None,
        effort: None,
        lands: None,
        url: None,
        dir: None,
        payload: kinds::Object::new(),
        data: None,
        trigger: trigger(task),
        workspace: task.workspace.clone(),
        cwd: spec.cwd.clone(),
        access: spec.access.into(),
        isolation: (spec.access == Access::Write).then(|| spec.isolation.into()),
        enforcement: facts.enforcement.or(task.enforcement).map(Into::into),
        enforcement_detail: facts.enforcement_detail.clone(),
        queue: spec.queue.to_string(),
        priority: spec.priority,
        created_at: task.created_at,
        started_at: task.started_at,
        ended_at: task.life.state.ended().map(|ended| ended.at),
        queue_ms: queue_ms(task, now),
        duration_ms: duration_ms(task, now),
        attempt: task.life.attempt.0,
        max_attempts: task
            .life
            .policy
            .max_attempts
            .saturating_add(task.life.uncounted_attempts()),
        outcome,
        session: facts.session.as_ref().map(|session| api::Session {
            id: session.id.clone(),
            resume_command: session.resume_command.clone(),
        }),
        origin: origin(&spec.origin),
        parent: task.parent.map(|id| id.get()),
        retry_of: task.retry_of.map(|id| id.get()),
        retried_by: task.retried_by.map(|id| id.get()),
        chain: task.chain.get(),
        usage: facts.usage.as_ref().map(usage),
        summary: facts.summary.as_deref().map(|summary| secrets.cut(summary)),
        progress: facts.progress.as_ref().map(|progress| api::Progress {
            phase: progress.phase.clone(),
            percent: progress.percent,
        }),
        activity: facts.activity.clone(),
        note: facts.note.clone(),
        worktree: facts.worktree.as_ref().map(worktree),
        landing: facts.landing.as_ref().map(landing),
        output_bytes: view.output_bytes,
        output_truncated: facts.output_truncated,
        stopping: stopping(task),
        labels: spec.labels.clone(),
        after: spec.after.iter().map(|id| id.get()).collect(),
        requires: spec
            .requires
            .iter()
            .map(|prerequisite| secrets.cut(&prerequisite.to_string()))
            .collect(),
        wait_deadline: spec.wait_deadline,
        timeout_ms: spec.timeout_ms,
        idle_timeout_ms: spec.idle_timeout_ms,
        needs_attention: task.needs_attention(),
        peak_memory_bytes: facts.peak_memory_bytes,
        cpu_ms: facts.cpu_ms,
        leftovers: facts.leftovers.clone(),
    };
    kinds::show(task, &mut shown);
    shown
}

/// A worktree as JSON.
pub(crate) fn worktree(worktree: &Worktree) -> api::Worktree {
    api::Worktree {
        path: worktree.path.clone(),
        branch: worktree.branch.clone(),
        base: worktree.base.clone(),
        target: worktree.target.clone(),
    }
}

/// One step of the history of the task with this spec.
pub(crate) fn history_entry(entry: HistoryEntry, spec: &Spec) -> api::HistoryEntry {
    api::HistoryEntry {
        number: entry.number,
        at: entry.at,
        event: entry.event,
        from: entry.from.map(Into::into),
        to: entry.to.into(),
        actor: entry.actor.to_string(),
        detail: entry.detail.map(|detail| Secrets::of(spec).cut(&detail)),
    }
}

fn waiting_for(task: &Task, secrets: &Secrets) -> Vec<api::WaitingFor> {
    let State::Waiting(waiting) = &task.life.state else {
        return Vec::new();
    };
    let shown = |wait: &Wait| {
        let mut shown = api::WaitingFor::from(wait);
        shown.detail = shown.detail.map(|detail| secrets.cut(&detail));
        shown
    };
    waiting.waits.list().iter().map(shown).collect()
}

fn blocked_by(block: &longhaul_engine::Block) -> api::BlockedBy {
    api::BlockedBy {
        kind: block.kind.into(),
        detail: Some(block.detail.clone()),
        task: block.task.map(|id| id.get()),
        until: None,
    }
}

/// Milliseconds ready but not running, those of the present included.
fn queue_ms(task: &Task, now: Timestamp) -> u64 {
    match &task.life.state {
        State::Queued { since } => task.queue_ms.saturating_add(ms_between(*since, now)),
        _ => task.queue_ms,
    }
}

/// Milliseconds its newest attempt ran: by the supervisor's clock when it is over, by ours while it runs.
fn duration_ms(task: &Task, now: Timestamp) -> Option<u64> {
    match &task.life.state {
        State::Running(running) if task.life.attempt > AttemptNumber(0) => Some(ms_between(running.since, now)),
        _ => task.facts.duration_ms,
    }
}

/// Never negative, though clocks may be set back.
fn ms_between(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.as_millisecond() - from.as_millisecond()).unwrap_or(0)
}

fn stopping(task: &Task) -> Option<api::StopRequested> {
    let State::Running(running) = &task.life.state else {
        return None;
    };
    let stopping = running.stopping.as_ref()?;
    Some(api::StopRequested {
        by: stopping.by.to_string(),
        since: stopping.since,
        unkillable: task.facts.unkillable_since.is_some(),
    })
}

fn origin(origin: &longhaul_model::Origin) -> Option<api::Origin> {
    let longhaul_model::Origin {
        source,
        session,
        message,
        url,
        key,
        trigger: _,
    } = origin.clone();
    let shown = api::Origin {
        source,
        session,
        message,
        url,
        key,
    };
    (shown != api::Origin::default()).then_some(shown)
}

fn usage(usage: &longhaul_model::Usage) -> api::Usage {
    api::Usage {
        input_tokens: usage.input_tokens,
        cached_input_tokens: usage.cached_input_tokens,
        output_tokens: usage.output_tokens,
        reasoning_tokens: usage.reasoning_tokens,
        cost_usd: usage.cost_usd,
    }
}

fn landing(landing: &longhaul_model::Landing) -> api::Landing {
    let conflict = |conflict: &longhaul_model::Conflict| api::Conflict {
        path: conflict.path.clone(),
        kind: conflict.kind.clone(),
        target: conflict.target.clone(),
        worktree: conflict.worktree.clone(),
    };
    api::Landing {
        target: landing.target.clone(),
        commit: landing.commit.clone(),
        conflicts: landing.conflicts.iter().map(conflict).collect(),
    }
}

fn trigger(task: &Task) -> api::Trigger {
    let trigger = Trigger::of(task);
    api::Trigger {
        by: trigger.by.into(),
        detail: trigger.detail,
        at: trigger.at,
    }
}

fn cut_outcome(secrets: &Secrets, outcome: api::Outcome) -> api::Outcome {
    let hint = outcome.hint.map(|hint| secrets.cut(&hint));
    api::Outcome {
        message: secrets.cut(&outcome.message),
        hint,
        ..outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_set_back_gives_no_negative_time() {
        let (early, late) = (
            Timestamp::UNIX_EPOCH,
            Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_secs(1),
        );
        assert_eq!(ms_between(early, late), 1_000);
        assert_eq!(ms_between(late, early), 0);
    }
}
