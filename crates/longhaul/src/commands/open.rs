//! `longhaul open`: the page, already signed in.

use super::{Context, Outcome};
use crate::args::OpenArguments;
use crate::browser;
use crate::daemon_link::Link;
use crate::exit;
use crate::failure::Failure;

pub(super) async fn run(context: &Context, arguments: &OpenArguments) -> Outcome {
    let link = Link::open(&context.settings).await?;
    if let Some(id) = arguments.id {
        link.ask(async |client| client.task(id.get()).await).await?;
    }
    let status = link.ask(async |client| client.daemon_status().await).await?;
    let Some(http) = status.http else {
        return Err(
            Failure::new(exit::REFUSED, "the daemon does not listen on TCP, so there is no page")
                .hint("set `listen` in config.toml and run `longhaul daemon restart`; `longhaul doctor` tells more"),
        );
    };
    let code = link.ask(async |client| client.sign_in_code().await).await?.code;
    let mut address = format!("{http}/#code={code}");
    if let Some(id) = arguments.id {
        address.push_str(&format!("&task={id}"));
    }
    context.screen.line(&address)?;
    if arguments.print {
        return Ok(exit::DONE);
    }
    if !context.settings.environment.has_display {
        context
            .screen
            .hint("there is no display here: open the address above in a browser within two minutes; it works once");
        return Ok(exit::DONE);
    }
    if let Err(error) = browser::show(&address, &context.settings.folders.state) {
        context.screen.hint(format_args!(
            "no browser could be opened ({error}): open the address above within two minutes; it works once"
        ));
    }
    Ok(exit::DONE)
}
