//! Reading along with a task's output, attempt after attempt, until the task is over.

use std::time::Duration;

use longhaul_api::Task;
use longhaul_api::client::OutputQuery;

use crate::daemon_link::Link;
use crate::failure::Failure;
use crate::output::{Live, Records};
use crate::waiting::{Deadline, until_over};

/// How long one question for more output stays open.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// Between two attempts: how long to wait for the next one before looking whether the task is over.
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(500);

/// Writes output as it comes, from where `query` says, and hands back the task when nothing more will come. If the query
/// names no attempt, it begins with the first and goes on with each further one.
///
/// Beside the reading an await stays open: it tells the daemon that somebody waits, which lends a parent's slot to the
/// child it runs, and it hears at once when the daemon is told to stop.
pub(crate) async fn follow(
    link: &Link,
    id: u64,
    query: OutputQuery,
    records: &mut Records,
    live: &mut Live,
) -> Result<Task, Failure> {
    let mut quiet = Live::quiet();
    let waiting = until_over(link, id, Deadline::never(), &mut quiet);
    let reading = read(link, id, query, records, live);
    tokio::pin!(waiting, reading);
    tokio::select! {
        biased;
        over = &mut waiting => {
            over?;
            reading.await
        }
        read = &mut reading => read,
    }
}

async fn read(
    link: &Link,
    id: u64,
    mut query: OutputQuery,
    records: &mut Records,
    live: &mut Live,
) -> Result<Task, Failure> {
    let is_only_attempt = query.attempt.is_some();
    // The newest attempt is asked for until there is one, then each in its turn.
    let mut following: Option<u32> = query.attempt;
    loop {
        query.wait = Some(live.slice().min(LONGEST_WAIT));
        query.attempt = following;
        let output = link.ask(async |client| client.output(id, &query).await).await?;
        if following.is_none() && output.attempt > 0 {
            // Lines from the end are wanted of the newest; all output begins with the first.
            following = Some(if query.tail_lines.is_some() { output.attempt } else { 1 });
            if following != Some(output.attempt) {
                continue;
            }
        }
        query.tail_lines = None;
        if !output.pieces.is_empty() {
            live.give_way();
            records.write(&output.pieces)?;
        }
        query.offset = output.next_offset;
        if !output.complete {
            if output.pieces.is_empty() && live.is_shown() {
                live.show(&link.ask(async |client| client.task(id).await).await?);
            }
            continue;
        }
        let followed = following.unwrap_or(0);
        let task = after_attempt(link, id, followed, is_only_attempt, live).await?;
        if is_only_attempt || task.attempt <= followed {
            return Ok(task);
        }
        following = Some(followed + 1);
        query.offset = 0;
    }
}

/// The task once it is over or has a further attempt than `followed`.
async fn after_attempt(
    link: &Link,
    id: u64,
    followed: u32,
    is_only_attempt: bool,
    live: &mut Live,
) -> Result<Task, Failure> {
    let mut limit = Duration::ZERO;
    loop {
        let awaited = link
            .ask(async |client| client.await_task(id, Some(limit)).await)
            .await?;
        if is_only_attempt || !awaited.timed_out || awaited.task.attempt > followed {
            return Ok(awaited.task);
        }
        live.show(&awaited.task);
        limit = BETWEEN_ATTEMPTS;
    }
}
