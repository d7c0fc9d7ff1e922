//! An edit's words into a change of a spec.

use jiff::Timestamp;
use longhaul_api::EditRequest;
use longhaul_model::{Prerequisite, Spec, TaskId, TaskKind};

use crate::fields::{Read, WordsError, ids, labels, later, limit, prerequisites, put, read};
use crate::kinds;

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

/// Reads an edit at `now` of a task of this kind.
pub(crate) fn change_of(mut request: EditRequest, kind: TaskKind, now: Timestamp) -> Read<Change> {
    kinds::check_edit(kind, &request)?;
    let not_before = match (request.in_ms.take(), request.at.take()) {
        (Some(_), Some(_)) => return Err(WordsError::new("in_ms and at cannot both be given")),
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

impl Change {
    /// Changes the spec.
    pub(crate) fn apply(self, spec: &mut Spec) {
        let mut request = self.request;
        kinds::edit(&mut request, &mut spec.work);
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
