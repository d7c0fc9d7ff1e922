//! `longhaul cancel`

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
            context
                .screen
                .talk(format_args!("task {id} was over already: {}", plain(&task.state)));
        }
        if was_over || arguments.no_wait {
            return Ok(task);
        }
        let mut live = Live::new(context.screen, None);
        Ok(until_over(&link, id, Deadline::never(), &mut live).await?.task)
    };
    each(context, asked, arguments.json, wait).await
}
