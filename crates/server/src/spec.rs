//! A submit's words into a spec.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use longhaul_api::{ReviewRequest, SubmitRequest, review_schema};
use longhaul_model::{
    Access, AgentWork, Isolation, Leftovers, Notify, Origin, Prerequisite, Spec, StandardInput, TaskId, Work,
    without_credentials,
};
use serde::de::DeserializeOwned;

use crate::problem::{Answer, Failure};
use crate::review;

/// The kinds this version can run.
const KINDS: [&str; 3] = ["command", "clone", "agent"];
/// The longest wait that is taken at its word; longer ones mean it.
const LONGEST_WAIT_MS: u64 = 100 * 366 * 86_400_000;

/// The spec a submit asks for at `now`; its environment and parent are not part of it.
pub(crate) fn spec_of(request: SubmitRequest, now: Timestamp) -> Answer<Spec> {
    if !request.cwd.starts_with('/') {
        let hint = "send the absolute path of the folder the task works in";
        return Err(
            Failure::bad_spec(format!("cwd must be an absolute path, and `{}` is not", request.cwd)).with_hint(hint),
        );
    }
    let not_before = match (request.in_ms, request.at) {
        (Some(_), Some(_)) => return Err(Failure::bad_spec("in_ms and at cannot both be given")),
        (Some(in_ms), None) => Some(later(now, in_ms)),
        (None, at) => at,
    };
    // As on the command line, who says where a writer works has said that it writes.
    if request.isolation.is_some() && request.access.as_deref().is_some_and(|access| access != "write") {
        return Err(Failure::bad_spec("isolation is for tasks with the access `write`"));
    }
    let work = work_of(&request)?;
    let access = match (&request.access, &work) {
        (None, _) if request.isolation.is_some() => Access::Write,
        (None, Work::Agent(_)) => Access::ReadOnly,
        _ => word::<Access>("access", request.access, "read-only, write or unmanaged")?,
    };
    let spec = Spec {
        work,
        name: request
            .name
            .filter(|name| !name.trim().is_empty())
            .or_else(|| request.review.as_ref().map(review::name)),
        queue: request
            .queue
            .map(|name| read("queue", &name))
            .transpose()?
            .unwrap_or_default(),
        priority: request.priority.unwrap_or(0),
        access,
        isolation: word::<Isolation>("isolation", request.isolation, "in-place or worktree")?,
        after: ids(&request.after)?,
        requires: prerequisites(&request.requires)?,
        not_before,
        wait_deadline: request.wait_deadline_ms.map(|wait_ms| later(now, wait_ms)),
        timeout_ms: limit("timeout_ms", request.timeout_ms)?,
        idle_timeout_ms: limit("idle_timeout_ms", request.idle_timeout_ms)?,
        retries: request.retries.unwrap_or(0),
        retry_lost: request.retry_lost.unwrap_or(false),
        leftovers: word::<Leftovers>("leftovers", request.leftovers, "stop or keep")?,
        pty: request.pty.unwrap_or(false),
        stdin: standard_input(request.stdin, request.stdin_base64, request.stdin_file)?,
        umask: request.umask.map(mask).transpose()?,
        hold: request.hold.unwrap_or(false),
        labels: labels(request.labels)?,
        origin: request.origin.map(origin_of).unwrap_or_default(),
        notify: word::<Notify>("notify", request.notify, "all, problems, done or none")?,
        base: request.base,
        with_changes: request.with_changes.unwrap_or(false),
        worktree_of: None,
        onto_target: false,
        cwd: request.cwd,
    };
    spec.check().map_err(|error| Failure::bad_spec(error.to_string()))?;
    Ok(spec)
}

