//! An edit's words into a change of a spec.

use jiff::Timestamp;
use longhaul_api::EditRequest;
use longhaul_model::{Prerequisite, Spec, TaskId, Work};

use crate::problem::{Answer, Failure};
use crate::spec::{given, ids, labels, later, limit, prerequisites, read};

/// What an edit asks for, read completely before anything changes.
#[derive(Debug)]
pub(crate) struct Change {
    request: EditRequest,
    queue: Option<longhaul_model::QueueName>,
    after: Option<Vec<TaskId>>,
    requires: Option<Vec<Prerequisite>>,
    not_before: Option<Option<Timestamp>>,
    wait_deadline: Option<Option<Timestamp>>,
}

/// Reads an edit at `now` of a task that does `work`.
pub(crate) fn change_of(mut request: EditRequest, work: &Work, now: Timestamp) -> Answer<Change> {
    let foreign = match work {
        Work::Command { .. } => given(&agent_fields(&request)),
        Work::Agent(_) => request.command.as_ref().map(|_| "command"),
        Work::Clone { .. } | Work::Land(_) => request
            .command
            .as_ref()
            .map(|_| "command")
            .or(given(&agent_fields(&request))),
    };
    if let Some(field) = foreign {
        return Err(Failure::bad_spec(format!(
            "a task of the kind {} has no field `{field}`",
            work.kind()
        )));
    }
    let not_before = match (request.in_ms.take(), request.at.take()) {
        (Some(_), Some(_)) => return Err(Failure::bad_spec("in_ms and at cannot both be given")),
        (Some(in_ms), None) => Some(in_ms.map(|in_ms| later(now, in_ms))),
        (None, at) => at,
    };
    limit("timeout_ms", request.timeout_ms.flatten())?;
    limit("idle_timeout_ms", request.idle_timeout_ms.flatten())?;
    if let Some(given) = request.labels.take() {
        request.labels = Some(labels(given)?);
    }
    Ok(Change {
        queue: request.queue.take().map(|name| read("queue", &name)).transpose()?,
        after: request.after.take().map(|numbers| ids(&numbers)).transpose()?,
        requires: request.requires.take().map(|typed| prerequisites(&typed)).transpose()?,
        not_before,
        wait_deadline: request
            .wait_deadline_ms
            .take()
            .map(|wait| wait.map(|wait_ms| later(now, wait_ms))),
        request,
    })
}

fn agent_fields(request: &EditRequest) -> [(&'static str, bool); 3] {
    [
        ("prompt", request.prompt.is_some()),
        ("model", request.model.is_some()),
        ("effort", request.effort.is_some()),
    ]
}

impl Change {
    /// Changes the spec.
    pub(crate) fn apply(self, spec: &mut Spec) {
        fn put<T>(place: &mut T, given: Option<T>) {
            if let Some(given) = given {
                *place = given;
            }
        }
        let request = self.request;
        if let (Some(given), Work::Command { command }) = (request.command, &mut spec.work) {
            *command = given;
        }
        if let Work::Agent(work) = &mut spec.work {
            put(&mut work.prompt, request.prompt);
            put(&mut work.model, request.model);
            put(&mut work.effort, request.effort);
        }
        put(
            &mut spec.name,
            request.name.map(|name| name.filter(|name| !name.trim().is_empty())),
        );
        put(&mut spec.queue, self.queue);
        put(&mut spec.priority, request.priority);
        put(&mut spec.after, self.after);
        put(&mut spec.requires, self.requires);
        put(&mut spec.not_before, self.not_before);
        put(&mut spec.wait_deadline, self.wait_deadline);
        put(&mut spec.timeout_ms, request.timeout_ms);
        put(&mut spec.idle_timeout_ms, request.idle_timeout_ms);
        put(&mut spec.retries, request.retries);
        put(&mut spec.labels, request.labels);
    }
}
