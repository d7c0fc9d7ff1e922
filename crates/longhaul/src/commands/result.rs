//! `longhaul result`, and the printing that `await` shares with it.

use longhaul_api::client::OutputQuery;
use longhaul_api::{Task, TaskResult};
use longhaul_model::{Gives, StateName, TaskKind};

use super::inbox::InboxOwner;
use super::{Context, Outcome};
use crate::args::ResultArguments;
use crate::daemon_link::Link;
use crate::exit;
use crate::failure::Failure;
use crate::output::{Screen, plain, plain_lines, progress_line, review_report};

/// How many bytes are asked for at once.
const RANGE_BYTES: u64 = 4 << 20;

pub(super) async fn run(context: &Context, arguments: &ResultArguments) -> Outcome {
    let id = arguments.id.get();
    let link = Link::open(&context.settings).await?;
    let task = link.ask(async |client| client.task(id).await).await?;
    if !task.is_terminal() {
        if arguments.json {
            context
                .screen
                .json(&serde_json::json!({ "task": task, "result": null }))?;
        }
        let failure = Failure::new(exit::NOT_YET, format!("{}: it has no result yet", progress_line(&task)));
        return Err(failure.hint(format!("longhaul await {id}")));
    }
    if arguments.json {
        let result: TaskResult = link.ask(async |client| client.result(id).await).await?;
        context.screen.json(&result)?;
    } else {
        print(context.screen, &link, &task).await?;
    }
    let owner = InboxOwner::of(context, arguments.origin_session.as_deref());
    owner.take(&link, [&task]).await;
    Ok(exit::DONE)
}

/// Prints what a finished task gave: its result to standard output, byte for byte; of a failure also the reason and the
/// end of standard error, to standard error.
pub(super) async fn print(screen: Screen, link: &Link, task: &Task) -> Result<(), Failure> {
    match task.kind.known().map(|kind| kind.rules().gives) {
        Some(Gives::Folder) => print_target(screen, task)?,
        Some(Gives::FinalMessage) => print_message(screen, link, task.id).await?,
        Some(Gives::Nothing) if task.output_bytes > 0 => print_report(screen, link, task.id).await?,
        _ if task.output_bytes > 0 => print_stdout(screen, link, task.id).await?,
        _ => {}
    }
    if task.state == StateName::Completed {
        return Ok(());
    }
    if task.output_bytes > 0 {
        let result = link.ask(async |client| client.result(task.id).await).await?;
        if let Some(tail) = result.stderr_tail.filter(|tail| !tail.is_empty()) {
            let newline = if tail.ends_with('\n') { "" } else { "\n" };
            let tail = format!("{tail}{newline}");
            // A command's own words are its user's; those of an agent, or about its files, come from elsewhere.
            let is_own = task.kind.known() == Some(TaskKind::Command);
            let tail = if is_own { tail } else { plain_lines(&tail) };
            screen.error_bytes(tail.as_bytes());
        }
    }
    say_how_it_ended(screen, task);
    Ok(())
}

/// A sentence on standard error for a task that did not complete.
pub(super) fn say_how_it_ended(screen: Screen, task: &Task) {
    let message = task
        .outcome
        .as_ref()
        .map(|outcome| format!(": {}", plain(&outcome.message)))
        .unwrap_or_default();
    screen.talk(format_args!("task {} {}{message}", task.id, plain(task.state.as_str())));
    if let Some(hint) = task.outcome.as_ref().and_then(|outcome| outcome.hint.as_deref()) {
        screen.hint(plain(hint));
    }
}

/// An agent's result is its final message, byte for byte; of a review the report that is read from it.
async fn print_message(screen: Screen, link: &Link, id: u64) -> Result<(), Failure> {
    let result = link.ask(async |client| client.result(id).await).await?;
    if let Some(review) = &result.review {
        return screen.bytes(review_report(review).as_bytes());
    }
    match result.result {
        Some(message) => screen.foreign(&message),
        None => Ok(()),
    }
}

/// A clone's result is the folder that is there now.
pub(super) fn print_target(screen: Screen, task: &Task) -> Result<(), Failure> {
    match task.dir.as_ref().filter(|_| task.state == StateName::Completed) {
        Some(dir) => {
            let folder = std::path::Path::new(&task.cwd).join(dir);
            screen.foreign(&format!("{}\n", folder.display()))
        }
        None => Ok(()),
    }
}

/// Prints the standard output of a task, byte for byte.
async fn print_stdout(screen: Screen, link: &Link, id: u64) -> Result<(), Failure> {
    print_ranges(screen, link, id, |bytes| screen.bytes(bytes)).await
}

/// Prints what a task of ours tells: it quotes names and lines of files that anybody may have written.
pub(super) async fn print_report(screen: Screen, link: &Link, id: u64) -> Result<(), Failure> {
    let mut rest: Vec<u8> = Vec::new();
    let print = |bytes: &[u8]| screen.bytes(plain_lines(&String::from_utf8_lossy(bytes)).as_bytes());
    print_ranges(screen, link, id, |bytes| {
        rest.extend_from_slice(bytes);
        // A character may be cut where a range ends, but never where a line does.
        let end = rest
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |place| place + 1);
        let lines: Vec<u8> = rest.drain(..end).collect();
        print(&lines)
    })
    .await?;
    print(&rest)
}

async fn print_ranges(
    screen: Screen,
    link: &Link,
    id: u64,
    mut print: impl FnMut(&[u8]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut query = OutputQuery {
        stream: Some("stdout"),
        limit_bytes: Some(RANGE_BYTES),
        ..OutputQuery::default()
    };
    let mut dropped_bytes = 0;
    loop {
        let range = link.ask(async |client| client.output_bytes(id, &query).await).await?;
        print(&range.bytes)?;
        dropped_bytes += range.dropped_bytes;
        // A daemon that gives nothing and promises more would keep us here for ever.
        if range.complete || range.next_offset <= query.offset {
            break;
        }
        query.offset = range.next_offset;
    }
    if dropped_bytes > 0 {
        screen.talk(format_args!("{dropped_bytes} bytes in the middle were not kept"));
    }
    Ok(())
}
