//! `longhaul prune`

use longhaul_api::PruneRequest;

use super::{Context, Outcome};
use crate::args::PruneArguments;
use crate::daemon_link::Link;
use crate::exit;

pub(super) async fn run(context: &Context, arguments: &PruneArguments) -> Outcome {
    let older_than_ms = arguments
        .older_than
        .map(|age| u64::try_from(age.as_millis()).unwrap_or(u64::MAX));
    let request = PruneRequest {
        older_than_ms,
        keep: arguments.keep,
    };
    let link = Link::open(&context.settings).await?;
    let pruned = link.ask(async |client| client.prune(&request).await).await?;
    if arguments.json {
        context.screen.json(&pruned)?;
    } else {
        let noun = if pruned.tasks == 1 { "task" } else { "tasks" };
        context.screen.line(format_args!("{} {noun} removed", pruned.tasks))?;
    }
    Ok(exit::DONE)
}
