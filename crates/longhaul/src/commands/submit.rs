//! What `run` and `clone` share: turning what was typed into a request, sending it, and what follows.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::TimeZone;
use longhaul_api::client::Submitted;
use longhaul_api::{Origin, SubmitRequest};
use longhaul_model::TaskKind;

use super::inbox::InboxOwner;
use super::{Context, Outcome, r#await};
use crate::args::SubmitArguments;
use crate::ask_error::AskError;
use crate::clock;
use crate::daemon_link::Link;
use crate::exit;
use crate::failure::Failure;
use crate::output::{Live, plain};
use crate::settings::{Submitter, named_variable};
use crate::waiting::Deadline;

/// What to do once the task is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// Return.
    Return,
    /// Wait like `await`.
    Await,
    /// Stay and show it.
    Attach,
}

impl Then {
    pub(super) fn of(arguments: &SubmitArguments) -> Result<Self, Failure> {
        let is_limited = arguments.wait.timeout_ms.is_some();
        match (arguments.background, arguments.wait_for_it) {
            (_, true) => Ok(Self::Await),
            (_, false) if is_limited => Err(Failure::usage("--timeout-ms limits the wait of --await")
                .hint("to limit how long the task runs, use --timeout")),
            (true, false) => Ok(Self::Return),
            (false, false) => Ok(Self::Attach),
        }
    }
}

/// The request without the work itself.
pub(super) fn request(
    context: &Context,
    kind: TaskKind,
    arguments: &SubmitArguments,
) -> Result<SubmitRequest, Failure> {
    let submitter = Submitter::read();
    for name in &submitter.left_out {
        let name = plain(name);
        context.screen.talk(format_args!(
            "warning: the variable {name} is not UTF-8, so the task does not get it"
        ));
    }
    let mut environment = submitter.environment;
    for variable in &arguments.env {
        let value = variable.value.clone().or_else(|| named_variable(&variable.name));
        let value = value.ok_or_else(|| Failure::usage(format!("--env {}: it is not set here", variable.name)))?;
        environment.insert(variable.name.clone(), value);
    }
    let at = arguments
        .start_at
        .map(|time| time.resolve(clock::now(), &TimeZone::system()))
        .transpose();
    let asking = &context.settings.environment;
    let source = if asking.is_inside_a_task { "task" } else { "shell" };
    Ok(SubmitRequest {
        kind: kind.into(),
        cwd: text_of_path(&folder(Submitter::folder, arguments.folder.as_deref())?)?,
        name: arguments.name.clone(),
        queue: arguments.queue.as_ref().map(ToString::to_string),
        priority: arguments.priority,
        after: arguments.after.iter().map(|id| id.get()).collect(),
        requires: arguments.requires.iter().map(ToString::to_string).collect(),
        in_ms: arguments.start_in.map(milliseconds),
        at: at.map_err(|error| Failure::usage(format!("--at: {error}")))?,
        wait_deadline_ms: arguments.wait_deadline.map(milliseconds),
        timeout_ms: arguments.timeout.map(milliseconds),
        idle_timeout_ms: arguments.idle_timeout.map(milliseconds),
        retries: arguments.retries,
        retry_lost: arguments.retry_lost.then_some(true),
        umask: Some(submitter.umask),
        hold: arguments.hold.then_some(true),
        labels: arguments
            .label
            .iter()
            .map(|label| (label.key.clone(), label.value.clone()))
            .collect(),
        origin: Some(Origin {
            source: Some(source.to_owned()),
            session: arguments.origin_session.clone().or(asking.origin_session.clone()),
            message: arguments.origin_message.clone().or(asking.origin_message.clone()),
            url: arguments.origin_url.clone().or(asking.origin_url.clone()),
            key: arguments.origin_key.clone(),
        }),
        notify: arguments.notify.map(|argument| argument.meant().into()),
        parent: arguments.parent.map(|id| id.get()),
        environment: Some(environment),
        ..SubmitRequest::default()
    })
}

/// Sends it. Without a key of the caller's it gets one of its own, so that a submit whose answer was lost with the
/// daemon can be sent again and is still accepted once.
pub(super) async fn send(link: &Link, request: &SubmitRequest, key: Option<&str>) -> Result<Submitted, Failure> {
    let key = key.map_or_else(random_key, str::to_owned);
    link.ask(async |client| client.submit(request, Some(&key)).await)
        .await
        .map_err(AskError::of_submit)
}

