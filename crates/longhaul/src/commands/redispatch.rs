//! `longhaul redispatch`

use longhaul_api::RepeatRequest;

use super::retry::show;
use super::{Context, Outcome};
use crate::args::{RedispatchArguments, RepeatArguments};
use crate::daemon_link::Link;

pub(super) async fn run(context: &Context, arguments: &RedispatchArguments) -> Outcome {
    let link = Link::open(&context.settings).await?;
    let request = RepeatRequest {
        force: arguments.force || arguments.onto_target,
        onto_target: arguments.onto_target,
    };
    let repeated = link.client().redispatch(arguments.id.get(), &request).await;
    let shown = RepeatArguments {
        id: arguments.id,
        force: arguments.force,
        json: arguments.json,
    };
    show(context, &shown, "redispatch", repeated)
}