fn work_of(request: &SubmitRequest) -> Answer<Work> {
    let refuse = |field: &str| {
        Err(Failure::bad_spec(format!(
            "a task of the kind {} has no field `{field}`",
            request.kind
        )))
    };
    let foreign = match request.kind.as_str() {
        "agent" => given(&[
            ("command", request.command.is_some()),
            ("url", request.url.is_some()),
            ("dir", request.dir.is_some()),
            ("pty", request.pty.is_some()),
            ("leftovers", request.leftovers.is_some()),
            ("stdin", request.stdin.is_some()),
            ("stdin_base64", request.stdin_base64.is_some()),
            ("stdin_file", request.stdin_file.is_some()),
        ]),
        _ => given(&[
            ("agent", request.agent.is_some()),
            ("prompt", request.prompt.is_some()),
            ("model", request.model.is_some()),
            ("effort", request.effort.is_some()),
            ("resume", request.resume.is_some()),
            ("answer_schema", request.answer_schema.is_some()),
            ("review", request.review.is_some()),
            ("no_park", request.no_park.is_some()),
        ]),
    };
    if let (Some(field), true) = (foreign, KINDS.contains(&request.kind.as_str())) {
        return refuse(field);
    }
    match request.kind.as_str() {
        "agent" => agent_work(request).map(Work::Agent),
        "command" => match (&request.command, &request.url, &request.dir) {
            (_, Some(_), _) => refuse("url"),
            (_, None, Some(_)) => refuse("dir"),
            (None, None, None) => Err(Failure::bad_spec(
                "a command needs the field `command`, an array of strings",
            )),
            (Some(command), None, None) => Ok(Work::Command {
                command: command.clone(),
            }),
        },
        "clone" => match (&request.command, &request.url) {
            (Some(_), _) => refuse("command"),
            (None, None) => Err(Failure::bad_spec("a clone needs the field `url`")),
            (None, Some(url)) if url.trim().is_empty() => Err(Failure::bad_spec("the URL to clone is empty")),
            (None, Some(url)) => {
                without_secret_parameters(url)?;
                let dir = match &request.dir {
                    Some(dir) if !dir.is_empty() => dir.clone(),
                    Some(_) => return Err(Failure::bad_spec("dir is empty")),
                    None => folder_named_by(url)?,
                };
                Ok(Work::Clone {
                    url: url.clone(),
                    dir: joined(&request.cwd, &dir),
                })
            }
        },
        unknown => Err(Failure::bad_spec(format!("there is no kind `{unknown}`"))
            .with_hint(format!("the kinds of this version are {}", KINDS.join(", ")))),
    }
}

