//! `longhaul redispatch`

use longhaul_api::RepeatRequest;

use super::retry::with_force;
use super::{Context, Outcome};
use crate::args::RepeatArguments;
use crate::daemon_link::Link;
use crate::exit;

pub(super) async fn run(context: &Context, arguments: &RepeatArguments) -> Outcome {
    let link = Link::open(&context.settings).await?;
    let repeated = link
        .client()
        .redispatch(arguments.id.get(), &RepeatRequest { force: arguments.force })
        .await;
    let repeated = repeated.map_err(|error| with_force(error, "redispatch", arguments))?;
    if arguments.json {
        context.screen.json(&repeated)?;
    } else {
        context.screen.line(repeated.task_id)?;
        context.screen.hint(format_args!("longhaul await {}", repeated.task_id));
    }
    Ok(exit::DONE)
}
