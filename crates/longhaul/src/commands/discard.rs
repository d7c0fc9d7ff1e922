//! `longhaul discard`

use super::{Context, Outcome};
use crate::args::DiscardArguments;
use crate::daemon_link::Link;
use crate::exit;
use crate::output::plain;

pub(super) async fn run(context: &Context, arguments: &DiscardArguments) -> Outcome {
    let link = Link::open(&context.settings).await?;
    let saved = link.client().discard(arguments.id.get()).await?;
    if arguments.json {
        context.screen.json(&saved)?;
        return Ok(exit::DONE);
    }
    let names = [("branch", &saved.branch), ("patch", &saved.patch)];
    for (what, name) in names {
        if let Some(name) = name {
            context.screen.line(format_args!("{what} {}", plain(name)))?;
        }
    }
    for bundle in &saved.bundles {
        context.screen.line(format_args!("bundle {}", plain(bundle)))?;
    }
    if saved.branch.is_none() && saved.bundles.is_empty() {
        context.screen.talk("removed; another branch has all that was in it");
    }
    Ok(exit::DONE)
}
