//! `longhaul trust`

use longhaul_api::TrustRequest;

use super::submit::text_of_path;
use super::{Context, Outcome};
use crate::args::TrustArguments;
use crate::daemon_link::Link;
use crate::exit;
use crate::failure::Failure;
use crate::output::plain;

pub(super) async fn run(context: &Context, arguments: &TrustArguments) -> Outcome {
    let shown = arguments.folder.display();
    let folder = arguments.folder.canonicalize();
    let folder = folder.map_err(|error| Failure::new(exit::REFUSED, format!("{shown}: {error}")))?;
    let request = TrustRequest {
        folder: text_of_path(&folder)?,
    };
    let link = Link::open(&context.settings).await?;
    let trusted = link.ask(async |client| client.trust(&request).await).await?;
    if arguments.json {
        context.screen.json(&trusted)?;
        return Ok(exit::DONE);
    }
    context
        .screen
        .line(format_args!("trusted: {}/.longhaul.toml", plain(&trusted.folder)))?;
    for (what, commands) in [
        ("set-up", &trusted.setup),
        ("tear-down", &trusted.teardown),
        ("check", &trusted.check),
    ] {
        for command in commands {
            context.screen.line(format_args!("  {what}: {}", plain(command)))?;
        }
    }
    Ok(exit::DONE)
}