/// The first of these fields that is given.
pub(crate) fn given(fields: &[(&'static str, bool)]) -> Option<&'static str> {
    fields.iter().find(|(_, is_given)| *is_given).map(|(field, _)| *field)
}

/// What an agent is asked. Which agent may be left out if the session says it; the engine knows.
fn agent_work(request: &SubmitRequest) -> Answer<AgentWork> {
    let text = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    // A script's empty variable: a new session is not what it asks for.
    if request.resume.as_deref().is_some_and(|resume| resume.trim().is_empty()) {
        return Err(Failure::bad_spec("the session to go on with is empty"));
    }
    let (agent, resume) = (text(&request.agent), text(&request.resume));
    if agent.is_none() && resume.is_none() {
        return Err(Failure::bad_spec(
            "an agent task needs the field `agent`, the agent's name",
        ));
    }
    if let Some(asked) = &request.review {
        return review_work(request, asked, agent);
    }
    let Some(prompt) = request.prompt.clone() else {
        return Err(Failure::bad_spec(
            "an agent task needs the field `prompt`, what the agent is asked",
        ));
    };
    let schema = request.answer_schema.as_ref().map(|schema| match schema {
        serde_json::Value::Object(_) => Ok(schema.to_string()),
        _ => Err(Failure::bad_spec("answer_schema must be a JSON schema, an object")),
    });
    Ok(AgentWork {
        agent: agent.unwrap_or_default(),
        prompt,
        model: text(&request.model),
        effort: text(&request.effort),
        resume,
        answer_schema: schema.transpose()?,
        review: None,
        // As often as the configuration allows.
        max_parkings: if request.no_park == Some(true) { 0 } else { u32::MAX },
    })
}

/// What a reviewer is asked: all but who it is follows from what is to be reviewed.
fn review_work(request: &SubmitRequest, asked: &ReviewRequest, agent: Option<String>) -> Answer<AgentWork> {
    let own = [
        ("prompt", request.prompt.is_some()),
        ("answer_schema", request.answer_schema.is_some()),
        ("resume", request.resume.is_some()),
        (
            "access",
            request.access.as_deref().is_some_and(|access| access != "read-only"),
        ),
    ];
    if let Some(field) = given(&own) {
        return Err(Failure::bad_spec(format!(
            "a review makes its own prompt and only reads: it has no field `{field}`"
        )));
    }
    let Some(agent) = agent else {
        return Err(Failure::bad_spec(
            "a review needs the field `agent`, the reviewer's name",
        ));
    };
    let scope = review::scope(asked)?;
    let text = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    Ok(AgentWork {
        agent,
        prompt: review::prompt(asked),
        model: text(&request.model),
        effort: text(&request.effort),
        resume: None,
        answer_schema: Some(review_schema().to_string()),
        review: Some(scope),
        max_parkings: if request.no_park == Some(true) { 0 } else { u32::MAX },
    })
}

/// The folder `git clone` would make for this URL: its last segment without `.git`.
fn folder_named_by(url: &str) -> Answer<String> {
    let shown = without_credentials(url);
    let path = shown.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let path = path.strip_suffix("/.git").unwrap_or(path).trim_end_matches('/');
    let host_ends = path.find("://").map_or(0, |scheme| scheme + 3);
    let last = path[host_ends..].rsplit(['/', ':']).next().unwrap_or_default();
    let name = last.strip_suffix(".git").unwrap_or(last);
    if name.is_empty() || name == "." || name == ".." || name.contains('\0') {
        return Err(
            Failure::bad_spec(format!("`{shown}` does not say how to name the folder"))
                .with_hint("name it: `longhaul clone URL DIR`, over HTTP the field `dir`"),
        );
    }
    Ok(name.to_owned())
}

/// Git repeats a URL's query in what it prints, where nobody could cut a secret out again.
fn without_secret_parameters(url: &str) -> Answer<()> {
    const SECRET: [&str; 6] = ["token", "secret", "password", "passwd", "auth", "key"];
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let names = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default());
    match names
        .map(str::to_ascii_lowercase)
        .find(|name| SECRET.iter().any(|word| name.contains(word)))
    {
        Some(name) => Err(Failure::bad_spec(format!(
            "the parameter `{name}` of the URL to clone looks like a credential, and git would print it"
        ))
        .with_hint("write it before the host, as in https://user:token@host/project.git")),
        None => Ok(()),
    }
}

/// The path from `cwd`, without `.` and doubled slashes. `..` stays: after a link only the system can resolve it.
fn joined(cwd: &str, path: &str) -> String {
    let path: PathBuf = Path::new(cwd).join(path).components().collect();
    path.to_string_lossy().into_owned()
}

/// A time limit. None at all is said by leaving it out, and nothing could keep one of zero.
pub(crate) fn limit(field: &str, limit_ms: Option<u64>) -> Answer<Option<u64>> {
    match limit_ms {
        Some(0) => Err(Failure::bad_spec(format!(
            "{field} must be at least 1; without it there is no limit"
        ))),
        limit_ms => Ok(limit_ms),
    }
}

fn standard_input(text: Option<String>, base64: Option<String>, file: Option<String>) -> Answer<StandardInput> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    match (text, base64, file) {
        (None, None, None) => Ok(StandardInput::Nothing),
        (Some(text), None, None) => Ok(StandardInput::Base64(STANDARD.encode(text))),
        (None, Some(encoded), None) => match STANDARD.decode(&encoded) {
            Ok(_) => Ok(StandardInput::Base64(encoded)),
            Err(_) => Err(Failure::bad_spec("stdin_base64 is not base64")),
        },
        (None, None, Some(path)) => Ok(StandardInput::File(path)),
        _ => Err(Failure::bad_spec(
            "only one of stdin, stdin_base64 and stdin_file can be given",
        )),
    }
}

fn mask(umask: u32) -> Answer<u32> {
    if umask <= 0o777 {
        Ok(umask)
    } else {
        Err(Failure::bad_spec("umask must be a number from 0 to 511 (octal 777)"))
    }
}

/// An environment that a program can be given. Its values are never repeated.
pub(crate) fn environment(given: BTreeMap<String, String>) -> Answer<BTreeMap<String, String>> {
    let is_name = |name: &str| !name.is_empty() && !name.contains(['=', '\0']);
    match given
        .iter()
        .find(|(name, value)| !is_name(name) || value.contains('\0'))
    {
        Some((name, _)) if is_name(name) => Err(Failure::bad_spec(format!(
            "the value of the variable {name} contains a NUL byte"
        ))),
        Some((name, _)) => Err(Failure::bad_spec(format!("`{name}` cannot name a variable"))),
        None => Ok(given),
    }
}

pub(crate) fn labels(labels: BTreeMap<String, String>) -> Answer<BTreeMap<String, String>> {
    match labels.keys().find(|name| name.contains('=')) {
        Some(name) => Err(Failure::bad_spec(format!(
            "the name of the label `{name}` contains an equals sign"
        ))),
        None => Ok(labels),
    }
}

fn origin_of(origin: longhaul_api::Origin) -> Origin {
    let longhaul_api::Origin {
        source,
        session,
        message,
        url,
        key,
    } = origin;
    Origin {
        source,
        session,
        message,
        url,
        key,
    }
}

/// The model's own word for a choice; its default if there is none.
fn word<T: DeserializeOwned + Default>(field: &str, typed: Option<String>, words: &str) -> Answer<T> {
    let Some(typed) = typed else { return Ok(T::default()) };
    serde_json::from_value(serde_json::Value::String(typed.clone()))
        .map_err(|_| Failure::bad_spec(format!("{field} must be {words}, not `{typed}`")))
}

pub(crate) fn read<T: std::str::FromStr<Err: std::fmt::Display>>(field: &str, typed: &str) -> Answer<T> {
    typed
        .parse()
        .map_err(|error| Failure::bad_spec(format!("{field}: {error}")))
}

pub(crate) fn ids(numbers: &[u64]) -> Answer<Vec<TaskId>> {
    numbers.iter().map(|number| id("after", *number)).collect()
}

/// The id with this number.
pub(crate) fn id(field: &str, number: u64) -> Answer<TaskId> {
    TaskId::new(number).ok_or_else(|| Failure::bad_spec(format!("{field}: {number} is not a task id")))
}

pub(crate) fn prerequisites(typed: &[String]) -> Answer<Vec<Prerequisite>> {
    typed.iter().map(|typed| read("requires", typed)).collect()
}

pub(crate) fn later(now: Timestamp, wait_ms: u64) -> Timestamp {
    let wait = SignedDuration::try_from(Duration::from_millis(wait_ms.min(LONGEST_WAIT_MS)));
    wait.ok()
        .and_then(|wait| now.checked_add(wait).ok())
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clone(url: &str, dir: Option<&str>) -> Result<String, String> {
        let request = SubmitRequest {
            kind: "clone".to_owned(),
            url: Some(url.to_owned()),
            dir: dir.map(str::to_owned),
            cwd: "/w/".to_owned(),
            ..SubmitRequest::default()
        };
        match spec_of(request, Timestamp::UNIX_EPOCH) {
            Ok(Spec {
                work: Work::Clone { dir, .. },
                ..
            }) => Ok(dir),
            Ok(other) => Err(format!("{other:?}")),
            Err(failure) => Err(failure.0.detail),
        }
    }

    #[test]
    fn a_clone_without_a_folder_is_named_after_its_url() {
        for (url, dir) in [
            ("https://me:pw@host/a/b.git", "/w/b"),
            ("https://host/a/b/", "/w/b"),
            ("git@host:a/b.git", "/w/b"),
            ("host:b", "/w/b"),
            ("/srv/b/.git", "/w/b"),
            ("../b.git/", "/w/b"),
        ] {
            assert_eq!(clone(url, None).as_deref(), Ok(dir), "{url}");
        }
        assert_eq!(clone("https://host/b", Some("x/y")).as_deref(), Ok("/w/x/y"));
        assert_eq!(clone("https://host/b", Some("/x")).as_deref(), Ok("/x"));
        assert_eq!(clone("https://host/b", Some(".")).as_deref(), Ok("/w"));
        assert_eq!(clone("https://host/b", Some("./x//y/")).as_deref(), Ok("/w/x/y"));
    }

    #[test]
    fn a_url_with_a_token_in_its_query_is_refused_without_repeating_it() {
        let refused = clone("https://host/b.git?private_token=hunter2", None).expect_err("git would print it");
        assert!(
            !refused.contains("hunter2") && refused.contains("private_token"),
            "{refused}"
        );
        assert!(clone("https://host/?p=b.git&a=summary", Some("b")).is_ok());
    }

    #[test]
    fn a_refused_url_is_named_without_its_password() {
        let refused = clone("https://me:hunter2@/", None).expect_err("it names no folder");
        assert!(!refused.contains("hunter2"), "{refused}");
    }

    #[test]
    fn a_kind_refuses_what_belongs_to_another() {
        let request = SubmitRequest {
            kind: "command".to_owned(),
            command: Some(vec!["true".to_owned()]),
            url: Some("x".to_owned()),
            cwd: "/".to_owned(),
            ..SubmitRequest::default()
        };
        assert!(spec_of(request, Timestamp::UNIX_EPOCH).is_err());
    }

    #[test]
    fn a_limit_of_nothing_and_an_isolation_for_a_reader_are_refused() {
        let ask = |change: fn(&mut SubmitRequest)| {
            let mut request = SubmitRequest {
                kind: "command".to_owned(),
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
            request.isolation = Some("worktree".to_owned());
            request.access = Some("read-only".to_owned());
        }));
    }

    #[test]
    fn who_says_where_a_writer_works_has_said_that_it_writes() {
        let request = SubmitRequest {
            kind: "command".to_owned(),
            command: Some(vec!["true".to_owned()]),
            cwd: "/".to_owned(),
            isolation: Some("worktree".to_owned()),
            ..SubmitRequest::default()
        };
        let spec = spec_of(request, Timestamp::UNIX_EPOCH).map(|spec| (spec.access, spec.isolation));
        assert!(matches!(spec, Ok((Access::Write, Isolation::Worktree))));
    }

    #[test]
    fn an_environment_that_no_program_can_have_is_refused() {
        let ask = |name: &str, value: &str| environment([(name.to_owned(), value.to_owned())].into()).is_ok();
        assert!(ask("A", "b=c\n"));
        assert!(!ask("A=B", "") && !ask("", "x") && !ask("A\0", "x") && !ask("A", "x\0"));
    }

    #[test]
    fn an_endless_wait_does_not_overflow() {
        assert!(later(Timestamp::UNIX_EPOCH, u64::MAX) > Timestamp::UNIX_EPOCH);
        assert_eq!(later(Timestamp::MAX, u64::MAX), Timestamp::MAX);
    }
}
