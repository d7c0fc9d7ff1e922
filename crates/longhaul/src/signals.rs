//! What ends a waiter before its task: Ctrl-C, SIGTERM, and that nobody reads it any more. The task never notices.

use std::future::Future;

use tokio::signal::unix::{SignalKind, signal};

use crate::exit;
use crate::failure::Failure;
use crate::output::{Screen, tasks_as_words};

/// Waits for `work`, unless this process is told to end first or `work` finds that nobody reads it: then says that the tasks
/// go on and how to re-attach, and gives the exit code for it.
pub(crate) async fn unless_ended<T>(
    screen: Screen,
    ids: &[u64],
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let listening = |kind| signal(kind).map_err(|error| Failure::ours(&error));
    let (mut interrupt, mut terminate) = (listening(SignalKind::interrupt())?, listening(SignalKind::terminate())?);
    let code = tokio::select! {
        done = work => match done {
            Err(failure) if failure.is_nobody_reads() => exit::CANCELED,
            done => return done,
        },
        _ = interrupt.recv() => exit::CANCELED,
        _ = terminate.recv() => exit::TERMINATED,
    };
    let (verb, words) = (if ids.len() == 1 { "goes" } else { "go" }, tasks_as_words(ids));
    screen.clear_line();
    screen.talk(format_args!("{words} {verb} on"));
    let ids: Vec<_> = ids.iter().map(u64::to_string).collect();
    screen.hint(format_args!("longhaul await {}", ids.join(" ")));
    Err(Failure::said(code))
}
