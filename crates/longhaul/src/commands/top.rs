//! `longhaul top`

use super::{Context, Outcome, each};
use crate::args::IdsArguments;
use crate::daemon_link::Link;
use crate::failure::Failure;

pub(super) async fn run(context: &Context, arguments: &IdsArguments) -> Outcome {
    let ids = arguments.ids.iter().map(|id| id.get());
    let link = Link::open(&context.settings).await?;
    each(context, ids, arguments.json, async |id| {
        link.client().top(id).await.map_err(Failure::from)
    })
    .await
}
