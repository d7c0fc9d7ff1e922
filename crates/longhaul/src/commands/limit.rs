//! `longhaul limit`

use longhaul_api::{QueueChange, Queues};
use longhaul_model::QueueName;

use super::{Context, Outcome};
use crate::args::LimitArguments;
use crate::daemon_link::Link;
use crate::exit;
use crate::failure::Failure;
use crate::output::{Table, plain};

pub(super) async fn run(context: &Context, arguments: &LimitArguments) -> Outcome {
    let name = arguments.name.as_deref();
    if let Some(name) = name.filter(|name| *name != "total") {
        name.parse::<QueueName>()
            .map_err(|error| Failure::usage(error.to_string()))?;
    }
    let link = Link::open(&context.settings).await?;
    if let (Some(name), Some(limit)) = (name, arguments.limit) {
        let change = QueueChange {
            limit: Some(limit.0),
            paused: None,
        };
        link.ask(async |client| client.change_queue(name, &change).await)
            .await?;
    }
    let queues = link.ask(async |client| client.queues().await).await?;
    if arguments.json {
        context.screen.json(&queues)?;
        return Ok(exit::DONE);
    }
    let table = table(&queues, name);
    if table.is_empty() {
        let name = name.unwrap_or_default();
        return Err(Failure::new(exit::REFUSED, format!("there is no queue `{name}` yet"))
            .hint("a queue is made by its first task, or by setting its limit"));
    }
    table
        .lines(context.screen)
        .iter()
        .try_for_each(|line| context.screen.line(line))?;
    Ok(exit::DONE)
}

fn table(queues: &Queues, only: Option<&str>) -> Table<6> {
    let mut table = Table::new(["QUEUE", "LIMIT", "RUNNING", "QUEUED", "WAITING", "PAUSED"]);
    let limit = |limit: Option<u32>| limit.map_or("none".to_owned(), |limit| limit.to_string());
    let paused = |paused: bool| if paused { "paused".to_owned() } else { String::new() };
    let is_asked_for = |name: &str| only.is_none_or(|only| only == name);
    for queue in queues.queues.iter().filter(|queue| is_asked_for(&queue.name)) {
        table.row([
            plain(&queue.name),
            limit(queue.limit),
            queue.running.to_string(),
            queue.queued.to_string(),
            queue.waiting.to_string(),
            paused(queue.paused),
        ]);
    }
    if is_asked_for("total") {
        let sum =
            |count: fn(&longhaul_api::QueueStatus) -> u32| queues.queues.iter().map(count).sum::<u32>().to_string();
        table.row([
            "total".to_owned(),
            limit(queues.total_limit),
            sum(|queue| queue.running),
            sum(|queue| queue.queued),
            sum(|queue| queue.waiting),
            paused(queues.paused),
        ]);
    }
    table
}
