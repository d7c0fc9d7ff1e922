//! A submit's words into what the engine is asked. Nothing of HTTP is known here: a file of plans, a webhook and a route
//! have the same words.

use std::collections::BTreeMap;

use jiff::Timestamp;
use longhaul_api::SubmitRequest;
use longhaul_model::{Access, Spec, TaskId};

use crate::fields::{self, Read, WordsError};
use crate::kinds;

/// What a submit asks for: a spec, and what is not part of one.
#[derive(Debug)]
pub(crate) struct Asked {
    /// The spec.
    pub(crate) spec: Spec,
    /// Whether it says where a writer works; else the workspace decides.
    pub(crate) says_isolation: bool,
    /// Whether it says what to tell of the task; else the configuration decides.
    pub(crate) says_notify: bool,
    /// The environment that it brings along; nothing means the daemon's choice.
    pub(crate) environment: Option<BTreeMap<String, String>>,
    /// The task it names as its parent; nothing means the task that it comes from, if it comes from one.
    pub(crate) parent: Option<TaskId>,
}

/// What a submit asks for at `now`. Its payload is unfolded already.
pub(crate) fn asked(mut request: SubmitRequest, now: Timestamp) -> Read<Asked> {
    let environment = request.environment.take().map(fields::environment).transpose()?;
    let parent = request.parent.take();
    let parent = parent.map(|number| fields::id("parent", number)).transpose()?;
    Ok(Asked {
        says_isolation: request.isolation.is_some(),
        says_notify: request.notify.is_some(),
        environment,
        parent,
        spec: spec_of(request, now)?,
    })
}

/// The spec of it.
fn spec_of(request: SubmitRequest, now: Timestamp) -> Read<Spec> {
    if !request.cwd.starts_with('/') {
        let hint = "send the absolute path of the folder the task works in";
        return Err(
            WordsError::new(format!("cwd must be an absolute path, and `{}` is not", request.cwd)).with_hint(hint),
        );
    }
    let not_before = match (request.in_ms, request.at) {
        (Some(_), Some(_)) => return Err(WordsError::new("in_ms and at cannot both be given")),
        (Some(in_ms), None) => Some(fields::later(now, in_ms)),
        (None, at) => at,
    };
    // As on the command line, who says where a writer works has said that it writes.
    if request.isolation.is_some() && request.access.as_ref().is_some_and(|access| *access != Access::Write) {
        return Err(WordsError::new("isolation is for tasks with the access `write`"));
    }
    let kind = kinds::kind_of(&request)?;
    let work = kinds::work_of(kind, &request)?;
    let access = match &request.access {
        Some(given) => fields::known(given)?,
        None if request.isolation.is_some() => Access::Write,
        None => kind.rules().default_access,
    };
    let made_name = kinds::name_of(kind, &request);
    let spec = Spec {
        work,
        name: request.name.filter(|name| !name.trim().is_empty()).or(made_name),
        queue: request
            .queue
            .map(|name| fields::read("queue", &name))
            .transpose()?
            .unwrap_or_default(),
        priority: request.priority.unwrap_or(0),
        access,
        isolation: fields::word(request.isolation.as_ref())?,
        after: fields::ids(&request.after)?,
        requires: fields::prerequisites(&request.requires)?,
        not_before,
        wait_deadline: request.wait_deadline_ms.map(|wait_ms| fields::later(now, wait_ms)),
        timeout_ms: fields::limit("timeout_ms", request.timeout_ms)?,
        idle_timeout_ms: fields::limit("idle_timeout_ms", request.idle_timeout_ms)?,
        retries: request.retries.unwrap_or(0),
        retry_lost: request.retry_lost.unwrap_or(false),
        leftovers: fields::word(request.leftovers.as_ref())?,
        pty: request.pty.unwrap_or(false),
        stdin: fields::standard_input(request.stdin, request.stdin_base64, request.stdin_file)?,
        umask: request.umask.map(fields::mask).transpose()?,
        hold: request.hold.unwrap_or(false),
        labels: fields::labels(request.labels)?,
        origin: fields::origin_of(request.origin, request.trigger)?,
        notify: fields::word(request.notify.as_ref())?,
        base: request.base,
        with_changes: request.with_changes.unwrap_or(false),
        worktree_of: None,
        onto_target: false,
        cwd: request.cwd,
    };
    spec.check().map_err(|error| WordsError::new(error.to_string()))?;
    Ok(spec)
}

#[cfg(test)]
mod tests {
    use longhaul_api::Word;
    use longhaul_model::{Isolation, TaskKind};

    use super::*;

    #[test]
    fn a_limit_of_nothing_and_an_isolation_for_a_reader_are_refused() {
        let ask = |change: fn(&mut SubmitRequest)| {
            let mut request = SubmitRequest {
                kind: TaskKind::Command.into(),
                command: Some(vec!["true".to_owned()]),
                cwd: "/".to_owned(),
                ..SubmitRequest::default()
            };
            change(&mut request);
            spec_of(request, Timestamp::UNIX_EPOCH).is_ok()
        };
        assert!(ask(|_| {}));
        assert!(!ask(|request| request.timeout_ms = Some(0)));
        assert!(!ask(|request| request.idle_timeout_ms = Some(0)));
        assert!(!ask(|request| {
            request.isolation = Some(Isolation::Worktree.into());
            request.access = Some(Access::ReadOnly.into());
        }));
    }

    #[test]
    fn a_word_that_is_on_no_list_is_refused_with_the_words_that_are() {
        let request = SubmitRequest {
            kind: TaskKind::Command.into(),
            command: Some(vec!["true".to_owned()]),
            cwd: "/".to_owned(),
            access: Some(Word::Unknown("red".to_owned())),
            ..SubmitRequest::default()
        };
        let refused = spec_of(request, Timestamp::UNIX_EPOCH).expect_err("no such access");
        assert_eq!(
            refused.message,
            "access must be read-only, write or unmanaged, not `red`"
        );
    }

    #[test]
    fn who_says_where_a_writer_works_has_said_that_it_writes() {
        let request = SubmitRequest {
            kind: TaskKind::Command.into(),
            command: Some(vec!["true".to_owned()]),
            cwd: "/".to_owned(),
            isolation: Some(Isolation::Worktree.into()),
            ..SubmitRequest::default()
        };
        let spec = spec_of(request, Timestamp::UNIX_EPOCH).map(|spec| (spec.access, spec.isolation));
        assert!(matches!(spec, Ok((Access::Write, Isolation::Worktree))));
    }
}
