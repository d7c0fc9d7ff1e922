//! `longhaul pause`, and what it shares with `resume`.

use longhaul_api::QueueChange;

use super::{Context, Outcome};
use crate::args::PauseArguments;
use crate::daemon_link::Link;
use crate::exit;

pub(super) async fn run(context: &Context, arguments: &PauseArguments) -> Outcome {
    set(context, arguments, true).await
}

/// Pauses or resumes one queue, or everything.
pub(super) async fn set(context: &Context, arguments: &PauseArguments, paused: bool) -> Outcome {
    let link = Link::open(&context.settings).await?;
    let name = arguments.queue.as_ref().map_or("total", |queue| queue.as_str());
    let change = QueueChange {
        limit: None,
        paused: Some(paused),
    };
    link.ask(async |client| client.change_queue(name, &change).await)
        .await?;
    if arguments.json {
        context
            .screen
            .json(&link.ask(async |client| client.queues().await).await?)?;
        return Ok(exit::DONE);
    }
    context.screen.line(match (&arguments.queue, paused) {
        (Some(queue), true) => format!("queue {queue} is paused; what runs goes on"),
        (Some(queue), false) => format!("queue {queue} is no longer paused"),
        (None, true) => "everything is paused; what runs goes on".to_owned(),
        (None, false) => "tasks are started again".to_owned(),
    })?;
    if !paused && arguments.queue.is_some() && link.ask(async |client| client.queues().await).await?.paused {
        context.screen.hint("everything is paused: `longhaul resume` ends that");
    }
    Ok(exit::DONE)
}
