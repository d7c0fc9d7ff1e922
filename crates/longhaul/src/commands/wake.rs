//! `longhaul wake`

use super::{Context, Outcome, each};
use crate::args::WakeArguments;
use crate::daemon_link::Link;
use crate::exit;
use crate::failure::Failure;

pub(super) async fn run(context: &Context, arguments: &WakeArguments) -> Outcome {
    let link = Link::open(&context.settings).await?;
    if let Some(id) = arguments.id {
        let wake = async |id| {
            link.ask(async |client| client.wake(id).await)
                .await
                .map_err(Failure::from)
        };
        return each(context, [id.get()], arguments.json, wake).await;
    }
    link.ask(async |client| client.wake_all().await).await?;
    context.screen.talk("all prerequisites are being probed");
    Ok(exit::DONE)
}
