//! `longhaul activity`

use std::time::Duration;

use longhaul_api::client::ActivityQuery;

use super::{Context, Outcome};
use crate::args::ActivityArguments;
use crate::daemon_link::Link;
use crate::exit;
use crate::output::activity_lines;
use crate::readers::while_read;

/// How long one question for more stays open.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// How long to wait for a further attempt before looking whether the task is over.
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(500);

pub(super) async fn run(context: &Context, arguments: &ActivityArguments) -> Outcome {
    let link = Link::open(&context.settings).await?;
    let shown = show(context, arguments, &link);
    if arguments.follow {
        while_read(shown).await
    } else {
        shown.await
    }
}

async fn show(context: &Context, arguments: &ActivityArguments, link: &Link) -> Outcome {
    let id = arguments.id.get();
    let mut query = ActivityQuery {
        attempt: arguments.attempt,
        wait: arguments.follow.then_some(LONGEST_WAIT),
        ..ActivityQuery::default()
    };
    loop {
        let page = link.ask(async |client| client.activity(id, &query).await).await?;
        for entry in &page.activity {
            if arguments.json {
                context.screen.json(entry)?;
            } else {
                activity_lines(context.screen, entry)
                    .iter()
                    .try_for_each(|line| context.screen.line(line))?;
            }
        }
        query.after = page.next;
        let is_at_end = page.is_final || (page.activity.is_empty() && !arguments.follow);
        if !is_at_end {
            continue;
        }
        if !arguments.follow || arguments.attempt.is_some() {
            return Ok(exit::DONE);
        }
        // A further attempt may follow this one.
        let awaited = link
            .ask(async |client| client.await_task(id, Some(BETWEEN_ATTEMPTS)).await)
            .await?;
        if awaited.task.attempt > page.attempt {
            query.after = 0;
            query.attempt = None;
        } else if !awaited.timed_out {
            return Ok(exit::DONE);
        }
    }
}
