//! `longhaul ack`

use super::{Context, Outcome, each};
use crate::args::IdsArguments;
use crate::daemon_link::Link;
use crate::failure::Failure;

pub(super) async fn run(context: &Context, arguments: &IdsArguments) -> Outcome {
    let link = Link::open(&context.settings).await?;
    let acknowledge = async |id| {
        link.ask(async |client| client.acknowledge(id).await)
            .await
            .map_err(Failure::from)
    };
    each(
        context,
        arguments.ids.iter().map(|id| id.get()),
        arguments.json,
        acknowledge,
    )
    .await
}