/// `-d`: the id alone on standard output.
pub(super) fn announce(context: &Context, submitted: &Submitted, is_json: bool) -> Outcome {
    let task = &submitted.task;
    let written = if is_json {
        context.screen.json(task)
    } else {
        context.screen.line(task.id)
    };
    told(context, task.id, written)?;
    context.screen.hint(format_args!("longhaul await {}", task.id));
    Ok(exit::DONE)
}

/// Sees to it that the id of a new task is told, on standard error if standard output could not be written: whoever does
/// not hear of a task submits it again.
pub(super) fn told(context: &Context, id: u64, written: Result<(), Failure>) -> Result<(), Failure> {
    if written.is_err() {
        context.screen.talk(format_args!("task {id} is submitted"));
        context.screen.hint(format_args!("longhaul await {id}"));
    }
    written
}

/// `-d --await`: the id on standard error, then the wait.
pub(super) async fn wait_for(context: &Context, link: &Link, id: u64, arguments: &SubmitArguments) -> Outcome {
    context.screen.talk(id);
    let deadline = Deadline::of_wait(arguments.wait_timeout, &arguments.wait);
    let mut live = Live::new(context.screen, arguments.wait.progress);
    let owner = InboxOwner::of(context, arguments.origin_session.as_deref());
    r#await::one(context.screen, link, id, deadline, &mut live, (arguments.json, &owner)).await
}

/// Stays until it is over, shows progress, and prints what it gave.
pub(super) async fn stay_with(context: &Context, link: &Link, id: u64, arguments: &SubmitArguments) -> Outcome {
    let mut live = Live::new(context.screen, arguments.wait.progress);
    let owner = InboxOwner::of(context, arguments.origin_session.as_deref());
    r#await::one(
        context.screen,
        link,
        id,
        Deadline::never(),
        &mut live,
        (arguments.json, &owner),
    )
    .await
}

/// A path as JSON can carry it.
pub(super) fn text_of_path(path: &Path) -> Result<String, Failure> {
    let text = path.to_str().map(str::to_owned);
    text.ok_or_else(|| Failure::usage(format!("the path {} is not UTF-8", path.display())))
}

/// The folder to work in. Whether it exists is found out when the task starts: it may be made by then.
fn folder(here: impl FnOnce() -> io::Result<PathBuf>, given: Option<&Path>) -> Result<PathBuf, Failure> {
    if let Some(absolute) = given.filter(|given| given.is_absolute()) {
        return Ok(absolute.to_owned());
    }
    let here = here().map_err(|error| {
        Failure::usage(format!("cannot tell the working folder: {error}")).hint("name another one with -C")
    })?;
    Ok(match given {
        None => here,
        Some(given) => {
            let folder = here.join(given);
            // `..` after a symbolic link means something else than it reads; only the system can resolve it.
            folder.canonicalize().unwrap_or(folder)
        }
    })
}

fn milliseconds(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}

/// 128 bits that nobody else draws: std's hashers are keyed from the system's randomness.
fn random_key() -> String {
    let state = RandomState::new();
    format!(
        "cli-{:016x}{:016x}",
        state.hash_one(std::process::id()),
        state.hash_one("longhaul submit")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_submit_draws_a_key_of_its_own() {
        assert_ne!(random_key(), random_key());
    }

    #[test]
    fn a_relative_folder_is_taken_from_here() {
        let of = |given: Option<&str>| folder(|| Ok("/nowhere".into()), given.map(Path::new)).ok();
        assert_eq!(of(Some("x")).as_deref(), Some(Path::new("/nowhere/x")));
        assert_eq!(of(Some("/y")).as_deref(), Some(Path::new("/y")));
        assert_eq!(of(None).as_deref(), Some(Path::new("/nowhere")));
    }

    #[test]
    fn where_one_is_matters_only_if_the_folder_is_named_from_there() {
        let gone = || Err(io::Error::from(io::ErrorKind::NotFound));
        assert!(folder(gone, None).is_err());
        assert!(folder(gone, Some(Path::new("x"))).is_err());
        assert!(folder(gone, Some(Path::new("/y"))).is_ok());
    }
}
