//! `longhaul redispatch`

use longhaul_api::RepeatRequest;

use super::retry::show;
use super::{Context, Outcome};
use crate::args::RepeatArguments;
use crate::daemon_link::Link;

pub(super) async fn run(context: &Context, arguments: &RepeatArguments) -> Outcome {
    let link = Link::open(&context.settings).await?;
    let request = RepeatRequest { force: arguments.force };
    let repeated = link.client().redispatch(arguments.id.get(), &request).await;
    show(context, arguments, "redispatch", repeated)
}
