//! The words of each kind of task: how it is asked for, edited and shown. One file for each kind; what all kinds share is
//! read in `fields.rs` and `spec.rs` and shown in `view.rs`.
//!
//! What this is not: what a kind allows, which is a table of the model, and how it does its work, which its executor knows.

mod agent;
mod clone;
mod command;
mod land;
mod review;

use longhaul_api::{self as api, EditRequest, SubmitRequest};
use longhaul_model::{Task, TaskKind, Words, Work};
use serde_json::{Map, Value};

use crate::fields::{Read, WordsError};

/// A JSON object.
pub(crate) type Object = Map<String, Value>;

/// Knows the words of one kind.
trait KindWords: Sync {
    /// The fields of a submit that it has beside those of every kind.
    fn fields(&self) -> &'static [&'static str];

    /// Those of them that an edit can change. The default is none.
    fn editable(&self) -> &'static [&'static str] {
        &[]
    }

    /// The work that a submit asks for. Foreign fields are refused before.
    fn read(&self, request: &SubmitRequest) -> Read<Work>;

    /// A name for such a task, where its work would not tell a good one. The default is none.
    fn name(&self, request: &SubmitRequest) -> Option<String> {
        let _ = request;
        None
    }

    /// Changes the work as an edit asks. Foreign fields are refused before. The default is that nothing can change.
    fn edit(&self, request: &mut EditRequest, work: &mut Work) {
        let _ = (request, work);
    }

    /// Puts its own words into the task as it is shown, and tells them once more as the payload, by the names that a submit
    /// has for them. Without secrets.
    fn show(&self, work: &Work, shown: &mut api::Task) -> Object;

    /// What a task that is over gave; nothing if it gave nothing. The default is what its executor kept.
    fn data(&self, task: &Task) -> Option<Object> {
        task.facts.data.clone()
    }
}

/// The one that knows this kind.
fn words_of(kind: TaskKind) -> &'static dyn KindWords {
    match kind {
        TaskKind::Command => &command::Command,
        TaskKind::Clone => &clone::Clone,
        TaskKind::Agent => &agent::Agent,
        TaskKind::Land => &land::Land,
    }
}

/// The kind that a submit asks for.
pub(crate) fn kind_of(request: &SubmitRequest) -> Read<TaskKind> {
    let known = request.kind.known().filter(|kind| kind.rules().is_submitted);
    known.ok_or_else(|| {
        let kinds: Vec<_> = TaskKind::submitted().map(Words::word).collect();
        WordsError::new(format!("there is no kind `{}`", request.kind))
            .with_hint(format!("the kinds of this version are {}", kinds.join(", ")))
    })
}

/// The same submit with the words of its payload among its other words, which is how all else reads it.
pub(crate) fn unfolded(mut request: SubmitRequest) -> Read<SubmitRequest> {
    let Some(payload) = request.payload.take() else {
        return Ok(request);
    };
    let kind = kind_of(&request)?;
    let own = words_of(kind).fields();
    let mut words = match serde_json::to_value(&request) {
        Ok(Value::Object(words)) => words,
        _ => Object::new(),
    };
    for (field, value) in payload {
        if !own.contains(&field.as_str()) {
            return Err(WordsError::new(format!(
                "payload.{field}: a task of the kind {kind} has no such field"
            )));
        }
        if words.contains_key(&field) {
            return Err(WordsError::new(format!(
                "payload.{field}: it is given beside the payload too"
            )));
        }
        let alone = object([
            ("kind", kind.word().into()),
            ("cwd", "/".into()),
            (&field, value.clone()),
        ]);
        serde_json::from_value::<SubmitRequest>(alone.into())
            .map_err(|error| WordsError::new(format!("payload.{field}: {}", what_is_wrong(&error))))?;
        words.insert(field, value);
    }
    serde_json::from_value(words.into()).map_err(|error| WordsError::new(format!("payload: {}", what_is_wrong(&error))))
}

/// What was expected; never what was found, which may be secret.
fn what_is_wrong(error: &serde_json::Error) -> String {
    let told = error.to_string();
    match told.rfind(", expected ") {
        Some(expected) => told[expected + 2..].to_owned(),
        None => "it cannot be read".to_owned(),
    }
}

/// The work that a submit of this kind asks for.
pub(crate) fn work_of(kind: TaskKind, request: &SubmitRequest) -> Read<Work> {
    let words = words_of(kind);
    refuse_foreign(kind, words.fields(), &given_in_submit(request))?;
    words.read(request)
}

/// A name for a task of this kind, where its work would not tell a good one; nothing if it does.
pub(crate) fn name_of(kind: TaskKind, request: &SubmitRequest) -> Option<String> {
    words_of(kind).name(request)
}

/// Refuses an edit that a task of this kind cannot have.
pub(crate) fn check_edit(kind: TaskKind, request: &EditRequest) -> Read<()> {
    refuse_foreign(kind, words_of(kind).editable(), &given_in_edit(request))
}

/// Changes the work as an edit asks.
pub(crate) fn edit(request: &mut EditRequest, work: &mut Work) {
    words_of(work.kind()).edit(request, work);
}

/// Puts the words of its kind into a task as it is shown.
pub(crate) fn show(task: &Task, shown: &mut api::Task) {
    let words = words_of(task.spec.work.kind());
    shown.payload = words.show(&task.spec.work, shown);
    shown.data = words.data(task).filter(|_| task.life.state.is_terminal());
}

