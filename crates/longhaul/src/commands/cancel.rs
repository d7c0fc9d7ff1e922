//! `longhaul cancel`

use longhaul_api::client::TaskQuery;
use longhaul_api::{CancelRequest, Task};

use super::{Context, Outcome, each};
use crate::args::CancelArguments;
use crate::daemon_link::Link;
use crate::failure::Failure;
use crate::output::{Live, plain};
use crate::waiting::{Deadline, until_over};

pub(super) async fn run(context: &Context, arguments: &CancelArguments) -> Outcome {
    let link = Link::open(&context.settings).await?;
    let request = CancelRequest {
        reason: arguments.reason.clone(),
    };
    let ask = async |id: u64| -> Result<(Task, bool), Failure> {
        Ok(link.ask(async |client| client.cancel(id, &request).await).await?)
    };
    // All are asked before any is waited for, so that they end side by side.
    let mut asked = Vec::with_capacity(arguments.ids.len());
    for id in &arguments.ids {
        asked.push((id.get(), ask(id.get()).await));
    }
    let wait = async |(id, asked): (u64, Result<(Task, bool), Failure>)| -> Result<Task, Failure> {
        let (task, was_over) = asked?;
        if was_over {
            context.screen.talk(format_args!(
                "task {id} was over already: {}",
                plain(task.state.as_str())
            ));
        }
        if was_over || arguments.no_wait {
            return Ok(task);
        }
        let mut live = Live::new(context.screen, None);
        let over = until_over(&link, id, Deadline::never(), &mut live).await?.task;
        until_children_are_over(&link, id, &mut live).await?;
        Ok(over)
    };
    each(context, asked, arguments.json, wait).await
}

/// Waits for all that was submitted below a canceled task: it is canceled too, and may take longer to go.
async fn until_children_are_over(link: &Link, parent: u64, live: &mut Live) -> Result<(), Failure> {
    let mut parents = vec![parent];
    while let Some(parent) = parents.pop() {
        let query = TaskQuery {
            parent: Some(parent),
            limit: Some(1_000),
            ..TaskQuery::default()
        };
        let children = link.ask(async |client| client.tasks(&query).await).await?.tasks;
        for child in children {
            if !child.is_terminal() {
                until_over(link, child.id, Deadline::never(), live).await?;
            }
            parents.push(child.id);
        }
    }
    Ok(())
}
