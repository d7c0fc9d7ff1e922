//! `longhaul token show|rotate`: what programs present on TCP.

use std::fs;

use super::{Context, Outcome};
use crate::args::TokenCommand;
use crate::daemon_link::Link;
use crate::exit;
use crate::failure::Failure;

pub(super) async fn run(context: &Context, which: &TokenCommand) -> Outcome {
    // A daemon makes the token when it starts, so one must have been there.
    let link = Link::open(&context.settings).await?;
    if matches!(which, TokenCommand::Rotate) {
        link.ask(async |client| client.rotate_token().await).await?;
        context
            .screen
            .talk("a new token is in force; the old one and all pages that were signed in are out");
    }
    let file = context.settings.folders.state.join("token");
    let token = fs::read_to_string(&file)
        .map_err(|error| Failure::new(exit::OURS, format!("cannot read {}: {error}", file.display())))?;
    context.screen.line(token.trim())?;
    Ok(exit::DONE)
}