fn refuse_foreign(kind: TaskKind, own: &[&str], given: &[(&'static str, bool)]) -> Read<()> {
    match given.iter().find(|(field, is_given)| *is_given && !own.contains(field)) {
        Some((field, _)) => Err(WordsError::new(format!(
            "a task of the kind {kind} has no field `{field}`"
        ))),
        None => Ok(()),
    }
}

/// The fields of a submit that not every kind has, and whether they are given.
fn given_in_submit(request: &SubmitRequest) -> [(&'static str, bool); 16] {
    [
        ("command", request.command.is_some()),
        ("url", request.url.is_some()),
        ("dir", request.dir.is_some()),
        ("pty", request.pty.is_some()),
        ("leftovers", request.leftovers.is_some()),
        ("stdin", request.stdin.is_some()),
        ("stdin_base64", request.stdin_base64.is_some()),
        ("stdin_file", request.stdin_file.is_some()),
        ("agent", request.agent.is_some()),
        ("prompt", request.prompt.is_some()),
        ("model", request.model.is_some()),
        ("effort", request.effort.is_some()),
        ("resume", request.resume.is_some()),
        ("answer_schema", request.answer_schema.is_some()),
        ("review", request.review.is_some()),
        ("no_park", request.no_park.is_some()),
    ]
}

/// The fields of an edit that not every kind has, and whether they are given.
fn given_in_edit(request: &EditRequest) -> [(&'static str, bool); 4] {
    [
        ("command", request.command.is_some()),
        ("prompt", request.prompt.is_some()),
        ("model", request.model.is_some()),
        ("effort", request.effort.is_some()),
    ]
}

/// An object of these fields, without those that have no value.
fn object<const N: usize>(fields: [(&str, Value); N]) -> Object {
    let given = fields.into_iter().filter(|(_, value)| !value.is_null());
    given.map(|(field, value)| (field.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request(words: Value) -> SubmitRequest {
        serde_json::from_value(words).expect("a submit")
    }

    fn refused<T: std::fmt::Debug>(read: Read<T>) -> String {
        read.expect_err("it cannot be accepted").message
    }

    #[test]
    fn a_kind_refuses_what_belongs_to_another() {
        for (words, field) in [
            (
                json!({"kind": "command", "cwd": "/", "command": ["true"], "url": "x"}),
                "url",
            ),
            (
                json!({"kind": "clone", "cwd": "/", "url": "x", "prompt": "p"}),
                "prompt",
            ),
            (
                json!({"kind": "agent", "cwd": "/", "agent": "a", "prompt": "p", "pty": true}),
                "pty",
            ),
        ] {
            let request = request(words);
            let kind = kind_of(&request).expect("a kind");
            let message = format!("a task of the kind {kind} has no field `{field}`");
            assert_eq!(refused(work_of(kind, &request)), message);
        }
    }

    #[test]
    fn what_is_no_kind_and_what_cannot_be_submitted_is_refused_with_the_kinds() {
        for kind in ["land", "dance", ""] {
            let error = kind_of(&request(json!({"kind": kind, "cwd": "/"}))).expect_err("no kind to submit");
            assert_eq!(
                error.hint.as_deref(),
                Some("the kinds of this version are command, clone, agent")
            );
        }
    }

    #[test]
    fn a_payload_says_the_same_as_its_fields_beside_it() {
        let flat = json!({"kind": "agent", "cwd": "/", "agent": "codex", "prompt": "look", "no_park": true});
        let folded = json!({
            "kind": "agent", "cwd": "/", "payload": {"agent": "codex", "prompt": "look", "no_park": true}
        });
        assert_eq!(unfolded(request(folded)), Ok(request(flat)));
    }

    #[test]
    fn what_is_wrong_in_a_payload_is_named_by_its_path() {
        let ask = |payload: Value| {
            let words = json!({"kind": "command", "cwd": "/", "pty": true, "payload": payload});
            refused(unfolded(request(words)))
        };
        assert!(ask(json!({"command": "true"})).starts_with("payload.command: expected "));
        assert!(ask(json!({"prompt": "p"})).starts_with("payload.prompt: "));
        assert!(ask(json!({"pty": true})).starts_with("payload.pty: "));
        assert!(ask(json!({"cwd": "/x"})).starts_with("payload.cwd: "));
    }

    #[test]
    fn the_fields_of_every_kind_are_fields_of_a_submit() {
        let known: Vec<_> = given_in_submit(&SubmitRequest::default())
            .map(|(field, _)| field)
            .into();
        for kind in TaskKind::ALL {
            let own = words_of(kind).fields();
            assert!(own.iter().all(|field| known.contains(field)), "{kind}");
        }
        let unused = known.iter().find(|field| {
            let mut kinds = TaskKind::ALL.into_iter();
            !kinds.any(|kind| words_of(kind).fields().contains(field))
        });
        assert_eq!(unused, None);
    }

    #[test]
    fn what_a_kind_lets_change_is_among_its_fields() {
        for kind in TaskKind::ALL {
            let words = words_of(kind);
            assert!(
                words.editable().iter().all(|field| words.fields().contains(field)),
                "{kind}"
            );
        }
    }
}
